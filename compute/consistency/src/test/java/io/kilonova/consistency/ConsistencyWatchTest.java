package io.kilonova.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.servers.Server;
import io.kilonova.servers.SmallCloud;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Database;
import io.kilonova.storage.EachDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every invariant finds what breaks it, and nothing else; a busy cloud breaks none. */
class ConsistencyWatchTest {
    @TempDir
    private Path folder;

    private SmallCloud cloud(EachDatabase kind) {
        return new SmallCloud(kind.fresh(folder), folder, 1, FleetOptions.of(3).sized(64, 65_536, 1_000));
    }

    private static ConsistencyWatch watch(SmallCloud cloud) {
        return new ConsistencyWatch(new ConsistencyWatch.Setup(
                cloud.controller(0).database(),
                Optional.of(cloud.fleet()::hosts),
                Optional.of(cloud.imageFolder()),
                Clock.systemUTC()));
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void every_invariant_finds_its_breach(EachDatabase kind) throws IOException {
        try (SmallCloud cloud = cloud(kind)) {
            List<Server> servers = cloud.create(0, "small", 3, Map.of());
            cloud.awaitRest();
            ConsistencyWatch watch = watch(cloud);
            Database database = cloud.controller(0).database();
            assertThat(watch.check().findings()).isEmpty();

            Set<String> broken = new HashSet<>();
            for (PlantedBreach breach : PlantedBreach.about(servers.getFirst().id())) {
                Report report = breach.seen(database, watch::check);
                assertThat(report.findings()).as(breach.toString()).anySatisfy(finding -> {
                    assertThat(finding.invariant()).isEqualTo(breach.invariant());
                    assertThat(finding.subject()).contains(breach.subject());
                });
                broken.add(breach.invariant());
            }
            assertThat(watch.check().findings()).as("all is mended").isEmpty();

            deleteFiles(cloud.imageFolder());
            Report report = watch.check();
            assertThat(report.breaches()).containsEntry("images_have_files", 1L);
            assertThat(report.findings()).hasSize(1);
            broken.add("images_have_files");
            assertThat(broken).isEqualTo(watch.sentences().keySet());
        }
    }

    private static void deleteFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void a_guest_that_is_gone_is_found() {
        try (SmallCloud cloud = cloud(EachDatabase.SQLITE)) {
            List<Server> servers = cloud.create(0, "small", 2, Map.of());
            cloud.awaitRest();
            String gone = servers.getFirst().id();
            cloud.fleet().hosts().forEach(host -> host.destroy(gone));

            assertThat(watch(cloud).check().findings()).singleElement().satisfies(finding -> {
                assertThat(finding.subject()).isEqualTo(gone);
                assertThat(finding.detail()).contains("has no guest there");
                assertThat(finding.remedy()).isNotEmpty();
            });
        }
    }

    @Test
    void a_guest_that_runs_where_a_move_left_it_off_is_found() {
        try (SmallCloud cloud = cloud(EachDatabase.SQLITE)) {
            String server = cloud.create(0, "small", 1, Map.of()).getFirst().id();
            cloud.awaitRest();
            FakeHypervisor source =
                    cloud.fleet().host(cloud.servers().getFirst().host().orElseThrow());
            cloud.controller(0).compute().moves().migrate(SmallCloud.ann(), "req-1", server, Optional.empty());
            cloud.awaitRest();
            assertThat(source.fakeGuests()).hasSize(1);
            assertThat(watch(cloud).check().findings())
                    .as("it waits for a decision")
                    .isEmpty();

            source.happens(server, PowerState.RUNNING);
            assertThat(watch(cloud).check().findings()).singleElement().satisfies(finding -> {
                assertThat(finding.invariant()).isEqualTo("one_guest_a_server");
                assertThat(finding.subject()).isEqualTo(server);
                assertThat(finding.detail()).contains(source.host(), "it runs there");
            });
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_busy_cloud_breaks_nothing(EachDatabase kind) {
        try (SmallCloud cloud = cloud(kind)) {
            ConsistencyWatch watch = watch(cloud);
            for (int round = 0; round < 10; round++) {
                List<Server> made = cloud.create(0, round % 2 == 0 ? "small" : "large", 5, Map.of());
                assertThat(watch.check().findings()).isEmpty();
                made.subList(0, 3).forEach(server -> cloud.delete(server.id()));
                assertThat(watch.check().findings()).isEmpty();
            }
            cloud.awaitRest();
            assertThat(watch.check().findings()).isEmpty();
            assertThat(cloud.servers()).hasSize(20);
        }
    }

    @Test
    void the_watch_goes_on_where_it_stopped_and_tells_when_it_has_seen_all() {
        try (SmallCloud cloud = cloud(EachDatabase.SQLITE)) {
            ConsistencyWatch watch = watch(cloud);
            PlantedBreach.about("x").getFirst().seen(cloud.controller(0).database(), () -> {
                int calls = 0;
                while (watch.last().isEmpty()) {
                    watch.advance(Duration.ZERO);
                    calls++;
                }
                assertThat(calls).isGreaterThan(watch.sentences().size());
                return watch.last().orElseThrow();
            });
            assertThat(watch.last().orElseThrow().breaches()).containsEntry("allocations_have_owners", 1L);
        }
    }
}
