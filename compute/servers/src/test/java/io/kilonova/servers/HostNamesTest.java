package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.Command;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostNamesTest {
    @TempDir
    private Path folder;

    @Test
    void a_host_whose_servers_are_at_work_or_whose_new_name_is_taken_keeps_its_name() {
        try (SmallCloud cloud = cloudOf(2)) {
            cloud.fleet().strikeWith(Misfortunes.none().onNth(Command.SPAWN, 1, new Misfortune.Hang()));
            cloud.create(0, "small", 1, Map.of());
            await().until(() -> cloud.fleet().calls(Command.SPAWN) == 1);
            ComputeService compute = cloud.controller(0).compute();
            String busy = hostOf(cloud);
            assertThatThrownBy(() -> compute.renamed(busy, "new", nothing -> {}))
                    .hasMessage(
                            "Something is being done to servers of host %s: it is called new only after that has ended.",
                            busy);

            cloud.fleet().hosts().forEach(FakeHypervisor::releaseHanging);
            cloud.awaitRest();
            String host = hostOf(cloud);
            String other = cloud.fleet().guests().keySet().stream()
                    .filter(name -> !name.equals(host))
                    .findFirst()
                    .orElseThrow();
            assertThatThrownBy(() -> compute.renamed(host, other, nothing -> {}))
                    .hasMessage("Another host is called %s; nothing was changed.", other);
            assertThat(hostOf(cloud)).isEqualTo(host);
        }
    }

    private static String hostOf(SmallCloud cloud) {
        return cloud.servers().getFirst().host().orElseThrow();
    }

    @Test
    void a_cloud_of_one_machine_knows_it_again_by_whatever_name() {
        try (SmallCloud cloud = cloudOf(1)) {
            cloud.create(0, "small", 2, Map.of());
            cloud.awaitRest();
            String now = cloud.fleet().hosts().getFirst().host();
            cloud.controller(0).compute().renamed(now, "former", nothing -> {});
            assertThat(cloud.servers())
                    .allMatch(server -> server.host().orElseThrow().equals("former"));

            cloud.restart();
            assertThat(cloud.servers())
                    .allMatch(server -> server.host().orElseThrow().equals(now));
            cloud.create(0, "small", 1, Map.of());
            cloud.awaitRest();
            assertThat(cloud.servers()).hasSize(3).allMatch(server -> server.vmState() == VmState.ACTIVE);
            assertThat(cloud.fleet().guests().get(now)).hasSize(3);
        }
    }

    private SmallCloud cloudOf(int hosts) {
        DatabaseOptions database = DatabaseOptions.sqlite(folder.resolve("kilonova.db"));
        return new SmallCloud(database, folder, 1, FleetOptions.of(hosts).sized(4, 8_192, 100));
    }
}
