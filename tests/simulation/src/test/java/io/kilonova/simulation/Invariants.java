package io.kilonova.simulation;

import io.kilonova.consistency.ConsistencyWatch;
import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FakeGuest;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Database;
import io.kilonova.storage.Passage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What must hold, read past the program: always, and once nothing is going on any more, when what the program's own consistency
 * watch finds counts, too. Each finding is a sentence.
 */
final class Invariants {
    /** The moves that hold nothing any more. */
    private static final String OVER = "('confirmed', 'reverted', 'completed', 'failed', 'cancelled')";

    /** Each finds nothing after any transaction. */
    private static final Map<String, String> ALWAYS = new LinkedHashMap<>();

    /** Each finds nothing once all operations have ended. */
    private static final Map<String, String> AT_REST = new LinkedHashMap<>();

    static {
        ALWAYS.put("an allocation of no server and no move", """
                SELECT consumer_uuid FROM placement_allocations WHERE consumer_uuid NOT IN
                  (SELECT id FROM servers UNION SELECT id FROM migrations WHERE status NOT IN %s)""".formatted(OVER));
        ALWAYS.put("a consumer that is no server and no move", """
                SELECT uuid FROM placement_consumers WHERE uuid NOT IN
                  (SELECT id FROM servers UNION SELECT id FROM migrations)""");
        ALWAYS.put("an inventory whose use is not the sum of its allocations", """
                SELECT provider_uuid || ' ' || resource_class FROM placement_inventories i WHERE used <>
                  (SELECT coalesce(sum(amount), 0) FROM placement_allocations a
                    WHERE a.provider_uuid = i.provider_uuid AND a.resource_class = i.resource_class)""");
        ALWAYS.put("an inventory with more use than room", """
                SELECT provider_uuid || ' ' || resource_class FROM placement_inventories
                  WHERE used > (total - reserved) * allocation_ratio""");
        ALWAYS.put("a server with room where it neither is nor goes", """
                SELECT s.id || ' ' || p.name FROM servers s JOIN placement_allocations a ON a.consumer_uuid = s.id
                  JOIN placement_resource_providers p ON p.uuid = a.provider_uuid
                  WHERE p.name IS NOT s.host AND NOT EXISTS (SELECT 1 FROM migrations m WHERE m.server_id = s.id
                    AND m.destination_host = p.name AND m.status NOT IN %s)""".formatted(OVER));
        ALWAYS.put("a server without room where it is", """
                SELECT id || ' ' || host FROM servers s WHERE host IS NOT NULL AND NOT EXISTS
                  (SELECT 1 FROM placement_allocations a JOIN placement_resource_providers p ON p.uuid = a.provider_uuid
                    WHERE p.name = s.host AND (a.consumer_uuid = s.id OR a.consumer_uuid IN
                      (SELECT id FROM migrations WHERE server_id = s.id AND status NOT IN %s)))""".formatted(OVER));
        ALWAYS.put("a move with room elsewhere than at its source", """
                SELECT m.id || ' ' || p.name FROM migrations m JOIN placement_allocations a ON a.consumer_uuid = m.id
                  JOIN placement_resource_providers p ON p.uuid = a.provider_uuid WHERE p.name <> m.source_host""");
        ALWAYS.put("a port that is bound where its server neither is nor goes", """
                SELECT n.id || ' ' || s.id FROM network_resources n JOIN servers s ON s.id = n.device_id
                  WHERE n.kind = 'PORT' AND json_extract(n.document, '$."binding:host_id"') NOT IN ('', coalesce(s.host, ''))
                    AND s.launched_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM migrations m WHERE m.server_id = s.id
                      AND json_extract(n.document, '$."binding:host_id"') IN (m.source_host, m.destination_host)
                      AND m.status NOT IN %s)""".formatted(OVER));
        ALWAYS.put("a project whose quota does not count its servers", """
                SELECT project_id || ' ' || instances FROM quota_usages q
                  WHERE (instances, cores, ram_mebibytes) <>
                  (SELECT count(*),
                      coalesce(sum(json_extract(flavor, '$.virtualCpus') + (SELECT coalesce(sum(held_cores), 0)
                        FROM migrations WHERE server_id = s.id)), 0),
                      coalesce(sum(json_extract(flavor, '$.memoryMebibytes') + (SELECT coalesce(sum(held_ram_mebibytes), 0)
                        FROM migrations WHERE server_id = s.id)), 0)
                    FROM servers s WHERE s.project_id = q.project_id)""");
        ALWAYS.put("an operation of a server that is not there", """
                SELECT id || ' ' || operation FROM operations WHERE subject NOT IN (SELECT id FROM servers)""");
        ALWAYS.put("a server with something going on and no operation", """
                SELECT id || ' ' || task_state FROM servers
                  WHERE task_state IS NOT NULL AND id NOT IN (SELECT subject FROM operations)""");
        ALWAYS.put("an address without a port", """
                SELECT address FROM network_addresses
                  WHERE port_id NOT IN (SELECT id FROM network_resources WHERE kind = 'PORT')""");

        AT_REST.put("an operation that has not ended", "SELECT id || ' ' || operation || ' ' || phase FROM operations");
        AT_REST.put("a server that is still being worked on", """
                SELECT id || ' ' || vm_state || ' ' || coalesce(task_state, '') FROM servers
                  WHERE task_state IS NOT NULL OR vm_state = 'building'""");
        AT_REST.put("a server that never ran and holds room", """
                SELECT id FROM servers WHERE launched_at IS NULL
                  AND (host IS NOT NULL OR id IN (SELECT consumer_uuid FROM placement_allocations))""");
        AT_REST.put("a server that never ran and has ports", """
                SELECT id FROM servers WHERE launched_at IS NULL
                  AND id IN (SELECT device_id FROM network_resources WHERE kind = 'PORT')""");
        AT_REST.put("a move that has not ended", """
                SELECT id || ' ' || type || ' ' || status FROM migrations WHERE status NOT IN ('finished', 'error')
                  AND status NOT IN %s""".formatted(OVER));
        AT_REST.put("a port that is not bound where its server is", """
                SELECT n.id || ' ' || s.id FROM network_resources n JOIN servers s ON s.id = n.device_id
                  WHERE n.kind = 'PORT' AND s.vm_state <> 'error' AND s.launched_at IS NOT NULL
                    AND json_extract(n.document, '$."binding:host_id"') <> s.host""");
        AT_REST.put("an action that began and did not end", """
                SELECT server_id || ' ' || action FROM instance_actions WHERE event_finished_at IS NULL""");
        AT_REST.put("an operation that failed for a reason that nobody expects", """
                SELECT operation || ' ' || step_name || ' ' || failure FROM operations_ended WHERE failure LIKE '%_FAULT%'""");
        AT_REST.put("a compensation that was given up", """
                SELECT operation || ' ' || compensation_failure FROM operations_ended WHERE compensation_failure <> ''""");
    }

