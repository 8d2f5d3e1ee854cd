package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why no table grows for ever. A table that is added has to be written down here, with what takes its rows away. */
class TableGrowthTest {
    /** As many rows as there are things that people made or machines that take part; deleting these removes them. */
    private static final Set<String> OWNED = Set.of(
            "servers",
            "quota_limits",
            "quota_usages",
            "flavors",
            "flavor_access",
            "keypairs",
            "compute_services",
            "server_groups",
            "server_group_members",
            "host_aggregates",
            "host_aggregate_hosts",
            "nodes",
            "operations",
            "identity_projects",
            "identity_users",
            "identity_groups",
            "identity_members",
            "identity_roles",
            "identity_implied_roles",
            "identity_assignments",
            "identity_regions",
            "identity_services",
            "identity_endpoints",
            "identity_credentials",
            "identity_application_credentials",
            "images",
            "image_properties",
            "image_tags",
            "image_members",
            "image_usage",
            "network_resources",
            "network_addresses",
            "network_quotas",
            "placement_resource_providers",
            "placement_inventories",
            "placement_consumers",
            "placement_allocations",
            "placement_provider_traits",
            "placement_provider_aggregates",
            "placement_resource_classes",
            "placement_traits");

    /** What was, which leaves by age and by count, oldest first; of moves those that are at their end. */
    private static final Set<String> HISTORY =
            Set.of("instance_actions", "placement_decisions", "deleted_servers", "migrations", "operations_ended");

    /** What is of use for minutes or hours, and leaves by age. */
    private static final Set<String> SHORT_LIVED = Set.of(
            "identity_revocations", "idempotency_keys", "host_changes", "enrolment_tokens", "gates", "controllers");

    /** A row for each of a few names that the program knows. */
    private static final Set<String> FIXED =
            Set.of("sequences", "periodic_jobs", "network_seats", "identity_generation");

    @TempDir
    private Path folder;

    @Test
    void each_table_has_what_keeps_it_from_growing_for_ever() {
        try (Database database =
                Database.open(DatabaseOptions.sqlite(folder.resolve("kilonova.db")), Services.MIGRATIONS)) {
            List<String> tables = database.read(
                    sql -> sql.fetch("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%schema%'")
                            .getValues(0, String.class));
            assertThat(tables)
                    .filteredOn(table -> !table.startsWith("sqlite_"))
                    .containsExactlyInAnyOrderElementsOf(Stream.of(OWNED, HISTORY, SHORT_LIVED, FIXED)
                            .flatMap(Set::stream)
                            .toList());
        }
    }
}
