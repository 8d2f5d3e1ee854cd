package io.kilonova.servers;

import io.kilonova.spi.HostInventory;
import java.time.Instant;
import java.util.Optional;

/**
 * A hypervisor host as the cloud knows it ({@code os-services}, {@code os-hypervisors}).
 *
 * @param host its name
 * @param id UUID: the service's, the hypervisor's and the resource provider's
 * @param number counts up, the id before Compute API 2.53
 * @param disabled whether an operator keeps new servers off it
 * @param disabledReason why
 * @param forcedDown whether an operator says that it is dead
 * @param zone its availability zone
 * @param inventory what it said last
 * @param createdAt when it came
 * @param updatedAt when it was changed last
 * @param seenAt when it answered last; empty when not since this controller started
 */
public record ComputeHost(
        String host,
        String id,
        long number,
        boolean disabled,
        Optional<String> disabledReason,
        boolean forcedDown,
        String zone,
        HostInventory inventory,
        Instant createdAt,
        Instant updatedAt,
        Optional<Instant> seenAt) {}
