package io.kilonova.servers;

import java.util.Optional;

/**
 * A flavor that shall be made.
 *
 * @param id as asked for; without one it becomes a UUID
 * @param name unique
 * @param description for people (Compute API 2.55)
 * @param virtualCpus processors
 * @param memoryMebibytes memory
 * @param rootDiskGibibytes root disk; 0 takes the image's size
 * @param ephemeralDiskGibibytes second disk
 * @param swapMebibytes swap disk
 * @param receiveTransmitFactor {@code rxtx_factor}, of no effect
 * @param isPublic whether every project may use it
 */
public record FlavorCreate(
        Optional<String> id,
        String name,
        Optional<String> description,
        int virtualCpus,
        int memoryMebibytes,
        int rootDiskGibibytes,
        int ephemeralDiskGibibytes,
        int swapMebibytes,
        double receiveTransmitFactor,
        boolean isPublic) {
    /** A public flavor with a root disk alone. */
    public static FlavorCreate of(String id, String name, int virtualCpus, int memoryMebibytes, int diskGibibytes) {
        return new FlavorCreate(
                Optional.of(id), name, Optional.empty(), virtualCpus, memoryMebibytes, diskGibibytes, 0, 0, 1.0, true);
    }
}
