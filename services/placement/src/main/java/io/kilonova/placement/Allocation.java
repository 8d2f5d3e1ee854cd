package io.kilonova.placement;

/**
 * What a consumer takes of one resource class at one provider.
 *
 * @param providerUuid from whom
 * @param resourceClass for example {@code VCPU}
 * @param amount 1 or more, in the class's unit
 */
public record Allocation(String providerUuid, String resourceClass, long amount) {
    /** Refuses amounts that are none. */
    public Allocation {
        if (amount < 1) {
            throw PlacementError.ALLOCATION_INVALID.with("the amount of " + resourceClass + " must be at least 1");
        }
    }
}
