package io.kilonova.metadata;

/**
 * Who asks, as the network vouches for it.
 *
 * @param networkId the network in whose namespace the socket listens
 * @param address the source address of the connection, which anti-spoofing holds to be the guest's
 */
record Asker(String networkId, String address) {}
