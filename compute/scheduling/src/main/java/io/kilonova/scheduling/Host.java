package io.kilonova.scheduling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A snapshot of one host, as the scheduler sees it.
 *
 * @param name the compute service's host name
 * @param resourceProviderId the UUID of its resource provider
 * @param generation the provider's generation, checked again in the commit
 * @param enabled whether an operator lets servers go there
 * @param up whether its node reported in time
 * @param zone the availability zone
 * @param hypervisor what runs there
 * @param capacities by resource class, for example {@code VCPU}
 * @param traits standard and custom trait names
 * @param aggregates the host aggregates that it belongs to
 * @param load how busy it is
 * @param metrics what the host measures, by name, for MetricsWeigher
 */
public record Host(
        String name,
        String resourceProviderId,
        long generation,
        boolean enabled,
        boolean up,
        String zone,
        HypervisorFacts hypervisor,
        Map<String, Capacity> capacities,
        Set<String> traits,
        List<HostAggregate> aggregates,
        HostLoad load,
        Map<String, Double> metrics) {

    /** Keeps copies. */
    public Host {
        capacities = Map.copyOf(capacities);
        traits = Set.copyOf(traits);
        aggregates = List.copyOf(aggregates);
        metrics = Map.copyOf(metrics);
    }

    /** A host that is up, with nothing on it: the start of a snapshot. */
    public static Host named(String name, String resourceProviderId) {
        return new Host(
                name,
                resourceProviderId,
                0,
                true,
                true,
                "nova",
                new HypervisorFacts(name, "", 0, "", List.of(), Map.of()),
                Map.of(),
                Set.of(),
                List.of(),
                HostLoad.idle(),
                Map.of());
    }

    /** What it has of a resource class, if anything. */
    public Optional<Capacity> capacity(String resourceClass) {
        return Optional.ofNullable(capacities.get(resourceClass));
    }

    /** What is left of a resource class; 0 when it has none. */
    public long free(String resourceClass) {
        Capacity capacity = capacities.get(resourceClass);
        return capacity == null ? 0 : capacity.free();
    }

    /** Every value, taken apart at commas, that the host's aggregates give a metadata key; the union over all of them. */
    public List<String> aggregateValues(String key) {
        if (aggregates.isEmpty()) {
            return List.of();
        }
        List<String> values = new ArrayList<>(1);
        for (HostAggregate aggregate : aggregates) {
            String value = aggregate.metadata().get(key);
            if (value != null) {
                values.addAll(commaSeparated(value));
            }
        }
        return values;
    }

    static List<String> commaSeparated(String values) {
        if (values.indexOf(',') < 0) {
            return List.of(values.strip());
        }
        return Arrays.stream(values.split(",")).map(String::strip).toList();
    }

    /** The same with other resources. */
    public Host withCapacities(Map<String, Capacity> changed) {
        return new Host(
                name,
                resourceProviderId,
                generation,
                enabled,
                up,
                zone,
                hypervisor,
                changed,
                traits,
                aggregates,
                load,
                metrics);
    }

    /** The same with another load. */
    public Host withLoad(HostLoad changed) {
        return new Host(
                name,
                resourceProviderId,
                generation,
                enabled,
                up,
                zone,
                hypervisor,
                capacities,
                traits,
                aggregates,
                changed,
                metrics);
    }

    /** The same in a state as its service says. */
    public Host withState(boolean enabledNow, boolean upNow) {
        return new Host(
                name,
                resourceProviderId,
                generation,
                enabledNow,
                upNow,
                zone,
                hypervisor,
                capacities,
                traits,
                aggregates,
                load,
                metrics);
    }

    /** The same in a zone and in aggregates. */
    public Host withAggregates(String zoneNow, List<HostAggregate> changed) {
        return new Host(
                name,
                resourceProviderId,
                generation,
                enabled,
                up,
                zoneNow,
                hypervisor,
                capacities,
                traits,
                changed,
                load,
                metrics);
    }

    /** The same with other traits. */
    public Host withTraits(Set<String> changed) {
        return new Host(
                name,
                resourceProviderId,
                generation,
                enabled,
                up,
                zone,
                hypervisor,
                capacities,
                changed,
                aggregates,
                load,
                metrics);
    }

    /** The same with other facts of its hypervisor. */
    public Host withHypervisor(HypervisorFacts changed) {
        return new Host(
                name,
                resourceProviderId,
                generation,
                enabled,
                up,
                zone,
                changed,
                capacities,
                traits,
                aggregates,
                load,
                metrics);
    }

    /** The same with other measurements. */
    public Host withMetrics(Map<String, Double> changed) {
        return new Host(
                name,
                resourceProviderId,
                generation,
                enabled,
                up,
                zone,
                hypervisor,
                capacities,
                traits,
                aggregates,
                load,
                changed);
    }

    /** The same with one more server that takes {@code resources} and is being built. */
    public Host claiming(Map<String, Long> resources) {
        Map<String, Capacity> changed = new LinkedHashMap<>(capacities);
        resources.forEach((resourceClass, amount) ->
                changed.computeIfPresent(resourceClass, (name, capacity) -> capacity.taking(amount)));
        HostLoad busier = new HostLoad(load.instances() + 1, load.ioOperations() + 1, load.failedBuilds());
        return withCapacities(changed).withLoad(busier);
    }
}
