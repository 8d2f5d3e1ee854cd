package io.kilonova.scheduling;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How hosts are chosen; each under the name that Nova has for it.
 *
 * @param enabledFilters names, in the order in which they are asked
 * @param hostSubsetSize the winner is drawn from so many of the best, 1 or more
 * @param shuffleBestSameWeighedHosts whether equal best hosts are shuffled
 * @param maximumAttempts how many hosts a build may try: one and its alternates
 * @param maximumResults when so many hosts have passed every check, no more are looked at
 * @param weightMultipliers by option name, for example {@code ram_weight_multiplier}; what is missing has Nova's default
 * @param filters what single filters read
 * @param requestFilters what requests are changed by before hosts are looked at
 */
public record SchedulerOptions(
        List<String> enabledFilters,
        int hostSubsetSize,
        boolean shuffleBestSameWeighedHosts,
        int maximumAttempts,
        int maximumResults,
        Map<String, Double> weightMultipliers,
        FilterOptions filters,
        RequestFilterOptions requestFilters) {

    /** Nova's default filters. */
    public static final List<String> DEFAULT_FILTERS = List.of(
            "ComputeFilter",
            "ComputeCapabilitiesFilter",
            "ImagePropertiesFilter",
            "ServerGroupAntiAffinityFilter",
            "ServerGroupAffinityFilter");

    /** Keeps copies and checks the numbers. */
    public SchedulerOptions {
        enabledFilters = List.copyOf(enabledFilters);
        weightMultipliers = Map.copyOf(weightMultipliers);
        if (hostSubsetSize < 1 || maximumAttempts < 1 || maximumResults < 1) {
            throw SchedulingError.OPTION_INVALID.with(
                    "host_subset_size, max_attempts, max_placement_results", "each must be 1 or more");
        }
    }

    /** Nova's defaults. */
    public static SchedulerOptions defaults() {
        return new SchedulerOptions(
                DEFAULT_FILTERS,
                1,
                false,
                3,
                1_000,
                Map.of(),
                FilterOptions.defaults(),
                RequestFilterOptions.defaults());
    }

    /** The same with other filters. */
    public SchedulerOptions withFilters(List<String> names) {
        return new SchedulerOptions(
                names,
                hostSubsetSize,
                shuffleBestSameWeighedHosts,
                maximumAttempts,
                maximumResults,
                weightMultipliers,
                filters,
                requestFilters);
    }

    /** The same with what single filters read. */
    public SchedulerOptions withFilterOptions(FilterOptions changed) {
        return new SchedulerOptions(
                enabledFilters,
                hostSubsetSize,
                shuffleBestSameWeighedHosts,
                maximumAttempts,
                maximumResults,
                weightMultipliers,
                changed,
                requestFilters);
    }

    /** The same with what changes requests. */
    public SchedulerOptions withRequestFilters(RequestFilterOptions changed) {
        return new SchedulerOptions(
                enabledFilters,
                hostSubsetSize,
                shuffleBestSameWeighedHosts,
                maximumAttempts,
                maximumResults,
                weightMultipliers,
                filters,
                changed);
    }

    /** The same with another weight for one weigher. */
    public SchedulerOptions weighing(String option, double multiplier) {
        Map<String, Double> changed = new HashMap<>(weightMultipliers);
        changed.put(option, multiplier);
        return new SchedulerOptions(
                enabledFilters,
                hostSubsetSize,
                shuffleBestSameWeighedHosts,
                maximumAttempts,
                maximumResults,
                changed,
                filters,
                requestFilters);
    }

    /** The same with other bounds of the choice. */
    public SchedulerOptions choosing(int subsetSize, boolean shuffle, int attempts, int results) {
        return new SchedulerOptions(
                enabledFilters, subsetSize, shuffle, attempts, results, weightMultipliers, filters, requestFilters);
    }

    /**
     * What single filters read.
     *
     * @param maximumIoOperationsPerHost {@code max_io_ops_per_host}
     * @param maximumInstancesPerHost {@code max_instances_per_host}
     * @param isolatedHosts {@code isolated_hosts}
     * @param isolatedImages {@code isolated_images}
     * @param restrictIsolatedHostsToIsolatedImages {@code restrict_isolated_hosts_to_isolated_images}
     * @param imagePropertiesIsolationNamespace {@code aggregate_image_properties_isolation_namespace}, empty for none
     * @param imagePropertiesIsolationSeparator {@code aggregate_image_properties_isolation_separator}
     * @param imagePropertiesDefaultArchitecture {@code image_properties_default_architecture}, empty for none
     * @param metricSettings {@code [metrics] weight_setting}: the weight of each metric
     */
    public record FilterOptions(
            int maximumIoOperationsPerHost,
            int maximumInstancesPerHost,
            Set<String> isolatedHosts,
            Set<String> isolatedImages,
            boolean restrictIsolatedHostsToIsolatedImages,
            String imagePropertiesIsolationNamespace,
            String imagePropertiesIsolationSeparator,
            String imagePropertiesDefaultArchitecture,
            Map<String, Double> metricSettings) {
        /** Keeps copies. */
        public FilterOptions {
            isolatedHosts = Set.copyOf(isolatedHosts);
            isolatedImages = Set.copyOf(isolatedImages);
            metricSettings = Map.copyOf(metricSettings);
        }

        /** Nova's defaults. */
        public static FilterOptions defaults() {
            return new FilterOptions(8, 50, Set.of(), Set.of(), true, "", ".", "", Map.of());
        }
    }

    /**
     * What requests are changed by.
     *
     * @param limitTenantsToPlacementAggregate {@code limit_tenants_to_placement_aggregate}
     * @param placementAggregateRequiredForTenants {@code placement_aggregate_required_for_tenants}
     * @param queryPlacementForImageTypeSupport {@code query_placement_for_image_type_support}
     * @param enableIsolatedAggregateFiltering {@code enable_isolated_aggregate_filtering}
     * @param imageMetadataPrefilter {@code image_metadata_prefilter}
     */
    public record RequestFilterOptions(
            boolean limitTenantsToPlacementAggregate,
            boolean placementAggregateRequiredForTenants,
            boolean queryPlacementForImageTypeSupport,
            boolean enableIsolatedAggregateFiltering,
            boolean imageMetadataPrefilter) {
        /** Nova's defaults: all off. */
        public static RequestFilterOptions defaults() {
            return new RequestFilterOptions(false, false, false, false, false);
        }
    }
}
