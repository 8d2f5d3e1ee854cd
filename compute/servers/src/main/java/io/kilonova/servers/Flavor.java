package io.kilonova.servers;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a server is sized by. A server keeps a copy of its flavor as it was when it was made.
 *
 * @param id the {@code flavorid} that the API knows
 * @param name unique
 * @param description for people
 * @param virtualCpus processors
 * @param memoryMebibytes memory
 * @param rootDiskGibibytes root disk; 0 takes the image's size
 * @param ephemeralDiskGibibytes second disk
 * @param swapMebibytes swap disk
 * @param receiveTransmitFactor {@code rxtx_factor}, of no effect
 * @param isPublic whether every project may use it
 * @param disabled whether new servers may not use it
 * @param extraSpecs demands on the host and the guest
 * @param createdAt when it was made
 * @param updatedAt when it was changed last
 */
public record Flavor(
        String id,
        String name,
        Optional<String> description,
        int virtualCpus,
        int memoryMebibytes,
        int rootDiskGibibytes,
        int ephemeralDiskGibibytes,
        int swapMebibytes,
        double receiveTransmitFactor,
        boolean isPublic,
        boolean disabled,
        Map<String, String> extraSpecs,
        Instant createdAt,
        Optional<Instant> updatedAt) {
    /** What the disks take in whole gibibytes: root, ephemeral and swap rounded up. */
    public long diskGibibytes() {
        return rootDiskGibibytes + ephemeralDiskGibibytes + Math.ceilDiv(swapMebibytes, 1024);
    }
}
