package io.kilonova.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FakeGuest;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.node.NodeMessages.Heard;
import io.kilonova.node.NodeMessages.Heartbeat;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.Progress;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two controllers, of which one has a wrong address of the node: it reaches it only by way of the other. */
class HearsayTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String NOBODY = "127.0.0.1:1";

    @TempDir
    private Path folder;

    @Test
    void a_controller_that_does_not_reach_a_node_commands_it_by_way_of_one_that_hears_it() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create(folder.resolve("authority"), Clock.systemUTC());
        Credential controller = authority.newCredential(Role.CONTROLLER);
        FakeHypervisor hypervisor = FakeFleet.alone("one", FleetOptions.of(1)).host("one");
        try (Database database =
                Database.open(DatabaseOptions.sqlite(folder.resolve("db")), List.of(NodeRegister.MIGRATIONS))) {
            NodeRegister register = new NodeRegister(database, Clock.systemUTC());
            try (NodeFleet hearing = new NodeFleet(register, () -> controller, Optional::empty);
                    NodeGate gate = gate(register, hearing, authority, controller)) {
                gate.open();
                NodeIdentity one = NodeIdentity.enrol(
                        folder.resolve("one"), register.newToken(authority, LIMIT), gate.address(), "one");
                register.moved(one.id(), NOBODY);
                try (NodeFleet cutOff = new NodeFleet(register, () -> controller, Optional::empty);
                        NodeGate other = gate(register, cutOff, authority, controller)) {
                    other.open();
                    assertThat(cutOff.isHeardElsewhere("one")).isFalse();
                    Hypervisor remote = cutOff.hypervisor("one").orElseThrow();
                    try (NodeAgent agent = new NodeAgent(hypervisor, one, folder.resolve("one"), "127.0.0.1", 0)) {
                        agent.start();
                        beat(gate, one, "127.0.0.1:" + agent.port());
                        assertThat(cutOff.isHeardElsewhere("one")).isTrue();
                        assertThat(cutOff.isHeardElsewhere("two")).isFalse();
                        remote.spawn(SmallGuest.called("guest"), Progress.silent());
                        assertThat(hypervisor.fakeGuests())
                                .extracting(FakeGuest::id)
                                .containsExactly("guest");
                        assertThat(remote.inventory()).isEqualTo(hypervisor.inventory());
                        assertThatThrownBy(() -> remote.pause("nobody"))
                                .extracting("code")
                                .isEqualTo(HypervisorError.GUEST_NOT_FOUND);
                    }
                    assertThatThrownBy(remote::guests)
                            .extracting("code")
                            .isEqualTo(HypervisorError.HYPERVISOR_UNREACHABLE);
                }
            }
        }
    }

    private static NodeGate gate(
            NodeRegister register, NodeFleet fleet, CertificateAuthority authority, Credential controller) {
        return new NodeGate(register, fleet, authority, () -> controller, new DeafController(), "127.0.0.1", 0);
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
}
