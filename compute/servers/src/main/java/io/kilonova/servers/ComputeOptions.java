package io.kilonova.servers;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What an operator may choose.
 *
 * @param defaultZone the zone of hosts that are in none
 * @param scheduleZone the zone of servers whose request names none; empty for any
 * @param maximumAttempts how many hosts a build tries
 * @param buildLimit how long a build may take before it is undone
 * @param shutdownGrace how long a guest may take to shut down by itself
 * @param quotas limits of whoever has no other
 * @param processors what servers may have of a host's processors
 * @param memoryMebibytes the same of its memory
 * @param diskGibibytes the same of its disk
 * @param resizeConfirmWindow after which a resize is confirmed without its user; zero for never
 */
public record ComputeOptions(
        String defaultZone,
        Optional<String> scheduleZone,
        int maximumAttempts,
        Duration buildLimit,
        Duration shutdownGrace,
        Map<QuotaResource, Long> quotas,
        HostShare processors,
        HostShare memoryMebibytes,
        HostShare diskGibibytes,
        Duration resizeConfirmWindow) {
    /** Nova's defaults. */
    public static ComputeOptions defaults() {
        Map<QuotaResource, Long> quotas = new java.util.EnumMap<>(QuotaResource.class);
        for (QuotaResource resource : QuotaResource.values()) {
            quotas.put(resource, resource.standard());
        }
        return new ComputeOptions(
                "nova",
                Optional.empty(),
                3,
                Duration.ofMinutes(30),
                Duration.ofSeconds(60),
                quotas,
                HostShare.of(0, 4.0),
                HostShare.of(512, 1.0),
                HostShare.of(0, 1.0),
                Duration.ZERO);
    }
}
