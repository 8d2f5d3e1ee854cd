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
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

/**
 * Who a node is: its key, which never leaves its folder, what the authority says of it, what it is called, and where it found
 * controllers last.
 */
public final class NodeIdentity implements Supplier<Credential> {
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
     * Makes a key, has it enrolled at a controller, and keeps the identity in {@code folder}. Whatever fails leaves nothing
     * there.
     *
     * @param token of {@code kilonova ca token}
     * @param controller HOST:PORT of any controller
     * @param label what the node is called
     * @throws io.kilonova.errors.ServiceException {@link NodeError#ENROLLED_ALREADY}, {@link NodeError#TOKEN_REFUSED},
     *     {@link NodeError#LABEL_TAKEN}, {@link NodeError#LABEL_UNUSABLE}, {@link NodeError#CONTROLLERS_UNREACHABLE}
     */
    public static NodeIdentity enrol(Path folder, EnrolmentToken token, String controller, String label) {
        if (Files.exists(folder.resolve(PLACE))) {
            throw NodeError.ENROLLED_ALREADY.with(open(folder).label(), folder);
        }
        NodeRegister.requireName(label);
        KeyPair pair = Credential.newKeyPair();
        Enrolment asked = new Enrolment(
                token.secret(),
                Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()),
                label,
                "");
        try (PeerClient client = new PeerClient(MutualTls.ofStranger(token.authorityFingerprint()))) {
            Enrolled enrolled =
                    client.send(URI.create("https://" + controller + "/v1/enrol"), asked, Enrolled.class, LIMIT);
            PrivateFile.makeFolder(folder);
            PrivateFile.write(folder.resolve(KEY), Credential.text(pair.getPrivate()));
            PrivateFile.write(folder.resolve(CERTIFICATE), enrolled.certificate());
            PrivateFile.write(folder.resolve(AUTHORITY), enrolled.authority());
            List<String> controllers = enrolled.controllers().isEmpty() ? List.of(controller) : enrolled.controllers();
            writePlace(folder, new Place(label, controllers));
            return open(folder);
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

    /** Its id, which follows from its key. */
    public String id() {
        return credential.id();
    }

    /** What it is called. */
    public String label() {
        return place.label();
    }

    /** Where controllers listened last. */
    List<String> controllers() {
        return place.controllers();
    }

    /** Remembers where controllers listen. */
    synchronized void remember(List<String> controllers) {
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
