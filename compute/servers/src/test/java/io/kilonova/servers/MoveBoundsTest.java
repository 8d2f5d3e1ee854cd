package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.Command;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.operations.OperationFilter;
import io.kilonova.operations.OperationView;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many moves there are: at once from one host, and in the memory of the cloud. */
class MoveBoundsTest {
    @TempDir
    private Path folder;

    private SmallCloud cloud;

    @BeforeEach
    void begin() {
        FleetOptions hosts = FleetOptions.of(2).sized(3, 16_384, 100);
        cloud = new SmallCloud(DatabaseOptions.sqlite(folder.resolve("kilonova.db")), folder, 1, hosts);
    }

    @AfterEach
    void end() {
        cloud.close();
    }

    @Test
    void the_disks_of_two_servers_leave_a_host_at_once_and_others_wait_for_their_turn() {
        String full = cloud.fleet().hosts().getFirst().host();
        String empty = cloud.fleet().hosts().getLast().host();
        cloud.controller(0).compute().setDisabled(empty, true, Optional.empty());
        List<Server> servers = cloud.create(0, "small", 3, Map.of());
        cloud.awaitRest();
        cloud.controller(0).compute().setDisabled(empty, false, Optional.empty());
        cloud.fleet().strikeWith(Misfortunes.none().onHost(empty, Command.IMPORT_DISKS, new Misfortune.Hang()));
        servers.forEach(this::migrate);
        await().untilAsserted(() -> assertThat(progress())
                .areExactly(2, containing("copying disks"))
                .areExactly(1, containing("disk copies from " + full)));
        cloud.fleet().hosts().forEach(FakeHypervisor::releaseHanging);
        cloud.fleet().strikeWith(Misfortunes.none());
        cloud.awaitRest();
    }

    @Test
    void moves_that_are_at_their_end_leave_by_age_and_no_others() {
        List<Server> servers = cloud.create(0, "small", 2, Map.of());
        cloud.awaitRest();
        servers.forEach(this::migrate);
        cloud.awaitRest();
        moves().confirm(SmallCloud.ann(), "req-2", servers.getFirst().id());
        cloud.awaitRest();
        cloud.controller(0).compute().forgetOld(Instant.now().plus(Duration.ofDays(89)));
        assertThat(moves().migrations().ofServer(servers.getFirst().id())).hasSize(1);
        cloud.controller(0).compute().forgetOld(Instant.now().plus(Duration.ofDays(91)));
        assertThat(moves().migrations().ofServer(servers.getFirst().id())).isEmpty();
        assertThat(moves().migrations().ofServer(servers.getLast().id())).hasSize(1);
    }

    private static Condition<String> containing(String part) {
        return new Condition<>(text -> text.contains(part), part);
    }

    private List<String> progress() {
        return cloud.controller(0).operations().list(OperationFilter.live(), 10, Optional.empty()).stream()
                .map(OperationView::progress)
                .toList();
    }

    private void migrate(Server server) {
        moves().migrate(SmallCloud.ann(), "req-1", server.id(), Optional.empty());
    }

    private MoveCommands moves() {
        return cloud.controller(0).compute().moves();
    }
}
