package io.kilonova.placement;

/**
 * An inventory and what of it is taken.
 *
 * @param inventory what there is
 * @param used the sum of the allocations
 */
public record InventoryUsage(Inventory inventory, long used) {
    /** Whether one more consumer may take {@code amount}. */
    public boolean grants(long amount) {
        return amount >= inventory.minimumUnit()
                && amount <= inventory.maximumUnit()
                && amount % inventory.stepSize() == 0
                && used + amount <= inventory.capacity();
    }
}
