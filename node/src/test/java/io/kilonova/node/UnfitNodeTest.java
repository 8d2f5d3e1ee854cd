package io.kilonova.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnfitNodeTest {
    @TempDir
    private Path folder;

    @Test
    void a_node_whose_hypervisor_does_not_answer_says_so_in_place_of_its_heartbeat() {
        Clock clock = Clock.systemUTC();
        CertificateAuthority authority = CertificateAuthority.create(folder.resolve("authority"), clock);
        Credential controller = authority.newCredential(Role.CONTROLLER);
        Map<String, String> unfit = new ConcurrentHashMap<>();
        DeafController listening = new DeafController() {
            @Override
            public void unfit(String host, Duration ago, String reason) {
                unfit.put(host, reason);
            }
        };
        FakeHypervisor hypervisor = FakeFleet.alone("one", FleetOptions.of(1)).host("one");
        hypervisor.losePower();
        try (Database database =
                Database.open(DatabaseOptions.sqlite(folder.resolve("db")), List.of(NodeRegister.MIGRATIONS))) {
            NodeRegister register = new NodeRegister(database, clock);
            try (NodeFleet fleet = new NodeFleet(register, () -> controller, Optional::empty);
                    NodeGate gate =
                            new NodeGate(register, fleet, authority, () -> controller, listening, "127.0.0.1", 0)) {
                gate.open();
                EnrolmentToken token = register.newToken(authority, Duration.ofMinutes(1));
                NodeIdentity one = NodeIdentity.enrol(folder.resolve("one"), token, gate.address(), "one");
                try (NodeAgent agent = new NodeAgent(hypervisor, one, folder.resolve("one"), "127.0.0.1", 0);
                        ControllerLink link = new ControllerLink(one, clock)) {
                    agent.start();
                    link.start("127.0.0.1:" + agent.port(), hypervisor::inventory);
                    await().atMost(NodeVoice.BEAT.multipliedBy(4)).until(() -> unfit.containsKey("one"));
                    assertThat(unfit.get("one")).contains("it has no power");
                }
            }
        }
    }
}
