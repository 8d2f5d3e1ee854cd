package io.kilonova.servers;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.List;

/**
 * A key pair that is made for its user: RSA of 2048 bits, as Nova makes them, for every client reads those (PuTTY,
 * Terraform, and the decryption of Windows passwords knows nothing else). Making one takes about 100 ms of one core.
 *
 * @param publicKey one line as OpenSSH writes it
 * @param privateKey PEM; told once to its user, and kept nowhere
 */
public record GeneratedKey(String publicKey, String privateKey) {
    private static final int BITS = 2048;
    private static final int LINE_CHARACTERS = 64;
    private static final String REMARK = "Generated-by-Kilonova";

    /** A new key pair. */
    public static GeneratedKey ofRsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            KeyPair pair = generator.generateKeyPair();
            return new GeneratedKey(line((RSAPublicKey) pair.getPublic()), pem((RSAPrivateCrtKey) pair.getPrivate()));
        } catch (NoSuchAlgorithmException exception) {
            throw new IllegalStateException("every Java makes RSA keys", exception);
        }
    }

    /** Says that there is a private key, and not which. */
    @Override
    public String toString() {
        return "GeneratedKey[publicKey=" + publicKey + ", privateKey=(kept secret)]";
    }

    private static String line(RSAPublicKey key) {
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        field(blob, "ssh-rsa".getBytes(StandardCharsets.US_ASCII));
        field(blob, key.getPublicExponent().toByteArray());
        field(blob, key.getModulus().toByteArray());
        return "ssh-rsa " + Base64.getEncoder().encodeToString(blob.toByteArray()) + " " + REMARK;
    }

    private static void field(ByteArrayOutputStream blob, byte[] bytes) {
        blob.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        blob.writeBytes(bytes);
    }

    /** {@code RSAPrivateKey} of RFC 8017: nine numbers in DER. */
    private static String pem(RSAPrivateCrtKey key) {
        ByteArrayOutputStream numbers = new ByteArrayOutputStream();
        for (BigInteger number : List.of(
                BigInteger.ZERO,
                key.getModulus(),
                key.getPublicExponent(),
                key.getPrivateExponent(),
                key.getPrimeP(),
                key.getPrimeQ(),
                key.getPrimeExponentP(),
                key.getPrimeExponentQ(),
                key.getCrtCoefficient())) {
            element(numbers, 0x02, number.toByteArray());
        }
        ByteArrayOutputStream sequence = new ByteArrayOutputStream();
        element(sequence, 0x30, numbers.toByteArray());
        return "-----BEGIN RSA PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(LINE_CHARACTERS, new byte[] {'\n'}).encodeToString(sequence.toByteArray())
                + "\n-----END RSA PRIVATE KEY-----\n";
    }

    /** Tag, length and content of DER; lengths above 127 take a byte that counts the bytes behind it. */
    private static void element(ByteArrayOutputStream output, int tag, byte[] content) {
        output.write(tag);
        if (content.length < 0x80) {
            output.write(content.length);
        } else {
            byte[] length = BigInteger.valueOf(content.length).toByteArray();
            int start = length[0] == 0 ? 1 : 0;
            output.write(0x80 | (length.length - start));
            output.write(length, start, length.length - start);
        }
        output.writeBytes(content);
    }
}
