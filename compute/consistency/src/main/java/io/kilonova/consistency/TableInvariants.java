package io.kilonova.consistency;

import io.kilonova.storage.Database;
import java.util.List;

/** The invariants that the tables alone tell, one query each. What changes together is read together, so nothing that is under way is told. */
final class TableInvariants {
    private TableInvariants() {}

    static List<Invariant> of(Database database) {
        return List.of(
                new Invariant(
                        "allocations_have_owners",
                        "Whoever has taken resources is a server, or a move of one.",
                        "Give them back: openstack resource provider allocation delete ID.",
                        new TableInspection(database, "placement_consumers", "uuid", """
                                SELECT c.uuid, 'it is no server, and has taken resources' FROM placement_consumers c
                                WHERE c.uuid > ? AND c.uuid <= ?
                                  AND NOT EXISTS (SELECT 1 FROM servers s WHERE s.id = c.uuid)
                                  AND NOT EXISTS (SELECT 1 FROM migrations m WHERE m.id = c.uuid)""")),
                new Invariant(
                        "inventories_add_up",
                        "What counts as used of an inventory is the sum of its allocations.",
                        "Disable the host, and report what happened before: openstack compute service set --disable.",
                        new TableInspection(database, "placement_resource_providers", "uuid", """
                                SELECT i.provider_uuid, i.resource_class || ': ' || i.used || ' counted, '
                                    || coalesce(sum(a.amount), 0) || ' allocated'
                                FROM placement_inventories i LEFT JOIN placement_allocations a
                                  ON a.provider_uuid = i.provider_uuid AND a.resource_class = i.resource_class
                                WHERE i.provider_uuid > ? AND i.provider_uuid <= ?
                                GROUP BY i.provider_uuid, i.resource_class, i.used
                                HAVING i.used <> coalesce(sum(a.amount), 0)""")),
                new Invariant(
                        "ports_have_servers",
                        "A port that compute connected belongs to a server that is there.",
                        "Delete it: openstack port delete ID.",
                        new TableInspection(database, "network_resources WHERE kind = 'PORT'", "id", """
                                SELECT p.id, 'its server ' || p.device_id || ' is not there' FROM network_resources p
                                WHERE p.kind = 'PORT' AND p.id > ? AND p.id <= ? AND p.device_id <> ''
                                  AND p.document LIKE '%"kilonova:server":"' || p.device_id || '"%'
                                  AND NOT EXISTS (SELECT 1 FROM servers s WHERE s.id = p.device_id)""")),
                new Invariant(
                        "floating_ips_lead_to_ports",
                        "A floating IP that leads somewhere leads to a port that is there.",
                        "Take it off: openstack floating ip unset --port ID.",
                        new TableInspection(database, "network_resources WHERE kind = 'FLOATING_IP'", "id", """
                                SELECT f.id, 'its port ' || f.device_id || ' is not there' FROM network_resources f
                                WHERE f.kind = 'FLOATING_IP' AND f.id > ? AND f.id <= ? AND f.device_id <> ''
                                  AND NOT EXISTS (SELECT 1 FROM network_resources p
                                    WHERE p.kind = 'PORT' AND p.id = f.device_id)""")),
                new Invariant(
                        "addresses_belong_to_ports",
                        "An address that is taken is taken by a port that is there.",
                        "Nobody else gets the address; report what happened before.",
                        new TableInspection(database, "network_addresses", "port_id", """
                                SELECT a.port_id, 'it is not there, and has taken ' || a.address FROM network_addresses a
                                WHERE a.port_id > ? AND a.port_id <= ? AND NOT EXISTS (SELECT 1 FROM network_resources p
                                  WHERE p.kind = 'PORT' AND p.id = a.port_id)""")),
                new Invariant(
                        "tasks_have_operations",
                        "A server to which something is being done has an operation that does it.",
                        "Delete the server, or set its state: openstack server set --state active ID.",
                        new TableInspection(database, "servers WHERE task_state IS NOT NULL", "id", """
                                SELECT s.id, 'its task is ' || s.task_state || ', and no operation goes on' FROM servers s
                                WHERE s.task_state IS NOT NULL AND s.id > ? AND s.id <= ?
                                  AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.subject = s.id)""")),
                new Invariant(
                        "errors_have_reasons",
                        "A server in error says why.",
                        "Look at what was asked of it: openstack server event list ID.",
                        new TableInspection(database, "servers WHERE vm_state = 'error'", "id", """
                                SELECT s.id, 'it is in error without a fault' FROM servers s
                                WHERE s.vm_state = 'error' AND s.fault IS NULL AND s.id > ? AND s.id <= ?""")),
                new Invariant(
                        "deleted_servers_own_nothing",
                        "A server that was deleted has left nothing behind.",
                        "Report it with the server's events: openstack server event list ID.",
                        new TableInspection(database, "deleted_servers", "id", """
                                SELECT d.id, 'it was deleted, and left ' || CASE
                                    WHEN EXISTS (SELECT 1 FROM servers s WHERE s.id = d.id) THEN 'its row'
                                    WHEN EXISTS (SELECT 1 FROM placement_consumers c WHERE c.uuid = d.id) THEN 'allocations'
                                    WHEN EXISTS (SELECT 1 FROM operations o WHERE o.subject = d.id) THEN 'an operation'
                                    ELSE 'placement decisions' END
                                FROM deleted_servers d WHERE d.id > ? AND d.id <= ? AND (
                                  EXISTS (SELECT 1 FROM servers s WHERE s.id = d.id)
                                  OR EXISTS (SELECT 1 FROM placement_consumers c WHERE c.uuid = d.id)
                                  OR EXISTS (SELECT 1 FROM operations o WHERE o.subject = d.id)
                                  OR EXISTS (SELECT 1 FROM placement_decisions p WHERE p.server_id = d.id))""")));
    }
}
