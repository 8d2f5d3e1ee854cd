package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.access.Visibility;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.operations.OperationFilter;
import io.kilonova.operations.OperationView;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is known of hosts after a start that was too short to look at each. */
class HostWatchTest {
    /** More than are looked at before a start is over. */
    private static final int HOSTS = 60;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void many_hosts_take_servers_right_after_a_start_and_no_more_than_they_have_room_for(EachDatabase kind) {
        try (SmallCloud cloud = cloud(kind)) {
            cloud.create(0, "small", HOSTS - 2, Map.of());
            cloud.awaitRest();
            FakeHypervisor dark = cloud.fleet().host(freeHost(cloud));
            dark.losePower();
            cloud.restart();
            cloud.create(0, "small", 2, Map.of());
            cloud.awaitRest();
            assertThat(cloud.servers().stream().collect(Collectors.groupingBy(Server::vmState, Collectors.counting())))
                    .isEqualTo(Map.of(VmState.ACTIVE, HOSTS - 1L, VmState.ERROR, 1L));
            assertThat(cloud.servers())
                    .noneMatch(
                            server -> server.host().filter(dark.host()::equals).isPresent());
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_guest_that_went_off_while_nobody_looked_is_found_soon_after_the_start(EachDatabase kind) {
        try (SmallCloud cloud = cloud(kind)) {
            Server server = cloud.create(0, "small", 1, Map.of()).getFirst();
            cloud.awaitRest();
            String host = find(cloud, server).host().orElseThrow();
            cloud.controller(0).compute().close();
            cloud.fleet().host(host).happens(server.id(), PowerState.SHUT_DOWN);
            assertThat(find(cloud, server).vmState()).isEqualTo(VmState.ACTIVE);
            cloud.restart();
            await().until(() -> find(cloud, server).vmState() == VmState.STOPPED);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_server_waits_for_hosts_of_other_machines_that_may_be_up_and_for_no_others(EachDatabase kind) {
        try (SmallCloud cloud =
                new SmallCloud(kind.fresh(folder), folder, 1, FleetOptions.of(2).sized(1, 65_536, 1_000))) {
            cloud.restartApart();
            assertThat(cloud.controller(0).compute().awaitedHosts()).isEqualTo(2);
            cloud.create(0, "small", 2, Map.of());
            await().until(() -> waiting(cloud)
                    .equals(List.of("hosts that were not heard yet: 2", "hosts that were not heard yet: 2")));
            cloud.controller(0).compute().heard("fake-0001", Duration.ZERO);
            await().until(() -> waiting(cloud).equals(List.of("hosts that were not heard yet: 1")));
            cloud.passInSilence(ComputeHosts.SILENCE);
            assertThat(cloud.controller(0).compute().awaitedHosts()).isZero();
            cloud.awaitRest();
            assertThat(cloud.servers().stream().map(Server::vmState))
                    .containsExactlyInAnyOrder(VmState.ACTIVE, VmState.ERROR);
        }
    }

    /** Why operations wait. */
    private static List<String> waiting(SmallCloud cloud) {
        return cloud.controller(0).operations().list(OperationFilter.live(), 10, Optional.empty()).stream()
                .map(OperationView::progress)
                .toList();
    }

    private SmallCloud cloud(EachDatabase kind) {
        SmallCloud cloud = new SmallCloud(
                kind.fresh(folder), folder, 1, FleetOptions.of(HOSTS).sized(1, 65_536, 1_000));
        await("all hosts to be known")
                .until(() -> new ComputeHosts(cloud.controller(0).database(), Clock.systemUTC())
                                .list()
                                .size()
                        == HOSTS);
        cloud.restart();
        return cloud;
    }

    private static String freeHost(SmallCloud cloud) {
        return cloud.fleet().hosts().stream()
                .map(FakeHypervisor::host)
                .filter(host -> cloud.servers().stream()
                        .noneMatch(server -> server.host().filter(host::equals).isPresent()))
                .findFirst()
                .orElseThrow();
    }

    private static Server find(SmallCloud cloud, Server server) {
        return cloud.controller(0).compute().servers().get(Visibility.everything(), server.id());
    }
}
