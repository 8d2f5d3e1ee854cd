package io.kilonova.node;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Who is at the other end of a connection. The id is made from the key alone, so that nobody can claim the id of another: a
 * certificate says only what its holder is.
 *
 * @param role what it is
 * @param id the SHA-256 digest of its public key, 64 hexadecimal digits
 */
public record PeerIdentity(Role role, String id) {
    private static final int UNIFORM_RESOURCE_IDENTIFIER = 6;

    /** Who a certificate speaks of; empty when it is none of this cloud's kind. */
    static Optional<PeerIdentity> of(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null || names.size() != 1) {
                return Optional.empty();
            }
            List<?> name = names.iterator().next();
            return Integer.valueOf(UNIFORM_RESOURCE_IDENTIFIER).equals(name.getFirst())
                    ? Role.of(String.valueOf(name.get(1)))
                            .map(role -> new PeerIdentity(role, idOf(certificate.getPublicKey())))
                    : Optional.empty();
        } catch (CertificateParsingException unreadable) {
            return Optional.empty();
        }
    }

    /** The id that a key gives its holder. */
    static String idOf(PublicKey key) {
        return digest(key.getEncoded());
    }

    /** SHA-256 in hexadecimal digits. */
    static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
