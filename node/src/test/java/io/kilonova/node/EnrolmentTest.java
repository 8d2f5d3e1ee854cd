package io.kilonova.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that enrols is one node, whatever is lost on the way. */
class EnrolmentTest {
    @TempDir
    private Path folder;

    private CertificateAuthority authority;
    private Database database;
    private NodeRegister register;
    private NodeFleet fleet;
    private NodeGate gate;
    private EnrolmentToken token;
    private Path place;

    @BeforeEach
    void openTheGate() {
        authority = CertificateAuthority.create(folder.resolve("authority"), Clock.systemUTC());
        database =
                Database.open(DatabaseOptions.sqlite(folder.resolve("db")), java.util.List.of(NodeRegister.MIGRATIONS));
        register = new NodeRegister(database, Clock.systemUTC());
        Credential controller = authority.newCredential(Role.CONTROLLER);
        fleet = new NodeFleet(register, () -> controller, Optional::empty);
        gate = new NodeGate(register, fleet, authority, () -> controller, new DeafController(), "127.0.0.1", 0);
        gate.open();
        token = register.newToken(authority, Duration.ofMinutes(10));
        place = folder.resolve("node");
    }

    @AfterEach
    void closeTheGate() {
        gate.close();
        fleet.close();
        database.close();
    }

    @Test
    void a_node_whose_answer_was_lost_asks_again_and_is_the_same() throws Exception {
        try (CutWire wire =
                new CutWire(gate.address(), () -> register.named("late").isPresent())) {
            assertThatThrownBy(() -> NodeIdentity.enrol(place, token, wire.address(), "late"))
                    .hasMessageStartingWith("No controller answers");
        }
        String id = register.named("late").orElseThrow().id();
        assertThatThrownBy(() -> NodeIdentity.enrol(folder.resolve("thief"), token, gate.address(), "late"))
                .as("the token is good for the key that used it alone")
                .hasMessageStartingWith("The token is unknown, used or expired");
        assertThatThrownBy(() -> NodeIdentity.enrol(place, token, gate.address(), "other"))
                .hasMessage("This node is known here, as late: enroll it by that name.");

        NodeIdentity late = NodeIdentity.enrol(place, token, gate.address(), "late");

        assertThat(late.id()).isEqualTo(id);
        assertThat(register.list()).hasSize(1);
    }

    @Test
    void a_node_that_crashed_before_it_had_written_all_of_its_identity_enrols_again() throws Exception {
        NodeIdentity first = NodeIdentity.enrol(place, token, gate.address(), "crashed");
        for (String file : new String[] {"node.json", "authority.pem", "certificate.pem"}) {
            Files.delete(place.resolve("node.json"));
            Files.deleteIfExists(place.resolve(file));
            EnrolmentToken next = register.newToken(authority, Duration.ofMinutes(1));
            assertThat(NodeIdentity.enrol(place, next, gate.address(), "crashed")
                            .id())
                    .isEqualTo(first.id());
        }
        assertThat(register.list()).hasSize(1);
    }

    @Test
    void a_node_that_was_revoked_does_not_come_back_by_its_key() throws Exception {
        NodeIdentity bad = NodeIdentity.enrol(place, token, gate.address(), "bad");
        register.revoke("bad");
        Files.delete(place.resolve("node.json"));
        for (EnrolmentToken tried : new EnrolmentToken[] {token, register.newToken(authority, Duration.ofMinutes(1))}) {
            assertThatThrownBy(() -> NodeIdentity.enrol(place, tried, gate.address(), "bad"))
                    .hasMessage("The node %s is not enrolled here, or was revoked.".formatted(bad.id()));
        }
        assertThat(register.list()).isEmpty();
    }

    /** A wire that is cut as soon as something has come true: what the server says then is lost. */
    private static final class CutWire implements AutoCloseable {
        private final ServerSocket server;
        private final String target;
        private final BooleanSupplier isCut;

        CutWire(String target, BooleanSupplier isCut) throws IOException {
            this.server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            this.target = target;
            this.isCut = isCut;
            Thread.ofVirtual().start(this::relay);
        }

        String address() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        private void relay() {
            String[] parts = target.split(":", 2);
            try (Socket near = server.accept();
                    Socket far = new Socket(parts[0], Integer.parseInt(parts[1]))) {
                Thread.ofVirtual().start(() -> copy(near, far, () -> false));
                copy(far, near, isCut);
            } catch (IOException closed) {
                throw new AssertionError(closed);
            }
        }

        private static void copy(Socket from, Socket to, BooleanSupplier isCut) {
            byte[] bytes = new byte[16 << 10];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count = in.read(bytes); count >= 0 && !isCut.getAsBoolean(); count = in.read(bytes)) {
                    out.write(bytes, 0, count);
                    out.flush();
                }
            } catch (IOException closed) {
                // so is the other side
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