    private final Connection connection;
    private final FakeFleet fleet;
    private final Promises promises;
    private final ConsistencyWatch watch;

    Invariants(SimulatedCloud cloud, Promises promises) {
        this.connection = cloud.connection();
        this.fleet = cloud.fleet();
        this.promises = promises;
        this.watch = new ConsistencyWatch(new ConsistencyWatch.Setup(
                Database.simulated(cloud.connection(), cloud.isCluster(), new OpenPassage()),
                Optional.of(fleet::hosts),
                Optional.empty(),
                new SimulatedClock(cloud.world())));
    }

    /** What is wrong although it must never be, whatever goes on. */
    List<String> always() {
        List<String> wrong = new ArrayList<>(ask(ALWAYS));
        wrong.addAll(fleet.doubleRuns());
        evacuatedFromTheLiving(wrong);
        wrong.addAll(promises.faults());
        return wrong;
    }

    /** A server that is made anew from its image loses its disk: only a host that lost its power has lost it already. */
    private void evacuatedFromTheLiving(List<String> wrong) {
        rows("""
                SELECT source_host, server_id FROM migrations
                WHERE type = 'evacuation' AND status IN ('done', 'completed')""").stream()
                .filter(row -> fleet.host(row.getFirst()).outages() == 0)
                .forEach(row -> wrong.add(
                        "server %s was evacuated from %s, which lives".formatted(row.getLast(), row.getFirst())));
    }

    /** What is wrong although nothing goes on. */
    List<String> atRest() {
        List<String> wrong = always();
        wrong.addAll(ask(AT_REST));
        watch.check().findings().forEach(finding -> wrong.add("the watch: " + finding));
        guests(wrong);
        kept(wrong);
        return wrong;
    }

    /** Whether every host has said what it is. */
    boolean allKnown() {
        return rows("SELECT host FROM compute_services").size() == fleet.hosts().size();
    }

