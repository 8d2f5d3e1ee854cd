package io.kilonova.servers;

import java.time.Duration;
import java.util.Map;

/**
 * What an operator may choose.
 *
 * @param defaultZone the zone of hosts that are in none
 * @param maximumAttempts how many hosts a build tries
 * @param shutdownGrace how long a guest may take to shut down by itself
 * @param quotas limits of whoever has no other
 * @param cpuAllocationRatio how many virtual processors stand on one of the host's
 * @param ramAllocationRatio the same for memory
 * @param diskAllocationRatio the same for disk
 * @param reservedHostMemoryMebibytes kept for the host itself
 * @param reservedHostDiskGibibytes kept for the host itself
 */
public record ComputeOptions(
        String defaultZone,
        int maximumAttempts,
        Duration shutdownGrace,
        Map<QuotaResource, Long> quotas,
        double cpuAllocationRatio,
        double ramAllocationRatio,
        double diskAllocationRatio,
        long reservedHostMemoryMebibytes,
        long reservedHostDiskGibibytes) {
    /** Nova's defaults. */
    public static ComputeOptions defaults() {
        Map<QuotaResource, Long> quotas = new java.util.EnumMap<>(QuotaResource.class);
        for (QuotaResource resource : QuotaResource.values()) {
            quotas.put(resource, resource.standard());
        }
        return new ComputeOptions("nova", 3, Duration.ofSeconds(60), quotas, 4.0, 1.0, 1.0, 512, 0);
    }
}
