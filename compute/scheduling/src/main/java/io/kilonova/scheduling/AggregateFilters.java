package io.kilonova.scheduling;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Filters that compare a request with what host aggregates say, and those that isolate hosts. */
final class AggregateFilters {
    private static final String SCOPE = "aggregate_instance_extra_specs";
    private static final String TENANT_KEY = "filter_tenant_id";

    private AggregateFilters() {}

    /** Extra specs without scope, or with this filter's, must be met by a value of the host's aggregates. */
    static HostFilter instanceExtraSpecs() {
        return HostFilter.of("AggregateInstanceExtraSpecsFilter", request -> {
            Map<String, ExtraSpecRequirement> needs = new LinkedHashMap<>();
            request.flavor().extraSpecs().forEach((key, value) -> {
                List<String> words = List.of(key.split(":", 2));
                if (words.size() == 1) {
                    needs.put(key, ExtraSpecRequirement.parse(key, value));
                } else if (words.getFirst().equals(SCOPE)) {
                    needs.put(words.getLast(), ExtraSpecRequirement.parse(key, value));
                }
            });
            return needs.isEmpty()
                    ? Optional.empty()
                    : Optional.of(HostCheck.of(
                            host -> unmet(host, needs).isEmpty(),
                            host -> "no aggregate of it meets extra spec "
                                    + unmet(host, needs).orElse("")));
        });
    }

    private static Optional<String> unmet(Host host, Map<String, ExtraSpecRequirement> needs) {
        for (Map.Entry<String, ExtraSpecRequirement> need : needs.entrySet()) {
            List<String> values = host.aggregateValues(need.getKey());
            if (values.stream().noneMatch(value -> need.getValue().met(value))) {
                return Optional.of(need.getKey());
            }
        }
        return Optional.empty();
    }

    /** An image property that the host's aggregates name must have one of their values. */
    static HostFilter imagePropertiesIsolation(SchedulerOptions.FilterOptions options) {
        String prefix = options.imagePropertiesIsolationNamespace().isEmpty()
                ? ""
                : options.imagePropertiesIsolationNamespace() + options.imagePropertiesIsolationSeparator();
        return HostFilter.of(
                "AggregateImagePropertiesIsolation",
                request -> request.image().properties().isEmpty()
                        ? Optional.empty()
                        : Optional.of(HostCheck.of(
                                host -> forbiddenProperty(host, request.image(), prefix)
                                        .isEmpty(),
                                host -> "its aggregates do not take images with this value of "
                                        + forbiddenProperty(host, request.image(), prefix)
                                                .orElse(""))));
    }

    private static Optional<String> forbiddenProperty(Host host, ImageRequirements image, String prefix) {
        for (HostAggregate aggregate : host.aggregates()) {
            for (String key : aggregate.metadata().keySet()) {
                Optional<String> value = key.startsWith(prefix) ? image.property(key) : Optional.empty();
                if (value.isPresent() && !host.aggregateValues(key).contains(value.get())) {
                    return Optional.of(key);
                }
            }
        }
        return Optional.empty();
    }

    /** Hosts whose aggregates name projects take those projects only. */
    static HostFilter multiTenancyIsolation() {
        return HostFilter.of(
                "AggregateMultiTenancyIsolation",
                request -> Optional.of(HostCheck.of(
                        host -> tenantAllowed(host, request.projectId(), true), host -> "is kept for other projects")));
    }

    /** Whether the aggregates' {@code filter_tenant_id*} keys let the project in; {@code unnamed} when they name nobody. */
    static boolean tenantAllowed(Host host, String projectId, boolean unnamed) {
        boolean named = false;
        for (HostAggregate aggregate : host.aggregates()) {
            for (Map.Entry<String, String> entry : aggregate.metadata().entrySet()) {
                if (entry.getKey().startsWith(TENANT_KEY)) {
                    named = true;
                    if (Host.commaSeparated(entry.getValue()).contains(projectId)) {
                        return true;
                    }
                }
            }
        }
        return !named && unnamed;
    }

    /** Aggregate key {@code instance_type}: only those flavors, by name. */
    static HostFilter typeAffinity() {
        return HostFilter.of(
                "AggregateTypeAffinityFilter",
                request -> Optional.of(HostCheck.of(
                        host -> {
                            List<String> names = host.aggregateValues("instance_type");
                            return names.isEmpty()
                                    || names.contains(request.flavor().name());
                        },
                        host -> "its aggregates take other flavors only")));
    }

    /** Isolated images go to isolated hosts only, and others stay off them unless configured otherwise. */
    static HostFilter isolatedHosts(SchedulerOptions.FilterOptions options) {
        Set<String> isolated = options.isolatedHosts();
        return HostFilter.of("IsolatedHostsFilter", request -> {
            boolean imageIsolated =
                    request.image().id().map(options.isolatedImages()::contains).orElse(false);
            if (imageIsolated) {
                return Optional.of(HostCheck.of(
                        host -> isolated.contains(host.name()), host -> "is not a host for isolated images"));
            }
            return isolated.isEmpty() || !options.restrictIsolatedHostsToIsolatedImages()
                    ? Optional.empty()
                    : Optional.of(HostCheck.of(
                            host -> !isolated.contains(host.name()), host -> "is kept for isolated images"));
        });
    }
}
