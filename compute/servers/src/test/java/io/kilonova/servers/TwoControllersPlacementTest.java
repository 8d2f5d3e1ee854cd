package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.access.Visibility;
import io.kilonova.fake.FleetOptions;
import io.kilonova.scheduling.GroupPolicy;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two controllers decide at once, each on a view of its own, over one database: together they are right. */
class TwoControllersPlacementTest {
    private static final int HOSTS = 6;
    private static final int PROCESSORS = 4;

    @TempDir
    private Path folder;

    private SmallCloud cloud() {
        return new SmallCloud(
                EachDatabase.POSTGRESQL.fresh(folder),
                folder,
                2,
                FleetOptions.of(HOSTS).sized(PROCESSORS, 65_536, 1_000));
    }

    @Test
    void the_last_room_is_given_once_and_all_of_it_is_given() {
        try (SmallCloud cloud = cloud()) {
            for (int round = 0; round < 2; round++) {
                cloud.create(0, "small", HOSTS * PROCESSORS / 2, Map.of());
                cloud.create(1, "small", HOSTS * PROCESSORS / 2, Map.of());
                cloud.awaitRest();

                assertThat(faults(cloud)).isEmpty();
                assertThat(serversByHost(cloud))
                        .hasSize(HOSTS)
                        .allSatisfy((host, count) -> assertThat(count).isEqualTo(PROCESSORS));

                List<Server> surplus = cloud.create(1, "small", 1, Map.of());
                cloud.awaitRest();
                assertThat(find(cloud, surplus.getFirst()).vmState()).isEqualTo(VmState.ERROR);
                cloud.servers().forEach(server -> cloud.delete(server.id()));
                cloud.awaitRest();
            }
        }
    }

    @Test
    void a_group_kept_apart_has_one_server_a_host_whoever_places_them() {
        try (SmallCloud cloud = cloud()) {
            String group = group(cloud, GroupPolicy.ANTI_AFFINITY);
            Map<String, List<String>> hints = Map.of("group", List.of(group));
            cloud.create(0, "small", HOSTS / 2, hints);
            cloud.create(1, "small", HOSTS / 2, hints);
            cloud.awaitRest();

            assertThat(faults(cloud)).isEmpty();
            assertThat(serversByHost(cloud)).hasSize(HOSTS);
        }
    }

    @Test
    void a_group_kept_together_is_on_one_host_whoever_places_it() {
        try (SmallCloud cloud = cloud()) {
            Map<String, List<String>> hints = Map.of("group", List.of(group(cloud, GroupPolicy.AFFINITY)));
            cloud.create(0, "small", PROCESSORS / 2, hints);
            cloud.create(1, "small", PROCESSORS / 2, hints);
            cloud.awaitRest();

            assertThat(faults(cloud)).isEmpty();
            assertThat(serversByHost(cloud)).hasSize(1);
        }
    }

    @Test
    void a_host_that_one_controller_disables_gets_nothing_from_the_other() {
        try (SmallCloud cloud = cloud()) {
            cloud.controller(1).compute().catchUp();
            for (int number = 1; number < HOSTS; number++) {
                cloud.controller(0).compute().setDisabled("fake-000" + number, true, Optional.of("test"));
            }
            cloud.controller(1).compute().catchUp();
            cloud.create(1, "small", PROCESSORS, Map.of());
            cloud.awaitRest();

            assertThat(serversByHost(cloud)).containsOnlyKeys("fake-0006");
        }
    }

    @Test
    void a_host_that_was_closed_after_it_was_looked_at_is_passed_over_in_the_commit() {
        try (SmallCloud cloud = cloud()) {
            cloud.controller(1).compute().catchUp();
            ComputeService first = cloud.controller(0).compute();
            for (int number = 1; number < HOSTS; number += 2) {
                first.setDisabled("fake-000" + number, true, Optional.of("test"));
                first.setForcedDown("fake-000" + (number + 1), number + 1 < HOSTS);
            }
            cloud.create(1, "small", PROCESSORS, Map.of());
            cloud.awaitRest();

            assertThat(faults(cloud)).isEmpty();
            assertThat(serversByHost(cloud)).containsOnlyKeys("fake-0006");
        }
    }

    @Test
    void room_that_only_the_view_of_a_controller_has_is_looked_for_there_once() {
        try (SmallCloud cloud = cloud()) {
            cloud.controller(1)
                    .database()
                    .change(
                            transaction -> transaction
                                    .sql()
                                    .execute(
                                            "UPDATE placement_inventories SET used = total WHERE resource_class = 'VCPU'"
                                                    + " AND provider_uuid <> (SELECT id FROM compute_services WHERE host = 'fake-0006')"));
            cloud.create(1, "small", PROCESSORS, Map.of());
            cloud.awaitRest();

            assertThat(faults(cloud)).isEmpty();
            assertThat(serversByHost(cloud)).containsOnlyKeys("fake-0006");
        }
    }

    private static String group(SmallCloud cloud, GroupPolicy policy) {
        return cloud.controller(0)
                .compute()
                .groups()
                .create(
                        new ServerGroupRow("", SmallCloud.PROJECT, "ann", "group", policy, Optional.empty(), List.of()),
                        -1)
                .id();
    }

    private static Server find(SmallCloud cloud, Server server) {
        return cloud.controller(0).compute().servers().get(Visibility.everything(), server.id());
    }

    private static List<String> faults(SmallCloud cloud) {
        return cloud.servers().stream()
                .flatMap(server -> server.fault().map(Server.Fault::message).stream())
                .toList();
    }

    private static Map<String, Integer> serversByHost(SmallCloud cloud) {
        return cloud.servers().stream()
                .collect(Collectors.groupingBy(
                        server -> server.host().orElse("none"), Collectors.summingInt(server -> 1)));
    }
}
