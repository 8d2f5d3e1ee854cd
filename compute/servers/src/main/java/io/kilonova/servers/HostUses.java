package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.HOST;
import static io.kilonova.servers.ServerColumns.ID;
import static io.kilonova.servers.ServerColumns.NAME;
import static io.kilonova.servers.ServerColumns.SERVERS;
import static io.kilonova.servers.ServerColumns.TASK_STATE;

import io.kilonova.placement.Inventories;
import io.kilonova.placement.InventoryUsage;
import io.kilonova.storage.Database;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** What the hosts' servers take, as placement counts it, and which servers those are. */
public final class HostUses {
    private final Database database;

    /**
     * A server by its two names.
     *
     * @param id UUID
     * @param name as its user calls it
     */
    public record NamedServer(String id, String name) {}

    private record Count(long servers, long busyServers) {}

    /** The hosts' use in {@code database}. */
    public HostUses(Database database) {
        this.database = database;
    }

    /** What some hosts have and what of it is taken, by their names. Costs one query and one a host. */
    public Map<String, HostUse> of(Collection<ComputeHost> hosts) {
        return database.read(sql -> {
            Map<String, Count> counts =
                    counts(sql, hosts.stream().map(ComputeHost::host).toList());
            Map<String, HostUse> uses = new LinkedHashMap<>();
            for (ComputeHost host : hosts) {
                uses.put(host.host(), use(sql, host, counts.getOrDefault(host.host(), new Count(0, 0))));
            }
            return uses;
        });
    }

    /** The servers on some hosts, by the hosts' names; a host without servers is not among them. */
    public Map<String, List<NamedServer>> servers(Collection<String> hosts) {
        return database.read(sql -> sql.select(HOST, ID, NAME).from(SERVERS).where(HOST.in(hosts)).orderBy(ID).stream()
                .collect(Collectors.groupingBy(
                        row -> row.value1(),
                        Collectors.mapping(row -> new NamedServer(row.value2(), row.value3()), Collectors.toList()))));
    }

    private static Map<String, Count> counts(DSLContext sql, List<String> hosts) {
        return sql
                .select(HOST, DSL.count(), DSL.count(TASK_STATE))
                .from(SERVERS)
                .where(HOST.in(hosts))
                .groupBy(HOST)
                .stream()
                .collect(Collectors.toMap(row -> row.value1(), row -> new Count(row.value2(), row.value3())));
    }

    private static HostUse use(DSLContext sql, ComputeHost host, Count count) {
        Map<String, InventoryUsage> inventories = Inventories.of(sql, host.id());
        return new HostUse(
                host.inventory().virtualCpus(),
                taken(inventories, "VCPU"),
                host.inventory().memoryMebibytes(),
                taken(inventories, "MEMORY_MB"),
                host.inventory().diskGibibytes(),
                taken(inventories, "DISK_GB"),
                count.servers(),
                count.busyServers());
    }

    private static long taken(Map<String, InventoryUsage> inventories, String resource) {
        return Optional.ofNullable(inventories.get(resource))
                .map(usage -> usage.used() + usage.inventory().reserved())
                .orElse(0L);
    }
}
