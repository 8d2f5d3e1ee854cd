package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.access.Visibility;
import io.kilonova.fake.Command;
import io.kilonova.fake.FleetOptions;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.operations.OperationFilter;
import io.kilonova.operations.OperationView;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that hangs holds up its own servers, and no others. */
class CommandBoundsTest {
    private static final int MORE_THAN_A_CONTROLLER_DOES_AT_ONCE = 280;

    @TempDir
    private Path folder;

    @Test
    void a_host_that_hangs_holds_up_no_server_of_another() {
        DatabaseOptions database = DatabaseOptions.sqlite(folder.resolve("kilonova.db"));
        FleetOptions hosts = FleetOptions.of(2).sized(400, 1_000_000, 10_000);
        try (SmallCloud cloud = new SmallCloud(database, folder, 1, hosts)) {
            cloud.create(0, "small", 2 * MORE_THAN_A_CONTROLLER_DOES_AT_ONCE, Map.of());
            cloud.awaitRest();
            Server other = on(cloud, "fake-0002").getFirst();
            cloud.fleet().strikeWith(Misfortunes.none().onHost("fake-0001", Command.DESTROY, new Misfortune.Hang()));
            List<Server> there = on(cloud, "fake-0001");
            there.forEach(server -> cloud.delete(server.id()));
            await().until(() -> progress(cloud).stream()
                            .filter("Waits for its place: at most 32 commands to fake-0001 at once."::equals)
                            .count()
                    == there.size() - 32);

            cloud.delete(other.id());
            await().until(() -> cloud.controller(0)
                    .compute()
                    .servers()
                    .find(Visibility.everything(), other.id())
                    .isEmpty());

            cloud.fleet().strikeWith(Misfortunes.none());
            cloud.fleet().host("fake-0001").releaseHanging();
            cloud.awaitRest();
            assertThat(on(cloud, "fake-0001")).isEmpty();
        }
    }

    private static List<Server> on(SmallCloud cloud, String host) {
        return cloud.servers().stream()
                .filter(server -> server.host().equals(Optional.of(host)))
                .toList();
    }

    private static List<String> progress(SmallCloud cloud) {
        return cloud.controller(0).operations().list(OperationFilter.live(), 1_000, Optional.empty()).stream()
                .map(OperationView::progress)
                .toList();
    }
}
