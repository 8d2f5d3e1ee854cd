package io.kilonova.reliability;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a cloud's database holds, read past the cloud: no answer of an API can hide what is wrong in there. */
final class StoredState {
    /** Each must find nothing, whatever was killed when. */
    private static final Map<String, String> NEVER = never();

    private final Path file;

    /** The database of a state directory. */
    StoredState(Path state) {
        this.file = state.resolve("kilonova.db");
    }

    private static Map<String, String> never() {
        Map<String, String> queries = new LinkedHashMap<>();
        queries.put(
                "an allocation without a server",
                "SELECT consumer_uuid FROM placement_allocations WHERE consumer_uuid NOT IN (SELECT id FROM servers)");
        queries.put(
                "a consumer without a server",
                "SELECT uuid FROM placement_consumers WHERE uuid NOT IN (SELECT id FROM servers)");
        queries.put("an active server whose allocations are not on its host", """
                SELECT id FROM servers WHERE vm_state = 'active' AND (SELECT count(DISTINCT p.name)
                  FROM placement_allocations a JOIN placement_resource_providers p ON p.uuid = a.provider_uuid
                  WHERE a.consumer_uuid = servers.id AND p.name = servers.host) <> 1""");
        queries.put("allocations of one server on two hosts", """
                SELECT consumer_uuid FROM placement_allocations
                  GROUP BY consumer_uuid HAVING count(DISTINCT provider_uuid) > 1""");
        queries.put("an allocation of a server that has no host", """
                SELECT id FROM servers WHERE host IS NULL
                  AND id IN (SELECT consumer_uuid FROM placement_allocations)""");
        queries.put("an inventory whose use is not the sum of its allocations", """
                SELECT provider_uuid || ' ' || resource_class FROM placement_inventories i WHERE used <>
                  (SELECT coalesce(sum(amount), 0) FROM placement_allocations a
                    WHERE a.provider_uuid = i.provider_uuid AND a.resource_class = i.resource_class)""");
        queries.put("a port of a server that is not there", """
                SELECT id FROM network_resources WHERE kind = 'PORT'
                  AND document LIKE '%"compute:%' AND device_id NOT IN (SELECT id FROM servers)""");
        queries.put("a server with two ports", """
                SELECT device_id FROM network_resources WHERE kind = 'PORT' AND device_id <> '' GROUP BY device_id HAVING count(*) > 1""");
        queries.put("an active server without its port", """
                SELECT id FROM servers WHERE vm_state = 'active'
                  AND id NOT IN (SELECT device_id FROM network_resources WHERE kind = 'PORT')""");
        queries.put("an address without a port", """
                SELECT address FROM network_addresses
                  WHERE port_id NOT IN (SELECT id FROM network_resources WHERE kind = 'PORT')""");
        queries.put("a project whose quota does not count its servers", """
                SELECT project_id || ' ' || instances FROM quota_usages q WHERE instances <>
                  (SELECT count(*) FROM servers s WHERE s.project_id = q.project_id)""");
        queries.put("a project whose quota does not count its processors", """
                SELECT project_id || ' ' || cores FROM quota_usages q WHERE cores <>
                  (SELECT coalesce(sum(f.vcpus), 0) FROM servers s JOIN flavors f ON f.id = s.flavor_id
                    WHERE s.project_id = q.project_id)""");
        queries.put("a project whose quota does not count its memory", """
                SELECT project_id || ' ' || ram_mebibytes FROM quota_usages q WHERE ram_mebibytes <>
                  (SELECT coalesce(sum(f.ram_mebibytes), 0) FROM servers s JOIN flavors f ON f.id = s.flavor_id
                    WHERE s.project_id = q.project_id)""");
        queries.put("a server in error without a fault", """
                SELECT id FROM servers WHERE vm_state = 'error' AND fault IS NULL""");
        queries.put(
                "a server with something going on and no operation",
                "SELECT id FROM servers WHERE task_state IS NOT NULL AND id NOT IN (SELECT subject FROM operations)");
        queries.put(
                "an operation of a server that is not there",
                "SELECT id || ' ' || operation FROM operations WHERE subject NOT IN (SELECT id FROM servers)");
        queries.put(
                "an action of a server that began and did not end",
                "SELECT server_id || ' ' || action FROM instance_actions WHERE event_finished_at IS NULL");
        return queries;
    }

    /** Everything that must never be and is, as sentences, once the cloud is at rest. */
    List<String> wrongs() {
        List<String> found = new ArrayList<>();
        NEVER.forEach((what, query) -> column(query).forEach(row -> found.add(what + ": " + row)));
        return found;
    }

    /** The number that a query answers. */
    long number(String query) {
        return Long.parseLong(column(query).getFirst());
    }

    /** The first column of a query's rows. */
    List<String> column(String query) {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(query, failure);
        }
        return values;
    }
}
