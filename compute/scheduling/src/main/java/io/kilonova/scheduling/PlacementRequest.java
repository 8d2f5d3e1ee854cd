package io.kilonova.scheduling;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is to be placed: one server, or {@code count} of the same kind.
 *
 * @param projectId who will own it
 * @param resources amount by resource class, from the flavor's sizes and its {@code resources:} extra specs
 * @param requiredTraits what a host must have
 * @param forbiddenTraits what a host must not have
 * @param flavor its name and extra specs
 * @param image what the image asks
 * @param hints what the caller hints
 * @param group the server group it joins
 * @param destination where it may go
 * @param count how many servers, 1 or more
 */
public record PlacementRequest(
        String projectId,
        Map<String, Long> resources,
        Set<String> requiredTraits,
        Set<String> forbiddenTraits,
        FlavorRequirements flavor,
        ImageRequirements image,
        SchedulerHints hints,
        Optional<ServerGroup> group,
        Destination destination,
        int count) {

    /** Keeps copies in the order of names, so that equal requests are told alike. */
    public PlacementRequest {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1");
        }
        TreeMap<String, Long> asked = new TreeMap<>(resources);
        asked.values().removeIf(amount -> amount <= 0);
        resources = java.util.Collections.unmodifiableMap(asked);
        requiredTraits = java.util.Collections.unmodifiableSet(new TreeSet<>(requiredTraits));
        forbiddenTraits = java.util.Collections.unmodifiableSet(new TreeSet<>(forbiddenTraits));
    }

    /**
     * A request for a flavor, with what its extra specs say of resources and traits: {@code resources:CLASS=N} replaces
     * (0 removes), {@code trait:NAME=required} and {@code =forbidden} add. Numbered groups ({@code resources1:}) are added
     * up, for a host has one resource provider.
     *
     * @throws io.kilonova.errors.ServiceException with {@link SchedulingError#EXTRA_SPEC_INVALID}
     */
    public static PlacementRequest of(
            String projectId, long virtualCpus, long memoryMebibytes, long diskGibibytes, FlavorRequirements flavor) {
        RequestedResources requested =
                RequestedResources.from(virtualCpus, memoryMebibytes, diskGibibytes, flavor.extraSpecs());
        return new PlacementRequest(
                projectId,
                requested.amounts(),
                requested.requiredTraits(),
                requested.forbiddenTraits(),
                flavor,
                ImageRequirements.none(),
                SchedulerHints.none(),
                Optional.empty(),
                Destination.anywhere(),
                1);
    }

    /** How much of a resource class is asked for; 0 when none. */
    public long amount(String resourceClass) {
        return resources.getOrDefault(resourceClass, 0L);
    }

    /** The same with what an image asks; its {@code trait:NAME=required} properties count too. */
    public PlacementRequest withImage(ImageRequirements changed) {
        Set<String> required = new TreeSet<>(requiredTraits);
        changed.properties().forEach((key, value) -> {
            if (key.startsWith("trait:") && value.equals("required")) {
                required.add(key.substring("trait:".length()));
            }
        });
        return new PlacementRequest(
                projectId, resources, required, forbiddenTraits, flavor, changed, hints, group, destination, count);
    }

    /** The same with hints. */
    public PlacementRequest withHints(SchedulerHints changed) {
        return new PlacementRequest(
                projectId,
                resources,
                requiredTraits,
                forbiddenTraits,
                flavor,
                image,
                changed,
                group,
                destination,
                count);
    }

    /** The same in a group. */
    public PlacementRequest withGroup(ServerGroup changed) {
        return new PlacementRequest(
                projectId,
                resources,
                requiredTraits,
                forbiddenTraits,
                flavor,
                image,
                hints,
                Optional.of(changed),
                destination,
                count);
    }

    /** The same with another destination. */
    public PlacementRequest withDestination(Destination changed) {
        return new PlacementRequest(
                projectId, resources, requiredTraits, forbiddenTraits, flavor, image, hints, group, changed, count);
    }

    /** The same for {@code changed} servers. */
    public PlacementRequest times(int changed) {
        return new PlacementRequest(
                projectId,
                resources,
                requiredTraits,
                forbiddenTraits,
                flavor,
                image,
                hints,
                group,
                destination,
                changed);
    }

    /** The same with further traits. */
    public PlacementRequest withTraits(Set<String> moreRequired, Set<String> moreForbidden) {
        if (moreRequired.isEmpty() && moreForbidden.isEmpty()) {
            return this;
        }
        Set<String> required = new TreeSet<>(requiredTraits);
        required.addAll(moreRequired);
        Set<String> forbidden = new TreeSet<>(forbiddenTraits);
        forbidden.addAll(moreForbidden);
        return new PlacementRequest(
                projectId, resources, required, forbidden, flavor, image, hints, group, destination, count);
    }

    /** The same with other resources. */
    public PlacementRequest withResources(Map<String, Long> changed) {
        return new PlacementRequest(
                projectId, changed, requiredTraits, forbiddenTraits, flavor, image, hints, group, destination, count);
    }
}
