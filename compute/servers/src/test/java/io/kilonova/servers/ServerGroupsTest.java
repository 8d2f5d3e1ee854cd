package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.access.Visibility;
import io.kilonova.fake.Command;
import io.kilonova.fake.FleetOptions;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.scheduling.GroupPolicy;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerGroupsTest {
    @TempDir
    private Path folder;

    @Test
    void servers_that_are_kept_apart_do_not_move_to_one_host_at_once() {
        DatabaseOptions database = DatabaseOptions.sqlite(folder.resolve("kilonova.db"));
        try (SmallCloud cloud = new SmallCloud(database, folder, 1, FleetOptions.of(3))) {
            List<Server> members = cloud.create(0, "small", 2, Map.of("group", List.of(group(cloud))));
            cloud.awaitRest();
            String first = members.getFirst().id();
            String second = members.getLast().id();
            String stays = server(cloud, second).host().orElseThrow();
            String source = server(cloud, first).host().orElseThrow();
            cloud.fleet().strikeWith(Misfortunes.none().onHost(source, Command.LIVE_MIGRATE, new Misfortune.Hang()));

            migrateLive(cloud, first);
            await().until(() ->
                    moves(cloud).migrations().ofServer(first).getFirst().status() == MigrationStatus.RUNNING);
            migrateLive(cloud, second);
            await().until(() -> server(cloud, second).taskState().isEmpty());
            cloud.fleet().strikeWith(Misfortunes.none());
            cloud.fleet().host(source).releaseHanging();
            cloud.awaitRest();

            assertThat(server(cloud, second).host()).contains(stays);
            assertThat(server(cloud, second).fault().orElseThrow().message()).contains("No valid host");
            assertThat(server(cloud, first).host()).get().isNotEqualTo(stays);
        }
    }

    private static String group(SmallCloud cloud) {
        return cloud.controller(0)
                .compute()
                .groups()
                .create(
                        new ServerGroupRow(
                                "",
                                SmallCloud.PROJECT,
                                "ann",
                                "apart",
                                GroupPolicy.ANTI_AFFINITY,
                                Optional.empty(),
                                List.of()),
                        -1)
                .id();
    }

    private static void migrateLive(SmallCloud cloud, String server) {
        moves(cloud).liveMigrate(SmallCloud.ann(), "req-1", server, ServerMove.Wish.anywhere(), false);
    }

    private static MoveCommands moves(SmallCloud cloud) {
        return cloud.controller(0).compute().moves();
    }

    private static Server server(SmallCloud cloud, String id) {
        return cloud.controller(0).compute().servers().get(Visibility.everything(), id);
    }
}
