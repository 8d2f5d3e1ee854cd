package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.Command;
import io.kilonova.fake.FakeGuest;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvacuateServerTest {
    @TempDir
    private Path folder;

    @Test
    void a_server_that_is_being_deleted_is_not_taken_elsewhere_instead() {
        try (SmallCloud cloud = cloud()) {
            Server server = cloud.servers().getFirst();
            String host = server.host().orElseThrow();
            cloud.fleet().strikeWith(Misfortunes.none().onHost(host, Command.DESTROY, new Misfortune.Hang()));
            long destroyed = cloud.fleet().calls(Command.DESTROY);
            cloud.delete(server.id());
            cloud.controller(0).compute().setForcedDown(host, true);
            assertThatThrownBy(() -> evacuate(cloud)).hasMessageContaining("task_state deleting");
            assertThat(cloud.servers().getFirst().taskState()).contains(TaskState.DELETING);
            await().until(() -> cloud.fleet().calls(Command.DESTROY) > destroyed);
            cloud.fleet().host(host).releaseHanging();
            cloud.awaitRest();
        }
    }

    @Test
    void a_silent_host_that_answers_when_it_is_asked_keeps_its_guests() {
        try (SmallCloud cloud = cloud()) {
            cloud.passInSilence(ComputeHosts.SILENCE);
            evacuate(cloud);
            cloud.awaitRest();
            assertRunsOnWhereItWas(cloud, "still in use");
        }
    }

    @Test
    void a_guest_that_cannot_be_ended_on_a_host_that_is_said_to_be_dead_is_started_nowhere_else() {
        try (SmallCloud cloud = cloud()) {
            String host = cloud.servers().getFirst().host().orElseThrow();
            cloud.fleet()
                    .strikeWith(Misfortunes.none().onHost(host, Command.STOP, Misfortune.refuse("the guest is stuck")));
            cloud.controller(0).compute().setForcedDown(host, true);
            evacuate(cloud);
            cloud.awaitRest();
            assertRunsOnWhereItWas(cloud, "the guest is stuck");
        }
    }

    @Test
    void a_controller_that_started_just_now_takes_no_host_for_dead_that_it_has_not_heard_yet() {
        try (SmallCloud cloud = cloud()) {
            FakeHypervisor host =
                    cloud.fleet().host(cloud.servers().getFirst().host().orElseThrow());
            host.losePower();
            cloud.restart();
            assertThatThrownBy(() -> evacuate(cloud)).hasMessageContaining("has not listened long enough");
            cloud.passInSilence(ComputeHosts.SILENCE);
            evacuate(cloud);
            cloud.awaitRest();
            assertThat(cloud.servers().getFirst().host()).get().isNotEqualTo(host.host());
        }
    }

    @Test
    void a_host_that_only_another_controller_hears_keeps_its_guests() {
        try (SmallCloud cloud = cloud()) {
            String host = cloud.servers().getFirst().host().orElseThrow();
            cloud.restartApart();
            cloud.fleet().strikeWith(Misfortunes.none().onHost(host, Command.GUESTS, Misfortune.unreachable()));
            cloud.passInSilence(ComputeHosts.SILENCE);
            cloud.isHeardElsewhere(host);
            cloud.fleet().hosts().stream()
                    .filter(other -> !other.host().equals(host))
                    .forEach(other -> cloud.controller(0).compute().heard(other.host(), Duration.ZERO));
            evacuate(cloud);
            cloud.awaitRest();
            assertRunsOnWhereItWas(cloud, "still in use");
        }
    }

    @Test
    void a_dead_host_that_is_back_gets_no_servers_before_it_has_removed_what_was_evacuated_from_it() {
        try (SmallCloud cloud = cloud(1)) {
            FakeHypervisor dead =
                    cloud.fleet().host(cloud.servers().getFirst().host().orElseThrow());
            cloud.restartApart();
            dead.losePower();
            cloud.passInSilence(ComputeHosts.SILENCE);
            ComputeService compute = cloud.controller(0).compute();
            cloud.fleet().hosts().stream()
                    .filter(host -> !host.equals(dead))
                    .forEach(host -> compute.heard(host.host(), Duration.ZERO));
            evacuate(cloud);
            cloud.awaitRest();
            assertThat(cloud.servers().getFirst().host()).get().isNotEqualTo(dead.host());

            dead.regainPower();
            compute.heard(dead.host(), Duration.ZERO);
            Server early = cloud.create(0, "small", 1, Map.of()).getFirst();
            cloud.awaitRest();
            assertThat(state(cloud, early)).isEqualTo(VmState.ERROR);

            compute.reported(dead.host(), dead.inventory());
            assertThat(dead.fakeGuests()).isEmpty();
            Server late = cloud.create(0, "small", 1, Map.of()).getFirst();
            cloud.awaitRest();
            assertThat(state(cloud, late)).isEqualTo(VmState.ACTIVE);
        }
    }

    private static VmState state(SmallCloud cloud, Server server) {
        return cloud.servers().stream()
                .filter(each -> each.id().equals(server.id()))
                .findFirst()
                .orElseThrow()
                .vmState();
    }

    private SmallCloud cloud() {
        return cloud(4);
    }

    private SmallCloud cloud(int processors) {
        DatabaseOptions database = DatabaseOptions.sqlite(folder.resolve("kilonova.db"));
        SmallCloud cloud =
                new SmallCloud(database, folder, 1, FleetOptions.of(2).sized(processors, 8_192, 100));
        cloud.create(0, "small", 1, Map.of());
        cloud.awaitRest();
        return cloud;
    }

    private static void evacuate(SmallCloud cloud) {
        cloud.controller(0)
                .compute()
                .moves()
                .evacuate(SmallCloud.ann(), "req-1", cloud.servers().getFirst().id(), ServerMove.Wish.anywhere());
    }

    private static void assertRunsOnWhereItWas(SmallCloud cloud, String reason) {
        Server server = cloud.servers().getFirst();
        assertThat(server.vmState()).isEqualTo(VmState.ACTIVE);
        assertThat(server.fault()).get().asString().contains(reason);
        for (FakeHypervisor host : cloud.fleet().hosts()) {
            assertThat(host.fakeGuests().stream().filter(FakeGuest::live).map(FakeGuest::id))
                    .containsExactlyElementsOf(server.host().filter(host.host()::equals).stream()
                            .map(here -> server.id())
                            .toList());
        }
    }
}
