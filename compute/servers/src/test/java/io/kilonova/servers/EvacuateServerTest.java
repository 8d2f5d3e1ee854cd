package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.fake.Command;
import io.kilonova.fake.FleetOptions;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvacuateServerTest {
    @TempDir
    private Path folder;

    @Test
    void a_server_that_is_being_deleted_is_not_taken_elsewhere_instead() {
        DatabaseOptions database = DatabaseOptions.sqlite(folder.resolve("kilonova.db"));
        FleetOptions hosts = FleetOptions.of(2).sized(4, 8_192, 100);
        try (SmallCloud cloud = new SmallCloud(database, folder, 1, hosts)) {
            cloud.create(0, "small", 1, Map.of());
            cloud.awaitRest();
            Server server = cloud.servers().getFirst();
            String host = server.host().orElseThrow();
            cloud.fleet().strikeWith(Misfortunes.none().onHost(host, Command.DESTROY, new Misfortune.Hang()));
            cloud.delete(server.id());
            ComputeService compute = cloud.controller(0).compute();
            compute.setForcedDown(host, true);
            assertThatThrownBy(() -> compute.moves()
                            .evacuate(SmallCloud.ann(), "req-1", server.id(), ServerMove.Wish.anywhere()))
                    .hasMessageContaining("task_state deleting");
            assertThat(cloud.servers().getFirst().taskState()).contains(TaskState.DELETING);
            cloud.fleet().host(host).releaseHanging();
            cloud.awaitRest();
        }
    }
}
