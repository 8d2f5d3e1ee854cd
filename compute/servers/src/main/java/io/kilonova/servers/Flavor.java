package io.kilonova.servers;

import io.kilonova.scheduling.FlavorRequirements;
import io.kilonova.scheduling.PlacementRequest;
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

    /**
     * What a server of this flavor takes of its host, by resource class; extra specs {@code resources:CLASS} replace sizes.
     *
     * @throws io.kilonova.errors.ServiceException {@link io.kilonova.scheduling.SchedulingError#EXTRA_SPEC_INVALID}
     */
    public Map<String, Long> resources() {
        return request("").resources();
    }

    /** What a server of this flavor asks of a host, whatever it is made from. */
    PlacementRequest request(String projectId) {
        return PlacementRequest.of(
                projectId, virtualCpus, memoryMebibytes, diskGibibytes(), new FlavorRequirements(name, extraSpecs));
    }
}
