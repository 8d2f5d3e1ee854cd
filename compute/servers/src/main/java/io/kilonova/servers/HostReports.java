package io.kilonova.servers;

import io.kilonova.placement.HostReport;
import io.kilonova.placement.Inventories;
import io.kilonova.placement.Inventory;
import io.kilonova.placement.InventoryUsage;
import io.kilonova.placement.ResourceProvider;
import io.kilonova.placement.ResourceProviders;
import io.kilonova.scheduling.Capacity;
import io.kilonova.scheduling.Host;
import io.kilonova.scheduling.HostLoad;
import io.kilonova.scheduling.HypervisorFacts;
import io.kilonova.scheduling.SupportedInstance;
import io.kilonova.spi.HostInventory;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.DSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what the hosts say they are and have, and gives the scheduler its view of them. */
final class HostReports {
    private static final Logger LOGGER = LoggerFactory.getLogger(HostReports.class);

    /** A host that was written down so lately is not looked at again, if it says the same. */
    private static final Duration UNSEEN = Duration.ofMinutes(1);

    /** Nor for so long, if placement holds of it what the scheduler saw. */
    private static final Duration BELIEVED = Duration.ofMinutes(5);

    private final Compute compute;
    private final InstantSource clock;
    private final ResourceProviders providers;
    private final Inventories inventories;
    private final Map<String, Written> written = new ConcurrentHashMap<>();

    /** What a host said when that was written down last. */
    private record Written(HostInventory inventory, Instant at) {}

    HostReports(Compute compute, ResourceProviders providers, Inventories inventories, InstantSource clock) {
        this.compute = compute;
        this.clock = clock;
        this.providers = providers;
        this.inventories = inventories;
    }

    /**
     * Writes down what hosts said, by their names, in one transaction; the scheduler sees them afterwards. 10,000 hosts report
     * each minute: one that says what it said before is written anew once in a while, and sooner when placement changed
     * something of it.
     */
    void report(Map<String, HostInventory> said) {
        Instant now = clock.instant();
        said.keySet().forEach(compute.hosts()::heard);
        Map<String, HostInventory> news = new LinkedHashMap<>(said);
        news.entrySet().removeIf(entry -> !isNews(entry.getKey(), entry.getValue(), now));
        if (news.isEmpty()) {
            return;
        }
        Map<String, Integer> servers = compute.servers().countOn(List.copyOf(news.keySet()));
        List<Host> hosts = compute.database()
                .write(transaction -> news.entrySet().stream()
                        .map(entry -> {
                            ComputeHost known = write(transaction, entry.getKey(), entry.getValue());
                            return view(transaction.sql(), known, servers.getOrDefault(known.host(), 0));
                        })
                        .toList());
        compute.ledger().putAll(hosts);
        news.forEach((name, inventory) -> written.put(name, new Written(inventory, now)));
    }

    private boolean isNews(String name, HostInventory inventory, Instant now) {
        Optional<Host> seen = compute.ledger().view().find(name).filter(Host::up);
        Duration age = Optional.ofNullable(written.get(name))
                .filter(last -> last.inventory().equals(inventory) && seen.isPresent())
                .map(last -> Duration.between(last.at(), now))
                .orElse(BELIEVED);
        return age.compareTo(BELIEVED) >= 0
                || (age.compareTo(UNSEEN) >= 0 && seen.filter(this::isAsStored).isEmpty());
    }

    /** Whether nothing changed in placement since the scheduler saw a host: each change there is a generation. */
    private boolean isAsStored(Host seen) {
        return compute.database()
                .read(sql -> providers.generation(sql, seen.resourceProviderId()))
                .filter(generation -> generation == seen.generation())
                .isPresent();
    }

    private ComputeHost write(Transaction transaction, String name, HostInventory inventory) {
        ComputeOptions options = compute.options();
        ComputeHost known = compute.hosts().report(transaction, name, options.defaultZone(), inventory);
        Map<String, InventoryUsage> before = Inventories.of(transaction.sql(), known.id());
        inventories.report(
                transaction,
                HostReport.of(
                        known.id(),
                        inventory.hypervisorHostname(),
                        options.processors().of(inventory.virtualCpus(), known(before, "VCPU")),
                        options.memoryMebibytes().of(inventory.memoryMebibytes(), known(before, "MEMORY_MB")),
                        options.diskGibibytes().of(inventory.diskGibibytes(), known(before, "DISK_GB")),
                        inventory.traits()));
        return known;
    }

