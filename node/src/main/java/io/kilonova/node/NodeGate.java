package io.kilonova.node;

import io.kilonova.node.NodeMessages.Enrolled;
import io.kilonova.node.NodeMessages.Enrolment;
import io.kilonova.node.NodeMessages.Renewal;
import io.kilonova.node.NodeMessages.Renewed;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a controller takes what nodes have to say: that they come, live, have and saw. */
public final class NodeGate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeGate.class);

    private final NodeRegister register;
    private final NodeFleet fleet;
    private final CertificateAuthority authority;
    private final GateCalls calls;
    private final String host;
    private final PeerServer server;

    /** A gate that is not open yet. */
    public NodeGate(
            NodeRegister register,
            NodeFleet fleet,
            CertificateAuthority authority,
            Supplier<Credential> own,
            NodeDuties duties,
            String host,
            int port) {
        this.register = register;
        this.fleet = fleet;
        this.authority = authority;
        this.calls = new GateCalls(register, fleet, duties);
        this.host = host;
        List<PeerRoute> routes = new ArrayList<>(calls.routes());
        routes.add(new PeerRoute("POST", "/v1/enrol", Set.of(), GateCalls.SMALL_BYTES, this::enrol));
        routes.add(new PeerRoute("POST", "/v1/renew", Set.of(Role.NODE), GateCalls.SMALL_BYTES, this::renew));
        this.server = new PeerServer("controller", host, port, own, true, routes);
    }

    /** Listens, and says so to all nodes. Throws {@link java.io.UncheckedIOException} when the address is taken. */
    public void open() {
        server.start();
        fleet.hearsay().isAt(address());
        announce();
    }

    /** Says again where this controller listens; once an hour. */
    public void announce() {
        register.gateOpen(address());
    }

    /** Asks the other controllers about the nodes that are silent here; every few seconds. */
    public void askAround() {
        calls.askAround();
    }

    /** HOST:PORT where it listens. */
    public String address() {
        return host + ":" + server.port();
    }

    private void enrol(PeerCall call) throws IOException {
        Enrolment asked = call.message(Enrolment.class);
        PublicKey key = key(asked.publicKey());
        X509Certificate certificate = authority.issue(key, Role.NODE);
        EnrolledNode node = register.enrol(
                asked.tokenSecret(),
                PeerIdentity.idOf(key),
                asked.label(),
                asked.address(),
                CertificateAuthority.fingerprint(certificate));
        fleet.learn(node);
        LOG.info("node={} id={} is enrolled, at {}", node.label(), node.id(), node.address());
        call.answer(
                new Enrolled(Credential.text(certificate), Credential.text(authority.certificate()), register.gates()));
    }

    private static PublicKey key(String text) {
        try {
            return KeyFactory.getInstance("EC")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            throw NodeError.MESSAGE_UNREADABLE.because(unreadable, "the public key is none of the curve P-256");
        }
    }

    private void renew(PeerCall call) throws IOException {
        EnrolledNode node = calls.sender(call, call.message(Renewal.class).node());
        X509Certificate certificate = authority.issue(call.key(), Role.NODE);
        register.renewed(node.id(), CertificateAuthority.fingerprint(certificate));
        call.answer(new Renewed(Credential.text(certificate)));
    }

    /** Takes nothing any more, and says so. */
    @Override
    public void close() {
        try {
            register.gateClosed(address());
        } finally {
            server.close();
        }
    }
}
