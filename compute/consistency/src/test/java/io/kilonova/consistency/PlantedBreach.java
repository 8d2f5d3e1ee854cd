package io.kilonova.consistency;

import io.kilonova.servers.SmallCloud;
import io.kilonova.storage.Database;
import java.util.List;
import java.util.function.Supplier;

/**
 * A breach that a test writes past all code.
 *
 * @param invariant which has to see it
 * @param subject whose it is
 * @param statement how it is written
 */
record PlantedBreach(String invariant, String subject, String statement) {
    /** In an order in which they can be emptied. */
    private static final List<String> TABLES = List.of(
            "placement_allocations",
            "placement_consumers",
            "placement_inventories",
            "servers",
            "network_resources",
            "network_addresses",
            "deleted_servers",
            "operations",
            "quota_usages");

    /** Breaches of all invariants that tables alone can break, most of them about one server. */
    static List<PlantedBreach> about(String server) {
        String where = " WHERE id = '%s'".formatted(server);
        return List.of(
                new PlantedBreach("allocations_have_owners", "nobody", """
                        INSERT INTO placement_consumers (uuid, project_id, user_id, generation, created_at, updated_at)
                        VALUES ('nobody', 'p', 'u', 1, 1, 1)"""),
                new PlantedBreach("inventories_add_up", "", "UPDATE placement_inventories SET used = used + 1"),
                new PlantedBreach("ports_have_servers", "", "DELETE FROM servers" + where),
                new PlantedBreach("floating_ips_lead_to_ports", "floating", """
                        INSERT INTO network_resources (kind, id, project_id, name, parent_id, device_id, shared, document,
                          created_at, updated_at, revision)
                        SELECT 'FLOATING_IP', 'floating', project_id, '', '', 'no-port', shared, '{}', 1, 1, 0
                        FROM network_resources WHERE kind = 'NETWORK'"""),
                new PlantedBreach("addresses_belong_to_ports", "no-port", """
                        INSERT INTO network_addresses (network_id, address, subnet_id, port_id)
                        VALUES ('n', '10.0.0.9', 's', 'no-port')"""),
                new PlantedBreach(
                        "tasks_have_operations", server, "UPDATE servers SET task_state = 'spawning'" + where),
                new PlantedBreach("errors_have_reasons", server, "UPDATE servers SET vm_state = 'error'" + where),
                new PlantedBreach(
                        "deleted_servers_own_nothing",
                        server,
                        "INSERT INTO deleted_servers SELECT * FROM servers" + where),
                new PlantedBreach("operations_end", "late", operation("late", 5)),
                new PlantedBreach("operations_end", "endless", operation("endless", Long.MAX_VALUE)),
                new PlantedBreach("servers_are_somewhere", server, "UPDATE servers SET host = NULL" + where),
                new PlantedBreach("allocations_match", server, """
                        UPDATE placement_allocations SET amount = amount + 1
                        WHERE resource_class = 'VCPU' AND consumer_uuid = '%s'""".formatted(server)),
                new PlantedBreach(
                        "allocations_match",
                        server,
                        "DELETE FROM placement_allocations WHERE consumer_uuid = '%s'".formatted(server)),
                new PlantedBreach("cards_match", server, "UPDATE servers SET cards = '[]'" + where),
                new PlantedBreach("cards_match", server, """
                        UPDATE network_resources
                        SET document = replace(document, '"binding:host_id":"fake', '"binding:host_id":"other')
                        WHERE kind = 'PORT' AND device_id = '%s'""".formatted(server)),
                new PlantedBreach("quotas_add_up", SmallCloud.PROJECT, "UPDATE quota_usages SET cores = cores - 1"),
                new PlantedBreach("quotas_add_up", "zz", "UPDATE servers SET project_id = 'zz'" + where),
                new PlantedBreach("one_guest_a_server", server, "UPDATE servers SET host = 'fake-0009'" + where));
    }

    /** A statement that writes an operation down which goes on since the time 1 and has to end at {@code deadlineAt}. */
    static String operation(String id, long deadlineAt) {
        return """
                INSERT INTO operations (id, operation, project_id, subject, subject_order, request_id, trace_parent, accepted_at,
                  deadline_at, phase, step, state, step_since, slot, failure, compensation_failure, owner, fence, cancel_reason,
                  progress, percent, resume_at)
                VALUES ('%s', 'o', 'p', 's', 1, 'r', '', 1, %d, 'RUNNING', 0, '{}', 1, '', '', '', 'nobody', 1, '', '', 0, 1)""".formatted(id, deadlineAt);
    }

    /** Writes the breach, looks, and puts all rows back as they were. */
    Report seen(Database database, Supplier<Report> look) {
        database.change(transaction -> {
            TABLES.forEach(table ->
                    transaction.sql().execute("CREATE TABLE kept_%s AS SELECT * FROM %s".formatted(table, table)));
            transaction.sql().execute(statement);
        });
        Report report = look.get();
        database.change(transaction -> {
            TABLES.forEach(table -> transaction.sql().execute("DELETE FROM " + table));
            TABLES.reversed().forEach(table -> {
                transaction.sql().execute("INSERT INTO %s SELECT * FROM kept_%s".formatted(table, table));
                transaction.sql().execute("DROP TABLE kept_" + table);
            });
        });
        return report;
    }
}
