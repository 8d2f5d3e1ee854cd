package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.Command;
import io.kilonova.fake.FakeGuest;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.operations.OperationFilter;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that dies while it makes or receives a guest keeps its server no longer than until it is known to be down. */
class DeadHostsTest {
    @TempDir
    private Path folder;

    private SmallCloud cloud;
    private FakeHypervisor dying;
    private FakeHypervisor other;

    @BeforeEach
    void begin() {
        FleetOptions hosts = FleetOptions.of(2).sized(4, 8_192, 100);
        cloud = new SmallCloud(DatabaseOptions.sqlite(folder.resolve("kilonova.db")), folder, 1, hosts);
        dying = cloud.fleet().hosts().getFirst();
        other = cloud.fleet().hosts().getLast();
    }

    @AfterEach
    void end() {
        cloud.close();
    }

    @Test
    void a_server_whose_host_dies_while_it_builds_is_in_error_then_and_its_guest_goes_when_the_host_is_back() {
        buildOnTheDying();
        cloud.passInSilence(ComputeHosts.SILENCE);
        cloud.awaitRest();
        assertThat(server().vmState()).isEqualTo(VmState.ERROR);
        assertThat(server().fault().orElseThrow().message()).contains(dying.host());
        assertThat(other.fakeGuests())
                .as("the guest may run on the host that is silent")
                .isEmpty();

        comesBack();
        assertThat(dying.fakeGuests()).isEmpty();
    }

    @Test
    void a_server_whose_host_is_said_to_be_dead_while_it_builds_is_built_elsewhere() {
        buildOnTheDying();
        dying.losePower();
        cloud.controller(0).compute().setForcedDown(dying.host(), true);
        cloud.awaitRest();
        assertThat(server().vmState()).isEqualTo(VmState.ACTIVE);
        assertThat(server().host()).contains(other.host());

        dying.regainPower();
        cloud.controller(0).compute().setForcedDown(dying.host(), false);
        comesBack();
        assertThat(dying.fakeGuests()).isEmpty();
        assertThat(other.fakeGuests()).singleElement().matches(FakeGuest::live);
    }

    @Test
    void a_server_whose_destination_dies_while_it_receives_the_disks_runs_at_its_source_again() {
        disable(dying, true);
        cloud.create(0, "small", 1, Map.of());
        cloud.awaitRest();
        disable(dying, false);
        cloud.fleet().strikeWith(dies(Command.IMPORT_DISKS));
        cloud.controller(0).compute().moves().migrate(SmallCloud.ann(), "req-1", server().id(), Optional.empty());
        awaitUndoing();
        cloud.passInSilence(ComputeHosts.SILENCE);
        cloud.awaitRest();
        assertThat(server().vmState()).isEqualTo(VmState.ACTIVE);
        assertThat(server().host()).contains(other.host());
        assertThat(other.fakeGuests()).singleElement().matches(FakeGuest::live);
        assertThat(dying.fakeGuests()).singleElement().matches(copy -> !copy.live());

        comesBack();
        assertThat(dying.fakeGuests()).isEmpty();
        assertThat(other.fakeGuests()).hasSize(1);
    }

    private void buildOnTheDying() {
        disable(other, true);
        cloud.fleet().strikeWith(dies(Command.SPAWN));
        cloud.create(0, "small", 1, Map.of());
        awaitUndoing();
        disable(other, false);
    }

    /** It does what it is told, and then is not heard of any more. */
    private Misfortunes dies(Command last) {
        return Misfortunes.none()
                .onHost(dying.host(), last, new Misfortune.LostAnswer())
                .onHost(dying.host(), Command.DESTROY, Misfortune.unreachable());
    }

    private void awaitUndoing() {
        await().until(() -> cloud.controller(0).operations().list(OperationFilter.live(), 1, Optional.empty()).stream()
                .anyMatch(operation -> operation.progress().startsWith("Undoing is tried again")));
    }

    private void comesBack() {
        cloud.fleet().strikeWith(Misfortunes.none());
        cloud.controller(0).compute().compareGuests();
    }

    private void disable(FakeHypervisor host, boolean disabled) {
        cloud.controller(0).compute().setDisabled(host.host(), disabled, Optional.empty());
    }

    private Server server() {
        return cloud.servers().getFirst();
    }
}
