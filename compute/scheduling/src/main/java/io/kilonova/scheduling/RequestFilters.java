package io.kilonova.scheduling;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What is asked of a host before any filter: request filters that add traits, and the checks that are never left out. */
final class RequestFilters {
    private static final Map<String, String> TRAIT_PREFIX_BY_PROPERTY = Map.of(
            "hw_cdrom_bus", "COMPUTE_STORAGE_BUS_",
            "hw_disk_bus", "COMPUTE_STORAGE_BUS_",
            "hw_video_model", "COMPUTE_GRAPHICS_MODEL_",
            "hw_vif_model", "COMPUTE_NET_VIF_MODEL_",
            "hw_architecture", "HW_ARCH_",
            "hw_emulation_architecture", "COMPUTE_ARCH_",
            "hw_viommu_model", "COMPUTE_VIOMMU_MODEL_");

    private RequestFilters() {}

    /** A check with the name under which its stage is told. */
    record NamedCheck(String name, HostCheck check) {}

    /** The request with the traits that follow from its image. */
    static PlacementRequest apply(PlacementRequest request, SchedulerOptions.RequestFilterOptions options) {
        Set<String> required = new TreeSet<>();
        Optional<String> format = request.image().diskFormat();
        if (options.queryPlacementForImageTypeSupport() && format.isPresent()) {
            required.add("COMPUTE_IMAGE_TYPE_" + format.get().toUpperCase(Locale.ROOT));
        }
        if (options.imageMetadataPrefilter()) {
            TRAIT_PREFIX_BY_PROPERTY.forEach((property, prefix) -> request.image()
                    .property(property)
                    .ifPresent(value ->
                            required.add(prefix + value.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_"))));
        }
        return request.withTraits(required, Set.of());
    }

    /** The checks that are never left out, in order. */
    static List<NamedCheck> checks(PlacementRequest request, SchedulerOptions.RequestFilterOptions options) {
        List<NamedCheck> checks = new ArrayList<>();
        destination(request.destination(), checks);
        if (!request.destination().forced()) {
            checks.add(new NamedCheck(
                    "compute_status_filter", HostCheck.of(Host::enabled, host -> "its compute service is disabled")));
        }
        for (String trait : request.requiredTraits()) {
            checks.add(new NamedCheck(
                    "trait:" + trait, HostCheck.of(host -> host.traits().contains(trait), host -> "lacks the trait")));
        }
        for (String trait : request.forbiddenTraits()) {
            checks.add(new NamedCheck(
                    "trait:!" + trait, HostCheck.of(host -> !host.traits().contains(trait), host -> "has the trait")));
        }
        request.destination()
                .zone()
                .ifPresent(zone -> checks.add(new NamedCheck(
                        "availability_zone",
                        HostCheck.of(host -> host.zone().equals(zone), host -> "is in zone " + host.zone()))));
        if (options.limitTenantsToPlacementAggregate()) {
            boolean unnamed = !options.placementAggregateRequiredForTenants();
            checks.add(new NamedCheck(
                    "require_tenant_aggregate",
                    HostCheck.of(
                            host -> AggregateFilters.tenantAllowed(host, request.projectId(), unnamed),
                            host -> "is in no aggregate of the project")));
        }
        if (options.enableIsolatedAggregateFiltering()) {
            checks.add(new NamedCheck(
                    "isolate_aggregates",
                    HostCheck.of(
                            host -> isolationMet(host, request.requiredTraits()),
                            host -> "its aggregate is kept for requests with other traits")));
        }
        return checks;
    }

    private static void destination(Destination destination, List<NamedCheck> checks) {
        destination
                .host()
                .ifPresent(wanted -> checks.add(new NamedCheck(
                        "requested_host",
                        HostCheck.of(host -> host.name().equals(wanted), host -> "is not the host asked for"))));
        destination
                .hypervisorHostname()
                .ifPresent(wanted -> checks.add(new NamedCheck(
                        "requested_hypervisor",
                        HostCheck.of(
                                host -> host.hypervisor().hostname().equals(wanted),
                                host -> "is not the hypervisor asked for"))));
        if (!destination.ignoredHosts().isEmpty()) {
            checks.add(new NamedCheck(
                    "ignored_hosts",
                    HostCheck.of(
                            host -> !destination.ignoredHosts().contains(host.name()),
                            host -> "was tried before or is left by this move")));
        }
    }

    private static boolean isolationMet(Host host, Set<String> requiredTraits) {
        for (HostAggregate aggregate : host.aggregates()) {
            for (Map.Entry<String, String> entry : aggregate.metadata().entrySet()) {
                if (entry.getKey().startsWith("trait:")
                        && entry.getValue().equals("required")
                        && !requiredTraits.contains(entry.getKey().substring("trait:".length()))) {
                    return false;
                }
            }
        }
        return true;
    }
}
