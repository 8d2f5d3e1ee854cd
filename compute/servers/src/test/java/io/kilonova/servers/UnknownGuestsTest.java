package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.fake.Command;
import io.kilonova.fake.FakeGuest;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of guests that have no server: removed when this cloud knows that it is to be, and else left alone. */
class UnknownGuestsTest {
    @TempDir
    private Path folder;

    private SmallCloud cloud;

    @BeforeEach
    void begin() {
        FleetOptions hosts = FleetOptions.of(2).sized(4, 8_192, 100);
        cloud = new SmallCloud(DatabaseOptions.sqlite(folder.resolve("kilonova.db")), folder, 1, hosts);
        cloud.create(0, "small", 1, Map.of());
        cloud.awaitRest();
    }

    @AfterEach
    void end() {
        cloud.close();
    }

    @Test
    void a_guest_that_a_database_from_a_backup_does_not_know_is_told_of_and_runs_on() {
        Server server = server();
        String host = server.host().orElseThrow();
        stored("DELETE FROM servers");
        cloud.fleet().host(host).foreign("somebody-elses", "x");
        compute().compareGuests();
        assertThat(compute().unknownGuests()).containsEntry(host, 2L);
        assertThat(cloud.fleet().host(host).fakeGuests()).hasSize(2).allMatch(FakeGuest::live);
    }

    @Test
    void a_host_that_reports_to_another_controller_is_not_told_of_any_more() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        UnknownGuests unknown = new UnknownGuests(now::get);
        assertThat(unknown.found("here", Set.of("stranger"))).containsExactly("stranger");
        assertThat(unknown.found("elsewhere", Set.of("stranger"))).containsExactly("stranger");
        now.set(Instant.EPOCH.plusSeconds(60));
        assertThat(unknown.found("here", Set.of("stranger"))).isEmpty();
        now.set(Instant.EPOCH.plusSeconds(130));
        assertThat(unknown.counts()).containsOnly(Map.entry("here", 1L));
    }

    @Test
    void a_guest_whose_server_was_deleted_while_its_host_did_not_answer_is_removed() {
        FakeHypervisor host = cloud.fleet().host(server().host().orElseThrow());
        cloud.fleet().strikeWith(Misfortunes.none().onHost(host.host(), Command.DESTROY, Misfortune.unreachable()));
        cloud.passInSilence(ComputeHosts.SILENCE);
        cloud.delete(server().id());
        cloud.awaitRest();
        assertThat(host.fakeGuests()).hasSize(1);
        cloud.fleet().strikeWith(Misfortunes.none());
        compute().compareGuests();
        assertThat(host.fakeGuests()).isEmpty();
        assertThat(compute().unknownGuests()).containsEntry(host.host(), 0L);
    }

    @Test
    void the_only_guest_of_a_server_is_not_removed_where_an_older_move_would_have_left_one() {
        String first = server().host().orElseThrow();
        migrateLive();
        String second = server().host().orElseThrow();
        migrateLive();
        assertThat(server().host()).contains(first);
        migrateLive();
        // As in a backup from before the last move, by which the server is on the first host, and left the second for
        // good.
        stored("UPDATE servers SET host = '%s'".formatted(first));
        stored("DELETE FROM migrations WHERE number = 3");
        compute().compareGuests();
        assertThat(cloud.fleet().host(second).fakeGuests()).singleElement().matches(FakeGuest::live);
    }

    private void migrateLive() {
        compute().moves().liveMigrate(SmallCloud.ann(), "req-1", server().id(), ServerMove.Wish.anywhere(), false);
        cloud.awaitRest();
    }

    private Server server() {
        return cloud.servers().getFirst();
    }

    private ComputeService compute() {
        return cloud.controller(0).compute();
    }

    private void stored(String statement) {
        cloud.controller(0).database().change(transaction -> transaction.sql().execute(statement));
    }
}
