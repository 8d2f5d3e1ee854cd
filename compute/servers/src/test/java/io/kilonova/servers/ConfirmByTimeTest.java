package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.FleetOptions;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfirmByTimeTest {
    @TempDir
    private Path folder;

    @Test
    void what_nobody_confirms_or_reverts_in_time_is_confirmed_also_behind_one_with_which_that_fails() {
        DatabaseOptions database = DatabaseOptions.sqlite(folder.resolve("kilonova.db"));
        FleetOptions hosts = FleetOptions.of(2).sized(8, 8_192, 100);
        try (SmallCloud cloud = new SmallCloud(database, folder, 1, hosts)) {
            MoveCommands moves = cloud.controller(0).compute().moves();
            List<Server> servers = cloud.create(0, "small", 2, Map.of());
            cloud.awaitRest();
            for (Server server : servers) {
                moves.migrate(SmallCloud.ann(), "req-1", server.id(), Optional.empty());
                cloud.awaitRest();
            }
            cloud.controller(0)
                    .database()
                    .change(transaction -> transaction.sql().execute("""
                    CREATE TRIGGER broken BEFORE INSERT ON instance_actions WHEN NEW.server_id = '%s'
                    BEGIN SELECT RAISE(ABORT, 'broken'); END""".formatted(
                                    servers.getFirst().id())));
            moves.confirmAfter(Duration.ofHours(1));
            moves.confirmAfter(Duration.ZERO);
            assertThat(cloud.servers())
                    .allMatch(server -> server.vmState() == VmState.RESIZED
                            && server.taskState().isEmpty());
            await().until(() -> {
                moves.confirmAfter(Duration.ofMillis(1));
                return state(cloud, servers.getLast()) == VmState.ACTIVE;
            });
            assertThat(state(cloud, servers.getFirst())).isEqualTo(VmState.RESIZED);
        }
    }

    private static VmState state(SmallCloud cloud, Server server) {
        return cloud.servers().stream()
                .filter(present -> present.id().equals(server.id()))
                .findFirst()
                .orElseThrow()
                .vmState();
    }
}
