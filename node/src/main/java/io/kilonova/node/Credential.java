package io.kilonova.node;

import io.kilonova.configuration.PrivateFile;
import io.kilonova.ovn.TlsFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;

/**
 * What one side of a connection proves itself by.
 *
 * @param key its private key, never printed
 * @param certificate what the authority says of the key
 * @param authority the authority's own certificate
 */
public record Credential(PrivateKey key, X509Certificate certificate, X509Certificate authority) {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN [A-Z ]+-----([^-]+)-----END [A-Z ]+-----");
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    /** The id that its key gives it. */
    public String id() {
        return PeerIdentity.idOf(certificate.getPublicKey());
    }

    /**
     * Writes it into a folder, readable by its owner alone, for a daemon that speaks for this process.
     *
     * @throws IOException when it cannot be written
     */
    public TlsFiles write(Path folder) throws IOException {
        PrivateFile.makeFolder(folder);
        TlsFiles files = new TlsFiles(
                folder.resolve("key.pem"), folder.resolve("certificate.pem"), folder.resolve("authority.pem"));
        PrivateFile.write(files.key(), text(key));
        PrivateFile.write(files.certificate(), text(certificate));
        PrivateFile.write(files.authority(), text(authority));
        return files;
    }

    /** Never shows the key. */
    @Override
    public String toString() {
        return "Credential[%s]".formatted(id());
    }

    /** A new key pair on the curve P-256. */
    static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    /** The public half of a key on the curve P-256. */
    static PublicKey publicKey(PrivateKey key) throws GeneralSecurityException {
        if (!(key instanceof ECPrivateKey known)) {
            throw new GeneralSecurityException("the key is none of a curve");
        }
        ECPoint point = CustomNamedCurves.getByName("secp256r1")
                .getG()
                .multiply(known.getS())
                .normalize();
        java.security.spec.ECPoint place = new java.security.spec.ECPoint(
                point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(place, known.getParams()));
    }

    static String text(X509Certificate certificate) {
        try {
            return armour("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException exception) {
            throw new IllegalArgumentException("a certificate that was read can be written", exception);
        }
    }

    static String text(PrivateKey key) {
        return armour("PRIVATE KEY", key.getEncoded());
    }

    static X509Certificate certificate(String text) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bare(text)));
    }

    static PrivateKey key(String text) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(bare(text)));
    }

    private static String armour(String kind, byte[] bytes) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, LINES.encodeToString(bytes), kind);
    }

    private static byte[] bare(String text) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(text);
        if (!block.find()) {
            throw new GeneralSecurityException("no PEM block is there");
        }
        try {
            return Base64.getMimeDecoder().decode(block.group(1).getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException noBase64) {
            throw new GeneralSecurityException(noBase64);
        }
    }
}