    private static Optional<InventoryUsage> known(Map<String, InventoryUsage> before, String resource) {
        return Optional.ofNullable(before.get(resource));
    }

    /** Says to the scheduler that a host does not answer. */
    void silent(String name) {
        compute.ledger().change(name, host -> host.up() ? lost(host) : host);
    }

    private static Host lost(Host host) {
        LOGGER.warn("host={} fell silent: no new servers go there", host.name());
        return host.withState(host.enabled(), false);
    }

    /** Says to the scheduler that a host lives, which may have reported to another controller. */
    void notice(String name) {
        if (compute.ledger().view().find(name).filter(Host::up).isPresent()) {
            return;
        }
        compute.database()
                .read(sql -> compute.hosts().find(sql, name).map(known -> view(sql, known, serversOn(sql, name))))
                .ifPresent(compute.ledger()::put);
    }

    private static int serversOn(DSLContext sql, String name) {
        return sql.fetchCount(ServerColumns.SERVERS, ServerColumns.HOST.eq(name));
    }

    /** Removes a host that is down and has no servers, with its resource provider. */
    void forget(Transaction transaction, String name) {
        DSLContext sql = transaction.sql();
        ComputeHost host =
                compute.hosts().find(sql, name).orElseThrow(() -> CatalogueError.SERVICE_NOT_FOUND.with(name));
        if (compute.hosts().isUp(host)) {
            throw CatalogueError.SERVICE_UP.with(name);
        }
        if (!Migrations.openAt(sql, name).isEmpty()) {
            throw CatalogueError.SERVICE_HAS_MIGRATIONS.with();
        }
        boolean held = Inventories.of(sql, host.id()).values().stream().anyMatch(usage -> usage.used() > 0);
        if (held || sql.fetchExists(ServerColumns.SERVERS, ServerColumns.HOST.eq(name))) {
            throw CatalogueError.SERVICE_HAS_SERVERS.with();
        }
        if (providers.find(sql, host.id()).isPresent()) {
            providers.delete(transaction, host.id());
        }
        compute.hosts().forget(transaction, name);
        transaction.afterCommit(() -> {
            compute.ledger().remove(name);
            written.remove(name);
        });
    }

    /** Brings the scheduler's view of some hosts up to date with what the database says, or of all. */
    void renew(DSLContext sql, Optional<List<String>> hosts) {
        List<ComputeHost> known = hosts.map(names -> names.stream()
                        .flatMap(name -> {
                            Optional<ComputeHost> found = compute.hosts().find(sql, name);
                            if (found.isEmpty()) {
                                compute.ledger().remove(name);
                            }
                            return found.stream();
                        })
                        .toList())
                .orElseGet(compute.hosts()::list);
        Map<String, Integer> servers =
                compute.servers().countOn(known.stream().map(ComputeHost::host).toList());
        compute.ledger()
                .renew(known.stream()
                        .map(host -> view(sql, host, servers.getOrDefault(host.host(), 0)))
                        .toList());
    }

    private Host view(DSLContext sql, ComputeHost known, int servers) {
        ResourceProvider provider = providers.get(sql, known.id());
        Set<String> traits = providers.traits(sql, known.id());
        Map<String, Capacity> capacities = new HashMap<>();
        Inventories.of(sql, known.id()).forEach((resource, usage) -> capacities.put(resource, capacity(usage)));
        HostInventory inventory = known.inventory();
        return new Host(
                known.host(),
                known.id(),
                provider.generation(),
                !known.disabled(),
                compute.hosts().isUp(known),
                known.zone(),
                new HypervisorFacts(
                        inventory.hypervisorHostname(),
                        inventory.hypervisorType(),
                        inventory.hypervisorVersion(),
                        inventory.hostAddress(),
                        List.of(new SupportedInstance(
                                "x86_64", inventory.hypervisorType().toLowerCase(java.util.Locale.ROOT), "hvm")),
                        Map.of()),
                capacities,
                traits,
                Aggregates.of(sql, known.host()).stream()
                        .map(Aggregate::forScheduler)
                        .toList(),
                new HostLoad(servers, 0, 0),
                Map.of());
    }

    private static Capacity capacity(InventoryUsage usage) {
        Inventory inventory = usage.inventory();
        return new Capacity(
                inventory.total(),
                inventory.reserved(),
                inventory.minimumUnit(),
                inventory.maximumUnit(),
                inventory.stepSize(),
                inventory.allocationRatio(),
                usage.used());
    }
}
