package io.kilonova.servers;

import io.kilonova.placement.HostReport;
import io.kilonova.placement.Inventories;
import io.kilonova.placement.Inventory;
import io.kilonova.placement.InventoryUsage;
import io.kilonova.placement.ProviderSnapshot;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
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
        said.keySet().forEach(host -> compute.hosts().heard(host, true));
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
        compute.ledger().renew(hosts);
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
        ComputeHost known =
                compute.hosts().report(transaction, name, compute.options().defaultZone(), inventory);
        inventories.report(transaction, report(known, inventory, Inventories.of(transaction.sql(), known.id())));
        return known;
    }

    private HostReport report(ComputeHost known, HostInventory inventory, Map<String, InventoryUsage> before) {
        ComputeOptions options = compute.options();
        return HostReport.of(
                known.id(),
                inventory.hypervisorHostname(),
                options.processors().of(inventory.virtualCpus(), known(before, "VCPU")),
                options.memoryMebibytes().of(inventory.memoryMebibytes(), known(before, "MEMORY_MB")),
                options.diskGibibytes().of(inventory.diskGibibytes(), known(before, "DISK_GB")),
                inventory.traits());
    }

    private static Optional<InventoryUsage> known(Map<String, InventoryUsage> before, String resource) {
        return Optional.ofNullable(before.get(resource));
    }

    /** Says to the scheduler that a host takes no servers, and why. */
    void lost(String name, String reason) {
        compute.ledger().change(name, host -> {
            if (!host.up()) {
                return host;
            }
            LOGGER.warn("host={} takes no new servers: {}", name, reason);
            return host.withState(host.enabled(), false);
        });
    }

    /**
     * Says to the scheduler that a host lives, which may have reported to another controller. One that was dead gets no servers
     * before what was evacuated from it is removed there.
     */
    void notice(String name) {
        if (compute.ledger().view().find(name).filter(Host::up).isPresent()) {
            return;
        }
        compute.database()
                .read(sql -> compute.hosts()
                        .find(sql, name)
                        .filter(known -> Migrations.openAt(sql, name).stream().noneMatch(move -> move.awaits(name)))
                        .map(known -> view(sql, known, serversOn(sql, name))))
                .ifPresent(compute.ledger()::put);
    }

    private static int serversOn(DSLContext sql, String name) {
        return sql.fetchCount(ServerColumns.SERVERS, ServerColumns.HOST.eq(name));
    }

    /**
     * Removes a host that is down and has no servers, with its resource provider. What it had of servers that were evacuated is
     * not waited for any more; should it come back all the same, that is removed there.
     */
    void forget(Transaction transaction, String name) {
        DSLContext sql = transaction.sql();
        ComputeHost host =
                compute.hosts().find(sql, name).orElseThrow(() -> CatalogueError.SERVICE_NOT_FOUND.with(name));
        if (compute.hosts().state(host) != HostState.DOWN) {
            throw CatalogueError.SERVICE_UP.with(name);
        }
        for (Migration migration : Migrations.openAt(sql, name)) {
            if (!migration.awaits(name)) {
                throw CatalogueError.SERVICE_HAS_MIGRATIONS.with();
            }
            compute.moves().complete(transaction, migration, clock.instant());
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

    /**
     * Takes in what is stored of all hosts, and that these said something just now, for a start that does not wait until each
     * is looked at. One that said what is stored, in placement too, need not be written down again; one that has something to
     * clear away gets no servers before that.
     */
    void recall(Map<String, HostInventory> said) {
        Runnable renewal = compute.database().read(sql -> {
            Map<String, ProviderSnapshot> provided = provided(sql);
            Set<String> unclear = Migrations.openHosts(sql);
            said.keySet().stream()
                    .filter(host -> !unclear.contains(host))
                    .forEach(host -> compute.hosts().heard(host, true));
            List<ComputeHost> all = compute.hosts().list();
            for (ComputeHost known : all) {
                HostInventory inventory = said.get(known.host());
                ProviderSnapshot provider = provided.get(known.id());
                if (inventory != null && provider != null && isStored(known, inventory, provider)) {
                    written.put(known.host(), new Written(inventory, clock.instant()));
                }
            }
            return renewal(sql, all, provided);
        });
        renewal.run();
    }

    private boolean isStored(ComputeHost known, HostInventory said, ProviderSnapshot provided) {
        HostReport report = report(known, said, provided.inventories());
        return known.inventory().equals(said)
                && provided.traits().containsAll(report.traits())
                && report.inventories().entrySet().stream()
                        .allMatch(entry -> known(provided.inventories(), entry.getKey())
                                .filter(usage -> usage.inventory().equals(entry.getValue()))
                                .isPresent());
    }

    private Map<String, ProviderSnapshot> provided(DSLContext sql) {
        return providers.snapshots(sql).stream()
                .collect(Collectors.toMap(snapshot -> snapshot.provider().uuid(), Function.identity()));
    }

    /** Reads what the database says of some hosts, or of all; what it gives brings the scheduler's view of them up to date. */
    Runnable renewal(DSLContext sql, Optional<List<String>> hosts) {
        if (hosts.isEmpty()) {
            return renewal(sql, compute.hosts().list(), provided(sql));
        }
        List<ComputeHost> known = hosts.get().stream()
                .flatMap(name -> compute.hosts().find(sql, name).stream())
                .toList();
        List<String> names = known.stream().map(ComputeHost::host).toList();
        Map<String, Integer> servers = compute.servers().countOn(names);
        List<Host> views = known.stream()
                .map(host -> view(sql, host, servers.getOrDefault(host.host(), 0)))
                .toList();
        return () -> {
            hosts.get().stream().filter(name -> !names.contains(name)).forEach(compute.ledger()::remove);
            compute.ledger().renew(views);
        };
    }

    private Runnable renewal(DSLContext sql, List<ComputeHost> all, Map<String, ProviderSnapshot> provided) {
        Map<String, Integer> servers = compute.servers().countOnAll();
        Map<String, List<Aggregate>> aggregates = Aggregates.byHost(sql);
        List<Host> hosts = new ArrayList<>(all.size());
        for (ComputeHost host : all) {
            ProviderSnapshot provider = provided.get(host.id());
            if (provider != null) {
                List<Aggregate> of = aggregates.getOrDefault(host.host(), List.of());
                hosts.add(view(host, provider, of, servers.getOrDefault(host.host(), 0)));
            }
        }
        return () -> compute.ledger().renew(hosts);
    }

    private Host view(DSLContext sql, ComputeHost known, int servers) {
        return view(known, providers.snapshot(sql, known.id()), Aggregates.of(sql, known.host()), servers);
    }

    private Host view(ComputeHost known, ProviderSnapshot provided, List<Aggregate> aggregates, int servers) {
        Map<String, Capacity> capacities = new HashMap<>();
        provided.inventories().forEach((resource, usage) -> capacities.put(resource, capacity(usage)));
        HostInventory inventory = known.inventory();
        return new Host(
                known.host(),
                known.id(),
                provided.provider().generation(),
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
                provided.traits(),
                aggregates.stream().map(Aggregate::forScheduler).toList(),
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
