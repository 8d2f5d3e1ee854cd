package io.kilonova.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.node.NodeMessages.Heard;
import io.kilonova.node.NodeMessages.Heartbeat;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates end: a node that lives has a new one by then, and one that was away for too long is nobody. */
class CertificateRenewalTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** What is left of a certificate that is nearly over. */
    private static final Duration LEFT = Duration.ofSeconds(15);

    @TempDir
    private Path folder;

    private final ShiftedClock clock = new ShiftedClock();

    @Test
    void a_node_renews_its_certificate_before_it_ends_and_works_on_as_the_one_it_was() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create(folder.resolve("authority"), clock);
        Credential controller = authority.newCredential(Role.CONTROLLER);
        try (Database database =
                        Database.open(DatabaseOptions.sqlite(folder.resolve("db")), List.of(NodeRegister.MIGRATIONS));
                NodeFleet fleet = new NodeFleet(register(database), () -> controller, Optional::empty);
                NodeGate gate = new NodeGate(
                        register(database), fleet, authority, () -> controller, new DeafController(), "127.0.0.1", 0)) {
            gate.open();
            clock.shift = LEFT.minus(CertificateAuthority.LIFETIME);
            NodeIdentity living = enrol(database, authority, gate, "living");
            NodeIdentity away = enrol(database, authority, gate, "away");
            clock.shift = Duration.ZERO;
            String id = living.id();
            Instant end = end(living);
            FakeHypervisor hypervisor =
                    FakeFleet.alone("living", FleetOptions.of(1)).host("living");
            try (NodeAgent agent = new NodeAgent(hypervisor, living, folder.resolve("living"), "127.0.0.1", 0);
                    ControllerLink link = new ControllerLink(living, clock)) {
                agent.start();
                link.start("127.0.0.1:" + agent.port(), hypervisor::inventory);
                await().atMost(LIMIT).until(() -> end(living).isAfter(end));
                await("both first certificates to be over")
                        .atMost(LIMIT)
                        .until(() -> Instant.now().isAfter(end) && Instant.now().isAfter(end(away)));

                assertThat(living.id()).isEqualTo(id);
                beat(gate, living, "127.0.0.1:" + agent.port());
                assertThat(fleet.hypervisor("living").orElseThrow().inventory()).isEqualTo(hypervisor.inventory());
            }
            NodeIdentity again = NodeIdentity.open(folder.resolve("living"));
            assertThat(again.id()).isEqualTo(id);
            assertThat(end(again)).isAfter(end);
            assertThatThrownBy(() -> beat(gate, away, "127.0.0.1:1")).isInstanceOf(IOException.class);
            returns(away, database, authority, gate);
        }
    }

    /** With a new token, and as who it was; of no other cloud, and not while its certificate holds. */
    private void returns(NodeIdentity away, Database database, CertificateAuthority authority, NodeGate gate)
            throws Exception {
        CertificateAuthority other = CertificateAuthority.create(folder.resolve("other"), clock);
        assertThatThrownBy(() -> enrol(database, other, gate, "away")).hasMessageStartingWith("This node is enrolled");
        NodeIdentity back = NodeIdentity.enrol(
                folder.resolve("away"),
                register(database).newToken(authority, Duration.ofMinutes(1)),
                gate.address(),
                "a name that it would be given");
        assertThat(back.id()).isEqualTo(away.id());
        assertThat(back.label()).isEqualTo("away");
        assertThat(register(database).list()).extracting(EnrolledNode::label).containsExactly("away", "living");
        try (NodeAgent agent = new NodeAgent(
                FakeFleet.alone("away", FleetOptions.of(1)).host("away"),
                back,
                folder.resolve("away"),
                "127.0.0.1",
                0)) {
            agent.start();
            beat(gate, back, "127.0.0.1:" + agent.port());
        }
        assertThatThrownBy(() -> enrol(database, authority, gate, "away"))
                .hasMessageStartingWith("This node is enrolled already, as away");
    }

    private static NodeRegister register(Database database) {
        return new NodeRegister(database, Clock.systemUTC());
    }

    private NodeIdentity enrol(Database database, CertificateAuthority authority, NodeGate gate, String label) {
        EnrolmentToken token = register(database).newToken(authority, Duration.ofMinutes(1));
        return NodeIdentity.enrol(folder.resolve(label), token, gate.address(), label);
    }

    private static Instant end(NodeIdentity identity) {
        return identity.get().certificate().getNotAfter().toInstant();
    }

    private static void beat(NodeGate gate, NodeIdentity who, String address) throws Exception {
        try (PeerClient client = new PeerClient(MutualTls.context(who, PeerCheck.role(Role.CONTROLLER)))) {
            client.send(
                    URI.create("https://" + gate.address() + "/v1/heartbeat"),
                    new Heartbeat(who.id(), who.label(), address),
                    Heard.class,
                    LIMIT);
        }
    }

    /** The real time, and a little more or less of it. */
    private static final class ShiftedClock extends Clock {
        private volatile Duration shift = Duration.ZERO;

        @Override
        public ZoneId getZone() {
            return ZoneId.of("UTC");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(shift);
        }
    }
}
