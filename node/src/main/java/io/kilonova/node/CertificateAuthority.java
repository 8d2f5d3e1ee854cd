package io.kilonova.node;

import io.kilonova.configuration.PrivateFile;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The cloud's own certificate authority: a key and a certificate in a folder that its controllers share, readable by their
 * owner alone. It says of a key whether its holder is a controller or a node, for {@link #LIFETIME}.
 */
public final class CertificateAuthority {
    /** How long a certificate holds; its holder renews it when half of that is over. */
    public static final Duration LIFETIME = Duration.ofDays(30);

    private static final Duration OWN_LIFETIME = Duration.ofDays(20 * 365);

    /** Clocks of machines differ: what is issued holds since a little before. */
    private static final Duration LEEWAY = Duration.ofMinutes(5);

    private static final String KEY = "authority-key.pem";
    private static final String CERTIFICATE = "authority.pem";
    private static final String ALGORITHM = "SHA256withECDSA";

    private final PrivateKey key;
    private final X509Certificate certificate;
    private final Clock clock;

    private CertificateAuthority(PrivateKey key, X509Certificate certificate, Clock clock) {
        this.key = key;
        this.certificate = certificate;
        this.clock = clock;
    }

    /** Whether the folder holds an authority. */
    public static boolean exists(Path folder) {
        return Files.exists(folder.resolve(CERTIFICATE));
    }

    /**
     * Makes an authority.
     *
     * @throws io.kilonova.errors.ServiceException {@link NodeError#AUTHORITY_EXISTS}, {@link NodeError#AUTHORITY_UNUSABLE}
     */
    public static CertificateAuthority create(Path folder, Clock clock) {
        if (exists(folder)) {
            throw NodeError.AUTHORITY_EXISTS.with(folder);
        }
        try {
            KeyPair pair = Credential.newKeyPair();
            X500Name name =
                    new X500Name("CN=Kilonova authority " + new BigInteger(32, new SecureRandom()).toString(16));
            X509v3CertificateBuilder builder = builder(name, name, pair.getPublic(), OWN_LIFETIME, clock.instant());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            PrivateFile.makeFolder(folder);
            PrivateFile.write(folder.resolve(KEY), Credential.text(pair.getPrivate()));
            PrivateFile.write(folder.resolve(CERTIFICATE), Credential.text(sign(builder, pair.getPrivate())));
            return open(folder, clock);
        } catch (IOException | GeneralSecurityException exception) {
            throw NodeError.AUTHORITY_UNUSABLE.because(exception, folder, exception.getMessage());
        }
    }

    /**
     * The authority in a folder.
     *
     * @throws io.kilonova.errors.ServiceException {@link NodeError#AUTHORITY_UNUSABLE}
     */
    public static CertificateAuthority open(Path folder, Clock clock) {
        try {
            return new CertificateAuthority(
                    Credential.key(Files.readString(folder.resolve(KEY))),
                    Credential.certificate(Files.readString(folder.resolve(CERTIFICATE))),
                    clock);
        } catch (IOException | GeneralSecurityException exception) {
            throw NodeError.AUTHORITY_UNUSABLE.because(
                    exception, folder, exception + "; make one by \"kilonova ca init\"");
        }
    }

    /** The authority's own certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** SHA-256 of the authority's certificate, by which a node that enrols knows it. */
    public String fingerprint() {
        return fingerprint(certificate);
    }

    static String fingerprint(X509Certificate certificate) {
        try {
            return PeerIdentity.digest(certificate.getEncoded());
        } catch (GeneralSecurityException exception) {
            throw new IllegalArgumentException("a certificate that was read can be written", exception);
        }
    }

    /** A new key with its certificate. */
    public Credential newCredential(Role role) {
        KeyPair pair = Credential.newKeyPair();
        return new Credential(pair.getPrivate(), issue(pair.getPublic(), role), certificate);
    }

    /** Says of a key what its holder is. */
    public X509Certificate issue(PublicKey holder, Role role) {
        return issue(holder, role, LIFETIME);
    }

    X509Certificate issue(PublicKey holder, Role role, Duration lifetime) {
        try {
            X500Name issuer = new X500Name(certificate.getSubjectX500Principal().getName());
            X500Name subject = new X500Name("CN=" + PeerIdentity.idOf(holder));
            X509v3CertificateBuilder builder = builder(issuer, subject, holder, lifetime, clock.instant());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth
            }));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, role.uniformName())));
            return sign(builder, key);
        } catch (CertIOException | GeneralSecurityException exception) {
            throw new IllegalStateException("a certificate could not be made", exception);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey holder, Duration lifetime, Instant now) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(120, new SecureRandom()),
                Date.from(now.minus(LEEWAY)),
                Date.from(now.plus(lifetime)),
                subject,
                holder);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(ALGORITHM).build(key)));
        } catch (OperatorCreationException exception) {
            throw new GeneralSecurityException(exception);
        }
    }
}
