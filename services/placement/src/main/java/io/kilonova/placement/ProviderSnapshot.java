package io.kilonova.placement;

import java.util.Map;
import java.util.Set;

/**
 * A provider with all that a scheduler needs to know of it.
 *
 * @param provider who
 * @param inventories what it has and how much is taken, by resource class
 * @param traits what it can do
 * @param aggregates the placement aggregates that it belongs to
 */
public record ProviderSnapshot(
        ResourceProvider provider,
        Map<String, InventoryUsage> inventories,
        Set<String> traits,
        Set<String> aggregates) {
    /** Keeps copies. */
    public ProviderSnapshot {
        inventories = Map.copyOf(inventories);
        traits = Set.copyOf(traits);
        aggregates = Set.copyOf(aggregates);
    }
}
