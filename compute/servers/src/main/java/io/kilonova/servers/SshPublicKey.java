package io.kilonova.servers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * Reads public keys as OpenSSH writes them, one line: type, base64 and a remark (RFC 4253 section 6.6, RFC 5656, RFC 8709).
 * What is not whole is refused, so that no guest boots with a key that its user cannot use.
 */
final class SshPublicKey {
    /** A line with an RSA key of 16,384 bits has 2,800 characters. */
    private static final int MAXIMUM_CHARACTERS = 16_384;

    private static final int MINIMUM_RSA_BYTES = 128;
    private static final int ED25519_BYTES = 32;

    /** The elliptic curves and the bytes of an uncompressed point on them. */
    private static final Map<String, Integer> CURVES = Map.of("nistp256", 65, "nistp384", 97, "nistp521", 133);

    private static final Set<String> TYPES = Set.of(
            "ssh-rsa",
            "ssh-dss",
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "sk-ssh-ed25519@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com");

    private SshPublicKey() {}

    /**
     * The MD5 fingerprint of a key, with colons, which is what the Compute API shows.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#KEYPAIR_INVALID}
     */
    static String fingerprint(String line) {
        String text = line.strip();
        if (text.length() > MAXIMUM_CHARACTERS || text.chars().anyMatch(character -> character < ' ')) {
            throw invalid();
        }
        String[] parts = text.split(" +", 3);
        if (parts.length < 2 || !TYPES.contains(parts[0])) {
            throw invalid();
        }
        byte[] blob = decode(parts[1]);
        check(parts[0], ByteBuffer.wrap(blob));
        return colons(digest("MD5", blob));
    }

    /** A digest as pairs of hexadecimal digits between colons. */
    static String colons(byte[] digest) {
        return HexFormat.ofDelimiter(":").formatHex(digest);
    }

    static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException exception) {
            throw new IllegalStateException("every Java has " + algorithm, exception);
        }
    }

    private static void check(String type, ByteBuffer blob) {
        if (!type.equals(text(blob))) {
            throw invalid();
        }
        switch (type) {
            case "ssh-rsa" -> {
                next(blob);
                require(next(blob).length >= MINIMUM_RSA_BYTES);
            }
            case "ssh-dss" -> {
                for (int number = 0; number < 4; number++) {
                    require(next(blob).length > 0);
                }
            }
            case "ssh-ed25519" -> require(next(blob).length == ED25519_BYTES);
            case "sk-ssh-ed25519@openssh.com" -> {
                require(next(blob).length == ED25519_BYTES);
                require(next(blob).length > 0);
            }
            case "sk-ecdsa-sha2-nistp256@openssh.com" -> {
                checkPoint("nistp256", blob);
                require(next(blob).length > 0);
            }
            default -> checkPoint(type.substring(type.lastIndexOf('-') + 1), blob);
        }
        require(!blob.hasRemaining());
    }

    private static void checkPoint(String curve, ByteBuffer blob) {
        require(curve.equals(text(blob)));
        byte[] point = next(blob);
        require(point.length == CURVES.getOrDefault(curve, 0) && point[0] == 4);
    }

    private static String text(ByteBuffer blob) {
        return new String(next(blob), StandardCharsets.US_ASCII);
    }

    /** The next field: four bytes of length, and so many bytes. */
    private static byte[] next(ByteBuffer blob) {
        require(blob.remaining() >= Integer.BYTES);
        int length = blob.getInt();
        require(length >= 0 && length <= blob.remaining());
        byte[] field = new byte[length];
        blob.get(field);
        return field;
    }

    private static byte[] decode(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException exception) {
            throw CatalogueError.KEYPAIR_INVALID.because(exception, "failed to generate fingerprint");
        }
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw invalid();
        }
    }

    private static RuntimeException invalid() {
        return CatalogueError.KEYPAIR_INVALID.with("failed to generate fingerprint");
    }
}