    /** Whether nothing goes on. */
    boolean quiet() {
        return rows("SELECT id FROM operations").isEmpty();
    }

    private List<String> ask(Map<String, String> queries) {
        List<String> found = new ArrayList<>();
        queries.forEach((what, query) -> rows(query).forEach(row -> found.add(what + ": " + row.getFirst())));
        return found;
    }

    /** Each server has its one guest, as its state says; each guest has its server. */
    private void guests(List<String> wrong) {
        Map<String, List<String>> servers = new LinkedHashMap<>();
        rows("""
                SELECT id, vm_state, coalesce(host, ''),
                  (SELECT coalesce(group_concat(json_extract(value, '$.portId'), ' '), '') FROM json_each(cards))
                  FROM servers""").forEach(row -> servers.put(row.getFirst(), row));
        // The other side of a move that waits for a decision, and both of one whose guest nobody found.
        Set<List<String>> kept = Set.copyOf(rows("""
                SELECT server_id, source_host FROM migrations WHERE status IN ('finished', 'error')
                UNION SELECT server_id, destination_host FROM migrations WHERE status = 'error'"""));
        Map<String, PowerState> found = new LinkedHashMap<>();
        Map<String, List<String>> plugged = new LinkedHashMap<>();
        for (FakeHypervisor host : fleet.hosts()) {
            for (FakeGuest guest : host.fakeGuests()) {
                List<String> server = servers.get(guest.id());
                if (server == null) {
                    wrong.add("guest %s is on %s, and its server is gone".formatted(guest.id(), host.host()));
                } else if (server.get(2).equals(host.host())) {
                    found.put(guest.id(), guest.power());
                    plugged.put(guest.id(), guest.ports());
                } else if (!kept.contains(List.of(guest.id(), host.host()))) {
                    wrong.add("guest %s is on %s, and its server on '%s'"
                            .formatted(guest.id(), host.host(), server.get(2)));
                }
            }
        }
        servers.forEach((id, row) -> {
            PowerState power = found.getOrDefault(id, PowerState.NO_STATE);
            if (!expected(row.get(1)).contains(power)) {
                wrong.add("server %s is %s, and its guest %s".formatted(id, row.get(1), power));
            }
            Set<String> cards =
                    Set.of(row.get(3).isEmpty() ? new String[0] : row.get(3).split(" "));
            if (!row.get(1).equals("error") && !cards.equals(Set.copyOf(plugged.getOrDefault(id, List.of())))) {
                wrong.add("server %s has the cards %s, and its guest %s".formatted(id, cards, plugged.get(id)));
            }
        });
    }

    private static Set<PowerState> expected(String vmState) {
        return switch (vmState) {
            case "active" -> Set.of(PowerState.RUNNING);
            case "paused" -> Set.of(PowerState.PAUSED);
            case "stopped" -> Set.of(PowerState.SHUT_DOWN);
            case "suspended" -> Set.of(PowerState.SUSPENDED);
            default -> Set.of(PowerState.values());
        };
    }

    /** What was accepted has come about. */
    private void kept(List<String> wrong) {
        Map<String, String> present = new LinkedHashMap<>();
        rows("SELECT id, vm_state FROM servers").forEach(row -> present.put(row.getFirst(), row.getLast()));
        promises.servers().forEach((server, deletion) -> {
            boolean there = present.containsKey(server);
            switch (deletion) {
                case NOT_ASKED -> {
                    if (!there) {
                        wrong.add("server %s was accepted, and is lost".formatted(server));
                    }
                }
                case ACCEPTED -> {
                    if (there && !present.get(server).equals("error")) {
                        wrong.add("server %s was to be deleted, and is %s".formatted(server, present.get(server)));
                    }
                }
                case UNKNOWN -> {}
            }
        });
    }

    private List<List<String>> rows(String query) {
        List<List<String>> values = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet rows = statement.executeQuery()) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> row = new ArrayList<>(columns);
                for (int column = 1; column <= columns; column++) {
                    row.add(String.valueOf(rows.getString(column)));
                }
                values.add(row);
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(query, failure);
        }
        return values;
    }

    /** The watch looks while everybody stands still. */
    private record OpenPassage() implements Passage {
        @Override
        public void beforeRead() {}

        @Override
        public void beforeWrite() {}

        @Override
        public void afterWrite() {}
    }
}
