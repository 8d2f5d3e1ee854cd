package io.kilonova.node;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whom one side of a connection takes: holders of certificates that the cloud's authority issued and that hold today. Host
 * names play no part: who a peer is follows from its key.
 */
final class PeerTrust extends X509ExtendedTrustManager {
    private final Predicate<X509Certificate> isAuthority;
    private final X509Certificate[] known;
    private final PeerCheck check;

    private PeerTrust(Predicate<X509Certificate> isAuthority, X509Certificate[] known, PeerCheck check) {
        this.isAuthority = isAuthority;
        this.known = known;
        this.check = check;
    }

    /** Peers of this authority that {@code check} takes. */
    static PeerTrust of(X509Certificate authority, PeerCheck check) {
        return new PeerTrust(authority::equals, new X509Certificate[] {authority}, check);
    }

    /** Controllers of the authority with this fingerprint: all that a node knows of its cloud before it is enrolled. */
    static PeerTrust ofFingerprint(String fingerprint) {
        return new PeerTrust(
                certificate -> CertificateAuthority.fingerprint(certificate).equals(fingerprint),
                new X509Certificate[0],
                PeerCheck.role(Role.CONTROLLER));
    }

    private void require(X509Certificate[] chain, String address) throws CertificateException {
        X509Certificate authority = Arrays.stream(chain)
                .skip(1)
                .filter(isAuthority)
                .findFirst()
                .orElseThrow(() -> new CertificateException("the certificate is not of this cloud's authority"));
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
            parameters.setRevocationEnabled(false); // the register of nodes says who was revoked
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(chain[0])), parameters);
        } catch (GeneralSecurityException refused) {
            throw new CertificateException("the certificate does not hold: " + refused.getMessage(), refused);
        }
        PeerIdentity peer = PeerIdentity.of(chain[0])
                .orElseThrow(() -> new CertificateException("the certificate names neither controller nor node"));
        Optional<String> objection = check.objection(peer, address);
        if (objection.isPresent()) {
            throw new CertificateException(objection.get());
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        require(chain, "");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        require(chain, engine.getPeerHost() + ":" + engine.getPeerPort());
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        require(chain, "");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw new CertificateException("connections are made by engines alone");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        require(chain, "");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("it is not known who was called");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return known.clone();
    }
}
