package io.kilonova.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Many servers, written straight into the database of a cloud that is stopped: each is like the one server that the cloud has,
 * with its allocations and its share of the quota, but stopped, so that no guest is missed. A million take about two minutes.
 */
final class Crowd {
    private static final int HOSTS = 10;
    private static final String ID = "printf('%08x-0000-4000-8000-%012x', i, i)";
    private static final String HOST = "printf('fake-%04d', 1 + i % " + HOSTS + ")";
    private static final String PROVIDER = "(SELECT id FROM compute_services WHERE host = " + HOST + ")";

    private Crowd() {}

    /** The id of the server of this number; the higher, the older it is. */
    static String id(int number) {
        return "%08x-0000-4000-8000-%012x".formatted(number, number);
    }

    /** Adds {@code servers} servers to the cloud in {@code file}, which has one. */
    static void fill(Path file, int servers) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            Map<String, String> server = Map.of(
                    "id", ID,
                    "number", "number + i",
                    "name", "'load-' || i",
                    "host", HOST,
                    "vm_state", "'stopped'",
                    "power_state", "'SHUT_DOWN'",
                    "created_at", "created_at - i");
            clone(statement, "servers", server, servers);
            clone(statement, "placement_consumers", Map.of("uuid", ID), servers);
            clone(statement, "placement_allocations", Map.of("consumer_uuid", ID, "provider_uuid", PROVIDER), servers);
            statement.executeUpdate("UPDATE sequences SET next = next + " + servers + " WHERE name = 'servers'");
            statement.executeUpdate(
                    "UPDATE quota_usages SET instances = instances * %1$d, cores = cores * %1$d, ram_mebibytes = ram_mebibytes * %1$d"
                            .formatted(servers + 1));
            // Ten hosts would be full long before: an operator would have more of them.
            statement.executeUpdate("UPDATE placement_inventories SET allocation_ratio = 1000000");
            statement.executeUpdate("UPDATE placement_inventories SET used = COALESCE((SELECT SUM(amount)"
                    + " FROM placement_allocations WHERE provider_uuid = placement_inventories.provider_uuid"
                    + " AND resource_class = placement_inventories.resource_class), 0)");
            connection.commit();
            connection.setAutoCommit(true);
            statement.executeUpdate("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /** Copies all rows of a table {@code times} times, with other values in some columns; {@code i} counts the copies. */
    private static void clone(Statement statement, String table, Map<String, String> changed, int times)
            throws SQLException {
        List<String> columns = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("SELECT name FROM pragma_table_info('" + table + "')")) {
            while (rows.next()) {
                columns.add(rows.getString(1));
            }
        }
        List<String> values = columns.stream()
                .map(column -> changed.getOrDefault(column, "original." + column))
                .toList();
        statement.executeUpdate(
                "INSERT INTO %s (%s) WITH RECURSIVE copies(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM copies WHERE i < %d) SELECT %s FROM (SELECT * FROM %s) original, copies"
                        .formatted(table, String.join(", ", columns), times, String.join(", ", values), table));
    }
}
