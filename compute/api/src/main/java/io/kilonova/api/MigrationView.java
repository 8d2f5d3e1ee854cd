package io.kilonova.api;

import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.servers.ComputeHost;
import io.kilonova.servers.ComputeHosts;
import io.kilonova.servers.Flavor;
import io.kilonova.servers.Migration;
import io.kilonova.servers.MigrationType;
import io.kilonova.spi.HostInventory;
import io.kilonova.spi.LiveMigrationProgress;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Writes migrations as the Compute API shows them. */
final class MigrationView {
    private final ComputeHosts hosts;

    MigrationView(ComputeHosts hosts) {
        this.hosts = hosts;
    }

    /** A view for one answer; the hosts are shown to whoever may know them. */
    Page page(Request request, boolean showsHosts) {
        Map<String, HostInventory> inventories = showsHosts
                ? hosts.list().stream().collect(Collectors.toMap(ComputeHost::host, ComputeHost::inventory))
                : Map.of();
        return new Page(request, showsHosts, inventories);
    }

    /** Migrations in one answer. */
    static final class Page {
        private final Request request;
        private final boolean showsHosts;
        private final Map<String, HostInventory> inventories;

        private Page(Request request, boolean showsHosts, Map<String, HostInventory> inventories) {
            this.request = request;
            this.showsHosts = showsHosts;
            this.inventories = inventories;
        }

        /** One of {@code os-migrations}. */
        void listed(JsonWriter json, Migration migration) {
            json.object(() -> {
                json.field("instance_uuid", migration.serverId());
                shared(json, migration);
                flavor(json, "old_instance_type_id", migration.oldFlavor());
                flavor(json, "new_instance_type_id", migration.newFlavor());
                if (request.version().atLeast(2, 23)) {
                    json.field("migration_type", migration.type().label());
                    if (migration.type() == MigrationType.LIVE_MIGRATION
                            && migration.status().inProgress()) {
                        links(json, migration);
                    }
                }
            });
        }

        private void links(JsonWriter json, Migration migration) {
            String path = "/servers/" + migration.serverId() + "/migrations/" + migration.number();
            json.array("links", () -> {
                json.object(() -> json.field("rel", "self").field("href", request.versionUrl() + path));
                json.object(() -> json.field("rel", "bookmark").field("href", request.baseUrl() + path));
            });
        }

        /** One of a server's. */
        void ofServer(JsonWriter json, Migration migration) {
            json.object(() -> fieldsOfServer(json, migration));
        }

        void fieldsOfServer(JsonWriter json, Migration migration) {
            json.field("server_uuid", migration.serverId());
            shared(json, migration);
            bytes(json, "memory_total_bytes", migration, LiveMigrationProgress::memoryTotalBytes);
            bytes(json, "memory_processed_bytes", migration, LiveMigrationProgress::memoryProcessedBytes);
            bytes(json, "memory_remaining_bytes", migration, LiveMigrationProgress::memoryRemainingBytes);
            bytes(json, "disk_total_bytes", migration, LiveMigrationProgress::diskTotalBytes);
            bytes(json, "disk_processed_bytes", migration, LiveMigrationProgress::diskProcessedBytes);
            bytes(json, "disk_remaining_bytes", migration, LiveMigrationProgress::diskRemainingBytes);
        }

        private void shared(JsonWriter json, Migration migration) {
            Optional<String> source = Optional.of(migration.source()).filter(host -> showsHosts);
            Optional<String> destination = migration.destination().filter(host -> showsHosts);
            json.field("id", migration.number())
                    .field("status", migration.status().label())
                    .field("source_compute", source)
                    .field("source_node", source.flatMap(host -> of(host, HostInventory::hypervisorHostname)))
                    .field("dest_compute", destination)
                    .field("dest_node", destination.flatMap(host -> of(host, HostInventory::hypervisorHostname)))
                    .field("dest_host", destination.flatMap(host -> of(host, HostInventory::hostAddress)))
                    .timeInMicroseconds("created_at", migration.createdAt())
                    .timeInMicroseconds("updated_at", migration.updatedAt());
            if (request.version().atLeast(2, 59)) {
                json.field("uuid", migration.id());
            }
            if (request.version().atLeast(2, 80)) {
                json.field("user_id", migration.userId()).field("project_id", migration.projectId());
            }
        }

        private Optional<String> of(String host, Function<HostInventory, String> property) {
            return Optional.ofNullable(inventories.get(host)).map(property);
        }

        /** The API wants a number here; a flavor whose id is none has none. */
        private static void flavor(JsonWriter json, String name, Flavor flavor) {
            if (flavor.id().matches("[0-9]{1,9}")) {
                json.field(name, Long.parseLong(flavor.id()));
            } else {
                json.nothing(name);
            }
        }

        /** What is not known yet, and what is nothing, is null: the API's numbers begin with 1. */
        private static void bytes(
                JsonWriter json, String name, Migration migration, ToLongFunction<LiveMigrationProgress> count) {
            long bytes = migration.progress().map(count::applyAsLong).orElse(0L);
            if (bytes > 0) {
                json.field(name, bytes);
            } else {
                json.nothing(name);
            }
        }
    }
}
