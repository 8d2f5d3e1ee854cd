package io.kilonova.scheduling;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Hosts and requests for tests. */
final class Fleet {
    private Fleet() {}

    static Host host(String name, long virtualCpus, long memoryMebibytes, long diskGibibytes) {
        return Host.named(name, "rp-" + name)
                .withCapacities(Map.of(
                        "VCPU", Capacity.of(virtualCpus, 0, 1.0, 0),
                        "MEMORY_MB", Capacity.of(memoryMebibytes, 0, 1.0, 0),
                        "DISK_GB", Capacity.of(diskGibibytes, 0, 1.0, 0)));
    }

    static Host host(String name) {
        return host(name, 16, 32_768, 500);
    }

    static List<Host> hosts(int count) {
        List<Host> hosts = new ArrayList<>(count);
        for (int number = 0; number < count; number++) {
            hosts.add(host("host-%05d".formatted(number)));
        }
        return hosts;
    }

    static HostView view(Host... hosts) {
        return HostView.of(List.of(hosts));
    }

    static Host in(Host host, String zone, Map<String, String> metadata) {
        return host.withAggregates(zone, List.of(new HostAggregate("aggregate-of-" + host.name(), "a", metadata)));
    }

    static PlacementRequest request(Map<String, String> extraSpecs) {
        return PlacementRequest.of("project", 2, 2_048, 20, new FlavorRequirements("m1.small", extraSpecs));
    }

    static PlacementRequest request() {
        return request(Map.of());
    }

    static ServerGroup group(GroupPolicy policy, Map<String, Integer> members) {
        return new ServerGroup("group", policy, 1, members);
    }

    static PlacementRequest hinted(String hint, String... values) {
        return request()
                .withHints(new SchedulerHints(
                        Map.of(hint, List.of(values)), Map.of("server-on-a", "a", "server-on-b", "b")));
    }

    static Set<String> passing(SchedulerOptions options, HostView view, PlacementRequest request) {
        Scheduler scheduler = new Scheduler(options);
        Set<String> names = new java.util.TreeSet<>();
        view.hosts().forEach(host -> {
            if (scheduler.explain(view, request, host.name()).passes()) {
                names.add(host.name());
            }
        });
        return names;
    }

    static Set<String> passing(String filter, HostView view, PlacementRequest request) {
        return passing(SchedulerOptions.defaults().withFilters(List.of(filter)), view, request);
    }
}
