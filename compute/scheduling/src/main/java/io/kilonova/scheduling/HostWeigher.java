package io.kilonova.scheduling;

import io.kilonova.scheduling.HostChunk.Column;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One of Nova's weighers. Raw values are brought to 0 to 1 over the hosts that passed, multiplied, and summed.
 *
 * @param name for example {@code RAMWeigher}
 * @param option the name of its multiplier, which an aggregate's metadata may override
 * @param defaultMultiplier Nova's default
 * @param sign -1 where Nova takes the multiplier's opposite
 * @param fromZero whether the scale begins at zero even when no host is that low
 * @param preparation the raw value for one request; empty when the weigher has nothing to say about it
 */
record HostWeigher(
        String name, String option, double defaultMultiplier, int sign, boolean fromZero, Preparation preparation) {

    /** What a host weighs before anything is brought to scale. */
    @FunctionalInterface
    interface RawWeight {
        double of(HostChunk chunk, int place);
    }

    /** Makes a raw weight for one request. */
    @FunctionalInterface
    interface Preparation {
        Optional<RawWeight> prepare(PlacementRequest request);
    }

    /** All weighers, in the order of Nova's documentation. */
    static List<HostWeigher> all(SchedulerOptions options) {
        return List.of(
                always("RAMWeigher", "ram_weight_multiplier", 1.0, true, Column.FREE_MEMORY),
                always("CPUWeigher", "cpu_weight_multiplier", 1.0, true, Column.FREE_VIRTUAL_CPUS),
                always("DiskWeigher", "disk_weight_multiplier", 1.0, true, Column.FREE_DISK),
                always("IoOpsWeigher", "io_ops_weight_multiplier", -1.0, true, Column.IO_OPERATIONS),
                always("NumInstancesWeigher", "num_instances_weight_multiplier", 0.0, false, Column.INSTANCES),
                group(
                        "ServerGroupSoftAffinityWeigher",
                        "soft_affinity_weight_multiplier",
                        GroupPolicy.SOFT_AFFINITY,
                        1),
                group(
                        "ServerGroupSoftAntiAffinityWeigher",
                        "soft_anti_affinity_weight_multiplier",
                        GroupPolicy.SOFT_ANTI_AFFINITY,
                        -1),
                new HostWeigher(
                        "BuildFailureWeigher",
                        "build_failure_weight_multiplier",
                        1_000_000.0,
                        -1,
                        false,
                        request -> Optional.of((chunk, place) -> chunk.get(Column.FAILED_BUILDS, place))),
                always(
                        "HypervisorVersionWeigher",
                        "hypervisor_version_weight_multiplier",
                        1.0,
                        false,
                        Column.HYPERVISOR_VERSION),
                metrics(options.filters().metricSettings()));
    }

    private static HostWeigher always(String name, String option, double multiplier, boolean fromZero, Column column) {
        Optional<RawWeight> prepared = Optional.of((chunk, place) -> chunk.get(column, place));
        return new HostWeigher(name, option, multiplier, 1, fromZero, request -> prepared);
    }

    private static HostWeigher group(String name, String option, GroupPolicy policy, int direction) {
        return new HostWeigher(
                name,
                option,
                1.0,
                1,
                false,
                request -> request.group()
                        .filter(group -> group.policy() == policy)
                        .map(group -> (chunk, place) -> direction * group.membersOn(chunk.hosts[place].name())));
    }

    private static HostWeigher metrics(Map<String, Double> settings) {
        return new HostWeigher(
                "MetricsWeigher",
                "metrics.weight_multiplier",
                1.0,
                1,
                false,
                request -> settings.isEmpty()
                        ? Optional.empty()
                        : Optional.of((chunk, place) -> metricSum(chunk.hosts[place], settings)));
    }

    private static double metricSum(Host host, Map<String, Double> settings) {
        double sum = 0;
        for (Map.Entry<String, Double> setting : settings.entrySet()) {
            Double value = host.metrics().get(setting.getKey());
            if (value == null) {
                return UNAVAILABLE;
            }
            sum += value * setting.getValue();
        }
        return sum;
    }

    private static final double UNAVAILABLE = -10_000.0;
}
