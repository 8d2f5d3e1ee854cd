package io.kilonova.scheduling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every filter by its name, and why those of Nova's that are not here are not. */
public final class FilterCatalogue {
    private static final Map<String, String> ABSENT = Map.ofEntries(
            Map.entry("RamFilter", "Memory is always checked; leave the filter out."),
            Map.entry("CoreFilter", "Processors are always checked; leave the filter out."),
            Map.entry("DiskFilter", "Disk is always checked; leave the filter out."),
            Map.entry("AggregateRamFilter", "Set the allocation ratio of the resource provider instead."),
            Map.entry("AggregateCoreFilter", "Set the allocation ratio of the resource provider instead."),
            Map.entry("AggregateDiskFilter", "Set the allocation ratio of the resource provider instead."),
            Map.entry("ExactRamFilter", "It served bare metal only."),
            Map.entry("ExactCoreFilter", "It served bare metal only."),
            Map.entry("ExactDiskFilter", "It served bare metal only."),
            Map.entry("RetryFilter", "A host that failed is never tried again; leave the filter out."),
            Map.entry("AvailabilityZoneFilter", "Zones are always checked; leave the filter out."),
            Map.entry("TypeAffinityFilter", "Use AggregateTypeAffinityFilter."),
            Map.entry("TrustedFilter", "Use a required trait."),
            Map.entry("NUMATopologyFilter", "Guests get no NUMA topology in this version."),
            Map.entry("PciPassthroughFilter", "Guests get no PCI devices in this version."));

    private FilterCatalogue() {}

    /** All filters with their options, by name. */
    public static Map<String, HostFilter> all(SchedulerOptions.FilterOptions options) {
        Map<String, HostFilter> filters = new LinkedHashMap<>();
        for (HostFilter filter : List.of(
                LoadFilters.allHosts(),
                LoadFilters.compute(),
                CapabilityFilters.computeCapabilities(),
                CapabilityFilters.imageProperties(options),
                AffinityFilters.serverGroupAntiAffinity(),
                AffinityFilters.serverGroupAffinity(),
                AffinityFilters.differentHost(),
                AffinityFilters.sameHost(),
                AffinityFilters.simpleCidrAffinity(),
                AggregateFilters.instanceExtraSpecs(),
                AggregateFilters.imagePropertiesIsolation(options),
                AggregateFilters.multiTenancyIsolation(),
                AggregateFilters.typeAffinity(),
                LoadFilters.ioOperations(options),
                LoadFilters.aggregateIoOperations(options),
                LoadFilters.instances(options),
                LoadFilters.aggregateInstances(options),
                AggregateFilters.isolatedHosts(options),
                JsonQuery.filter(),
                LoadFilters.metrics(options))) {
            filters.put(filter.name(), filter);
        }
        return filters;
    }

    /**
     * The filters of these names, in this order.
     *
     * @throws io.kilonova.errors.ServiceException with {@link SchedulingError#FILTER_UNKNOWN} and the nearest name
     */
    public static List<HostFilter> enabled(List<String> names, SchedulerOptions.FilterOptions options) {
        Map<String, HostFilter> all = all(options);
        List<HostFilter> filters = new ArrayList<>();
        for (String name : names) {
            HostFilter filter = all.get(name);
            if (filter == null) {
                String advice = ABSENT.get(name);
                throw SchedulingError.FILTER_UNKNOWN.with(
                        name, advice != null ? advice : "Did you mean %s?".formatted(nearest(name, all)));
            }
            filters.add(filter);
        }
        return filters;
    }

    private static String nearest(String name, Map<String, HostFilter> all) {
        String nearest = "";
        int least = Integer.MAX_VALUE;
        for (String known : all.keySet()) {
            int distance = distance(name, known);
            if (distance < least) {
                least = distance;
                nearest = known;
            }
        }
        return nearest;
    }

    /** How many letters must be put in, taken out or changed (Levenshtein). */
    private static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int column = 0; column <= right.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= left.length(); row++) {
            int[] current = new int[right.length() + 1];
            current[0] = row;
            for (int column = 1; column <= right.length(); column++) {
                int changed = left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1;
                current[column] =
                        Math.min(Math.min(current[column - 1], previous[column]) + 1, previous[column - 1] + changed);
            }
            previous = current;
        }
        return previous[right.length()];
    }
}
