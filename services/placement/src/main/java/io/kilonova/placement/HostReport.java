package io.kilonova.placement;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a node says of its host's resources.
 *
 * @param providerUuid the host's resource provider, always the same for a host
 * @param name the hypervisor's name for the host
 * @param inventories by resource class, with the ratios and reservations that the operator configured
 * @param traits what the host can do, by standard or custom trait name
 */
public record HostReport(String providerUuid, String name, Map<String, Inventory> inventories, Set<String> traits) {
    /** Keeps copies. */
    public HostReport {
        inventories = Map.copyOf(inventories);
        traits = Set.copyOf(traits);
    }

    /** A report of the three classes that every host has; a class of which the host has none is left out. */
    public static HostReport of(
            String providerUuid,
            String name,
            Inventory virtualCpus,
            Inventory memoryMebibytes,
            Inventory diskGibibytes,
            Set<String> traits) {
        Map<String, Inventory> inventories = new LinkedHashMap<>();
        inventories.put(ResourceClasses.VCPU, virtualCpus);
        inventories.put(ResourceClasses.MEMORY_MB, memoryMebibytes);
        inventories.put(ResourceClasses.DISK_GB, diskGibibytes);
        inventories.values().removeIf(inventory -> inventory.total() < 1);
        return new HostReport(providerUuid, name, inventories, traits);
    }
}
