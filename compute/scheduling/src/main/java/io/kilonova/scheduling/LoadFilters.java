package io.kilonova.scheduling;

import java.util.Optional;
import java.util.function.ToIntFunction;

/** Filters that look at how busy a host is and whether its service is there. */
final class LoadFilters {
    private LoadFilters() {}

    static HostFilter allHosts() {
        return HostFilter.of("AllHostsFilter", request -> Optional.empty());
    }

    /** The compute service is enabled and reported in time. */
    static HostFilter compute() {
        HostCheck check = HostCheck.of(
                host -> host.enabled() && host.up(),
                host -> host.enabled() ? "its compute service is down" : "its compute service is disabled");
        return HostFilter.of("ComputeFilter", request -> Optional.of(check));
    }

    static HostFilter ioOperations(SchedulerOptions.FilterOptions options) {
        return fewerThan(
                "IoOpsFilter",
                "I/O operations",
                host -> host.load().ioOperations(),
                host -> options.maximumIoOperationsPerHost());
    }

    static HostFilter aggregateIoOperations(SchedulerOptions.FilterOptions options) {
        return fewerThan(
                "AggregateIoOpsFilter",
                "I/O operations",
                host -> host.load().ioOperations(),
                host -> smallest(host, "max_io_ops_per_host", options.maximumIoOperationsPerHost()));
    }

    static HostFilter instances(SchedulerOptions.FilterOptions options) {
        return fewerThan(
                "NumInstancesFilter",
                "servers",
                host -> host.load().instances(),
                host -> options.maximumInstancesPerHost());
    }

    static HostFilter aggregateInstances(SchedulerOptions.FilterOptions options) {
        return fewerThan(
                "AggregateNumInstancesFilter",
                "servers",
                host -> host.load().instances(),
                host -> smallest(host, "max_instances_per_host", options.maximumInstancesPerHost()));
    }

    /** The host has every metric that the weigher needs. */
    static HostFilter metrics(SchedulerOptions.FilterOptions options) {
        HostCheck check = HostCheck.of(
                host -> host.metrics()
                        .keySet()
                        .containsAll(options.metricSettings().keySet()),
                host -> "does not report every metric of weight_setting");
        return HostFilter.of(
                "MetricsFilter", request -> options.metricSettings().isEmpty() ? Optional.empty() : Optional.of(check));
    }

    private static HostFilter fewerThan(
            String name, String what, ToIntFunction<Host> value, ToIntFunction<Host> bound) {
        HostCheck check = HostCheck.of(
                host -> value.applyAsInt(host) < bound.applyAsInt(host),
                host -> "has %d %s, at most %d may be there"
                        .formatted(value.applyAsInt(host), what, bound.applyAsInt(host)));
        return HostFilter.of(name, request -> Optional.of(check));
    }

    /** The smallest number that the host's aggregates give a key, else {@code otherwise}. A value that is no number is passed over. */
    private static int smallest(Host host, String key, int otherwise) {
        int smallest = Integer.MAX_VALUE;
        for (String value : host.aggregateValues(key)) {
            if (value.matches("[0-9]{1,9}")) {
                smallest = Math.min(smallest, Integer.parseInt(value));
            }
        }
        return smallest == Integer.MAX_VALUE ? otherwise : smallest;
    }
}
