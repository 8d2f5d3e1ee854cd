package io.kilonova.servers;

import io.kilonova.placement.Inventory;
import io.kilonova.placement.InventoryUsage;
import java.util.Optional;

/**
 * How much of one resource of a host servers may have.
 *
 * @param reserved units that are kept for the host itself
 * @param allocationRatio how often a unit is given out, held against changes through placement; empty lets placement's value
 *     stand
 * @param initialAllocationRatio the same for a host that placement does not know yet
 */
public record HostShare(long reserved, Optional<Double> allocationRatio, double initialAllocationRatio) {
    /** Where placement's ratio stands. */
    public static HostShare of(long reserved, double initialAllocationRatio) {
        return new HostShare(reserved, Optional.empty(), initialAllocationRatio);
    }

    /** What placement is told of a host that has {@code total} units, when it knew {@code known} of it. */
    Inventory of(long total, Optional<InventoryUsage> known) {
        double ratio = allocationRatio
                .or(() -> known.map(usage -> usage.inventory().allocationRatio()))
                .orElse(initialAllocationRatio);
        return Inventory.of(total, Math.min(reserved, total), ratio);
    }
}
