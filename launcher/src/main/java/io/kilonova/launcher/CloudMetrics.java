package io.kilonova.launcher;

import io.kilonova.consistency.ConsistencyWatch;
import io.kilonova.servers.ComputeHosts;
import io.kilonova.servers.ComputeService;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseStatistics;
import io.kilonova.telemetry.Metrics;
import java.time.Instant;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What is measured of the database, the scheduler and the hosts: all of it counted there anyway, and read when asked for. */
final class CloudMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private CloudMetrics() {}

    static void register(Metrics metrics, Database database, ComputeService compute, ComputeHosts hosts) {
        metrics.ofJava();
        ofDatabase(metrics, database);
        metrics.counters("scheduler_rejections_total", "Hosts that a check rejected.", "check", compute::rejections);
        ofHosts(metrics, compute, hosts);
    }

    private static void ofHosts(Metrics metrics, ComputeService compute, ComputeHosts hosts) {
        MeasuredHosts measured = new MeasuredHosts(hosts, compute);
        metrics.gauges(
                "node_up",
                "1 for a host that takes servers, 0 for one that is silent.",
                "host",
                () -> measured.each((host, known) -> hosts.isUp(host) ? 1 : 0));
        metrics.gauges(
                "node_heard_seconds",
                "When a host was last heard here, in seconds since 1970; 0 for not yet.",
                "host",
                () -> measured.each((host, known) ->
                        host.seenAt().map(Instant::getEpochSecond).orElse(0L)));
        metrics.gauges(
                "node_unknown_guests",
                "Guests on a host that are no servers of this cloud, when it told of them here last. They are left alone.",
                "host",
                () -> {
                    Map<String, Long> unknown = compute.unknownGuests();
                    return measured.each((host, known) -> unknown.getOrDefault(host.host(), 0L));
                });
        metrics.gauges(
                "node_guests",
                "Servers on a host.",
                "host",
                () -> measured.each((host, known) -> known.servers().getOrDefault(host.host(), 0)));
    }

    /** What the watch over the cloud found last here; controllers take turns, and one that had no turn yet tells nothing. */
    static void ofWatch(Metrics metrics, ConsistencyWatch watch) {
        metrics.gauges(
                "consistency_breaches",
                "How often what must always hold did not, at the last look of this controller.",
                "invariant",
                () -> watch.last()
                        .map(report -> report.breaches().entrySet().stream()
                                .collect(Collectors.toMap(Map.Entry::getKey, entry -> (double) entry.getValue())))
                        .orElseGet(Map::of));
        metrics.gauge(
                "consistency_seconds",
                "When this controller last looked over the whole cloud, in seconds since 1970; 0 for not yet.",
                () -> watch.last()
                        .map(report -> report.finishedAt().getEpochSecond())
                        .orElse(0L));
    }

    private static void ofDatabase(Metrics metrics, Database database) {
        counter(metrics, database, "reads_total", "Reads answered.", DatabaseStatistics::reads);
        counter(metrics, database, "writes_total", "Transactions committed.", DatabaseStatistics::writes);
        counter(
                metrics,
                database,
                "write_seconds_total",
                "How long the committed transactions took together, from the call to the disk.",
                now -> now.writeNanos() / NANOS_PER_SECOND);
        counter(metrics, database, "rollbacks_total", "Transactions that failed.", DatabaseStatistics::rolledBack);
        counter(metrics, database, "retries_total", "Transactions that ran again.", DatabaseStatistics::retried);
        counter(metrics, database, "flushes_total", "Commits that waited for the disk.", DatabaseStatistics::flushes);
        counter(metrics, database, "refusals_total", "Refused because too many waited.", DatabaseStatistics::refused);
        metrics.gauge(
                "database_waiting",
                "Transactions that wait.",
                () -> database.statistics().waiting());
    }

    private static void counter(
            Metrics metrics,
            Database database,
            String name,
            String help,
            ToDoubleFunction<DatabaseStatistics> measure) {
        metrics.counter("database_" + name, help, () -> measure.applyAsDouble(database.statistics()));
    }
}
