package io.kilonova.node;

import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Who is at the other end of a connection.
 *
 * @param certificate what it showed
 * @param identity whom that speaks of; empty when it is none of this cloud's kind
 */
record Peer(X509Certificate certificate, Optional<PeerIdentity> identity) {}
