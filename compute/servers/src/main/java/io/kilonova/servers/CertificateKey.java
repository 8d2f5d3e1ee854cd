package io.kilonova.servers;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** Reads X.509 certificates in PEM, which Windows guests take in place of a public key. */
final class CertificateKey {
    /** A certificate with an RSA key of 16,384 bits and a long chain of names has some 8,000 characters. */
    private static final int MAXIMUM_CHARACTERS = 65_535;

    private CertificateKey() {}

    /**
     * The SHA-1 fingerprint of a certificate, with colons, which is what the Compute API shows.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#KEYPAIR_INVALID}
     */
    static String fingerprint(String pem) {
        if (pem.length() > MAXIMUM_CHARACTERS || !pem.strip().startsWith("-----BEGIN CERTIFICATE-----")) {
            throw CatalogueError.KEYPAIR_INVALID.with("failed to generate X509 fingerprint");
        }
        try {
            byte[] encoded = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.strip().getBytes(StandardCharsets.UTF_8)))
                    .getEncoded();
            return SshPublicKey.colons(SshPublicKey.digest("SHA-1", encoded));
        } catch (CertificateException exception) {
            throw CatalogueError.KEYPAIR_INVALID.because(exception, "failed to generate X509 fingerprint");
        }
    }
}
