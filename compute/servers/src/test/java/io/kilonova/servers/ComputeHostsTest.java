package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.spi.HostInventory;
import io.kilonova.storage.Database;
import io.kilonova.storage.EachDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a controller says of a host that it heard, or did not hear, whatever its clock does. */
class ComputeHostsTest {
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final String HOST = "host";

    @TempDir
    private Path folder;

    private final AtomicReference<Instant> wall = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
    private final AtomicLong elapsedMillis = new AtomicLong(1_000_000);
    private Database database;
    private ComputeHosts hosts;

    @BeforeEach
    void open() {
        database = Database.open(EachDatabase.SQLITE.fresh(folder), List.of("db/placement", ComputeService.MIGRATIONS));
        hosts = new ComputeHosts(database, wall::get, elapsedMillis::get);
        database.change(transaction -> hosts.report(transaction, HOST, "nova", inventory(HOST)));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void a_host_that_was_not_heard_yet_is_down_only_after_the_time_in_which_it_would_have_been() {
        assertThat(state()).isEqualTo(HostState.UNKNOWN);
        passes(ComputeHosts.SILENCE.minus(MOMENT));
        assertThat(state()).isEqualTo(HostState.UNKNOWN);
        passes(MOMENT);
        assertThat(state()).isEqualTo(HostState.DOWN);
        hosts.heard(HOST, true);
        assertThat(state()).isEqualTo(HostState.UP);
    }

    @Test
    void a_clock_that_is_set_on_takes_no_host_down_and_one_that_is_set_back_keeps_none_up() {
        hosts.heard(HOST, true);
        wall.set(wall.get().plus(Duration.ofHours(5)));
        assertThat(state()).isEqualTo(HostState.UP);
        wall.set(wall.get().minus(Duration.ofHours(10)));
        passes(ComputeHosts.SILENCE);
        assertThat(state()).isEqualTo(HostState.DOWN);
    }

    @Test
    void what_an_operator_says_is_so_at_once() {
        hosts.heard(HOST, true);
        database.change(transaction -> hosts.setForcedDown(transaction, HOST, true));
        assertThat(state()).isEqualTo(HostState.DOWN);
    }

    @Test
    void a_host_whose_hypervisor_does_not_answer_takes_no_servers_and_is_not_down_for_its_guests_may_run() {
        hosts.heard(HOST, false);
        assertThat(state()).isEqualTo(HostState.UP);
        assertThat(hosts.isUp(hosts.find(HOST).orElseThrow())).isFalse();
        assertThat(hosts.unknown()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void hosts_that_come_at_the_same_moment_have_numbers_of_their_own(EachDatabase kind) throws IOException {
        Path apart = Files.createDirectory(folder.resolve("apart"));
        try (Database fresh = Database.open(kind.fresh(apart), List.of("db/placement", ComputeService.MIGRATIONS))) {
            ComputeHosts shared = new ComputeHosts(fresh, wall::get, elapsedMillis::get);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                IntStream.range(0, 30)
                        .mapToObj("host-%d"::formatted)
                        .forEach(host -> threads.submit(() -> fresh.change(
                                transaction -> shared.report(transaction, host, "nova", inventory(host)))));
            }
            assertThat(shared.list())
                    .hasSize(30)
                    .extracting(ComputeHost::number)
                    .doesNotHaveDuplicates();
        }
    }

    private static HostInventory inventory(String host) {
        return new HostInventory("fake", 1, host, "127.0.0.1", 1, 1, 1, "{}", Set.of());
    }

    private HostState state() {
        return hosts.state(hosts.find(HOST).orElseThrow());
    }

    private void passes(Duration duration) {
        elapsedMillis.addAndGet(duration.toMillis());
    }
}
