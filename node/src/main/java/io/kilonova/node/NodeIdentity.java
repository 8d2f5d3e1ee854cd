package io.kilonova.node;

import io.kilonova.configuration.PrivateFile;
import io.kilonova.node.NodeMessages.Enrolled;
import io.kilonova.node.NodeMessages.Enrolment;
import io.kilonova.ovn.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who a node is: its key, which never leaves its folder, what the authority says of it, what it is called, and where it found
 * controllers last.
 */
public final class NodeIdentity implements Supplier<Credential>, NodePlace {
    private static final String KEY = "key.pem";
    private static final String CERTIFICATE = "certificate.pem";
    private static final String AUTHORITY = "authority.pem";
    private static final String PLACE = "node.json";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Path folder;
    private volatile Credential credential;
    private volatile Place place;

    /** What the node is called, and where controllers are. */
    private record Place(String label, List<String> controllers) {}

    private NodeIdentity(Path folder) throws IOException, GeneralSecurityException {
        this.folder = folder;
        this.credential = new Credential(
                Credential.key(Files.readString(folder.resolve(KEY))),
                Credential.certificate(Files.readString(folder.resolve(CERTIFICATE))),
                Credential.certificate(Files.readString(folder.resolve(AUTHORITY))));
        this.place = Wire.read(Files.readAllBytes(folder.resolve(PLACE)), Place.class);
    }

    /**
     * The identity in a folder.
     *
     * @throws io.kilonova.errors.ServiceException {@link NodeError#IDENTITY_UNUSABLE}
     */
    public static NodeIdentity open(Path folder) {
        try {
            return new NodeIdentity(folder);
        } catch (IOException | GeneralSecurityException exception) {
            throw NodeError.IDENTITY_UNUSABLE.because(
                    exception, folder, exception + "; become a node by \"kilonova node enroll\"");
        }
    }

    /**
     * Makes a key, has it enrolled at a controller, and keeps the identity in {@code folder}. The key is there first: whatever
     * fails then, the same again is the same node. So is one whose certificate is over, with another token of its cloud.
     *
     * @param token of {@code kilonova ca token}
     * @param controller HOST:PORT of any controller
     * @param label what the node is called; one that comes again keeps its name
     * @throws io.kilonova.errors.ServiceException {@link NodeError#ENROLLED_ALREADY}, {@link NodeError#TOKEN_REFUSED},
     *     {@link NodeError#LABEL_TAKEN}, {@link NodeError#LABEL_UNUSABLE}, {@link NodeError#ENROLLED_AS},
     *     {@link NodeError#NODE_NOT_ENROLLED}, {@link NodeError#CONTROLLERS_UNREACHABLE}, {@link NodeError#IDENTITY_UNUSABLE}
     */
    public static NodeIdentity enrol(Path folder, EnrolmentToken token, String controller, String label) {
        Optional<NodeIdentity> former =
                Files.exists(folder.resolve(PLACE)) ? Optional.of(open(folder)) : Optional.empty();
        if (former.isPresent() && !former.get().mayComeAgain(token)) {
            throw NodeError.ENROLLED_ALREADY.with(former.get().label(), folder);
        }
        String name = former.map(NodeIdentity::label).orElse(label);
        NodeRegister.requireName(name);
        String key = Base64.getEncoder().encodeToString(key(folder).getEncoded());
        Enrolled enrolled = enrolled(token, controller, new Enrolment(token.secret(), key, name, ""));
        try {
            PrivateFile.write(folder.resolve(CERTIFICATE), enrolled.certificate());
            PrivateFile.write(folder.resolve(AUTHORITY), enrolled.authority());
            List<String> controllers = enrolled.controllers().isEmpty() ? List.of(controller) : enrolled.controllers();
            writePlace(folder, new Place(name, controllers));
        } catch (IOException failure) {
            throw NodeError.IDENTITY_UNUSABLE.because(failure, folder, failure.getMessage());
        }
        return open(folder);
    }

    /** Only what is over is had anew, and only of the same cloud: whoever is a node of one does not become another's. */
    private boolean mayComeAgain(EnrolmentToken token) {
        return CertificateAuthority.fingerprint(credential.authority()).equals(token.authorityFingerprint())
                && credential.certificate().getNotAfter().toInstant().isBefore(Instant.now());
    }

    private static PublicKey key(Path folder) {
        Path file = folder.resolve(KEY);
        try {
            if (!Files.exists(file)) {
                PrivateFile.makeFolder(folder);
                PrivateFile.write(file, Credential.text(Credential.newKeyPair().getPrivate()));
            }
            return Credential.publicKey(Credential.key(Files.readString(file)));
        } catch (IOException | GeneralSecurityException exception) {
            throw NodeError.IDENTITY_UNUSABLE.because(exception, folder, exception.getMessage());
        }
    }

    private static Enrolled enrolled(EnrolmentToken token, String controller, Enrolment asked) {
        try (PeerClient client = new PeerClient(MutualTls.ofStranger(token.authorityFingerprint()))) {
            return client.send(URI.create("https://" + controller + "/v1/enrol"), asked, Enrolled.class, LIMIT);
        } catch (IOException failure) {
            throw NodeError.CONTROLLERS_UNREACHABLE.because(failure, controller, reason(failure));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw NodeError.CONTROLLERS_UNREACHABLE.because(interrupted, controller, "interrupted");
        }
    }

    static String reason(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static void writePlace(Path folder, Place place) throws IOException {
        PrivateFile.write(
                folder.resolve(PLACE), new String(Wire.write(place), java.nio.charset.StandardCharsets.UTF_8));
    }

    /** What it proves itself by now. */
    @Override
    public Credential get() {
        return credential;
    }

    /** The files of what it proves itself by, for daemons of this host that speak for it. */
    public TlsFiles files() {
        Path absolute = folder.toAbsolutePath();
        return new TlsFiles(absolute.resolve(KEY), absolute.resolve(CERTIFICATE), absolute.resolve(AUTHORITY));
    }

    /** Follows from its key. */
    @Override
    public String id() {
        return credential.id();
    }

    @Override
    public String label() {
        return place.label();
    }

    @Override
    public List<String> controllers() {
        return place.controllers();
    }

    @Override
    public synchronized void remember(List<String> controllers) {
        if (!controllers.isEmpty() && !controllers.equals(place.controllers())) {
            keep(new Place(place.label(), controllers));
        }
    }

    /** Remembers what it is called. */
    synchronized void rename(String label) {
        keep(new Place(label, place.controllers()));
    }

    private void keep(Place next) {
        try {
            writePlace(folder, next);
            place = next;
        } catch (IOException exception) {
            throw NodeError.IDENTITY_UNUSABLE.because(exception, folder, exception.getMessage());
        }
    }

    /** Takes a certificate that was issued anew for its key; one for another key is refused. */
    synchronized void renew(String certificate) {
        try {
            X509Certificate next = Credential.certificate(certificate);
            if (!PeerIdentity.idOf(next.getPublicKey()).equals(id())) {
                throw new GeneralSecurityException("the new certificate is for another key");
            }
            PrivateFile.write(folder.resolve(CERTIFICATE), certificate);
            credential = new Credential(credential.key(), next, credential.authority());
        } catch (IOException | GeneralSecurityException exception) {
            throw NodeError.IDENTITY_UNUSABLE.because(exception, folder, exception.getMessage());
        }
    }
}
