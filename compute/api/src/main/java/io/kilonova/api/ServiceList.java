package io.kilonova.api;

import io.kilonova.servers.ComputeHost;
import io.kilonova.servers.ComputeHosts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The services that clients expect of a cloud: {@code nova-compute} on each host, and {@code nova-conductor} and {@code
 * nova-scheduler}, whose work this controller does itself.
 */
final class ServiceList {
    /** The binary of a host. */
    static final String COMPUTE = "nova-compute";

    private static final List<String> OF_CONTROLLER = List.of("nova-conductor", "nova-scheduler");
    private static final String INTERNAL_ZONE = "internal";

    /** The numbers before 2.53 of what is no host stand above those of any host. */
    private static final long FIRST_NUMBER_OF_CONTROLLER = 1_000_001;

    private final ComputeHosts hosts;
    private final String controllerHost;
    private final InstantSource clock;

    /**
     * One service.
     *
     * @param id UUID
     * @param number the id before Compute API 2.53
     * @param binary which service it is, in Nova's names
     * @param host where
     * @param zone its availability zone
     * @param disabled whether an operator keeps it from new work
     * @param disabledReason why
     * @param up whether it answers
     * @param forcedDown whether an operator says that it is dead
     * @param updatedAt when it was heard of last
     */
    record Entry(
            String id,
            long number,
            String binary,
            String host,
            String zone,
            boolean disabled,
            Optional<String> disabledReason,
            boolean up,
            boolean forcedDown,
            Instant updatedAt) {
        boolean isCompute() {
            return binary.equals(COMPUTE);
        }
    }

    ServiceList(ComputeHosts hosts, String controllerHost, InstantSource clock) {
        this.hosts = hosts;
        this.controllerHost = controllerHost;
        this.clock = clock;
    }

    /** Every service, the controller's first. */
    List<Entry> all() {
        List<Entry> entries = new ArrayList<>();
        for (int index = 0; index < OF_CONTROLLER.size(); index++) {
            String binary = OF_CONTROLLER.get(index);
            byte[] identity = (binary + "@" + controllerHost).getBytes(StandardCharsets.UTF_8);
            entries.add(new Entry(
                    UUID.nameUUIDFromBytes(identity).toString(),
                    FIRST_NUMBER_OF_CONTROLLER + index,
                    binary,
                    controllerHost,
                    INTERNAL_ZONE,
                    false,
                    Optional.empty(),
                    true,
                    false,
                    clock.instant()));
        }
        hosts.list().forEach(host -> entries.add(entry(host)));
        return List.copyOf(entries);
    }

    private Entry entry(ComputeHost host) {
        return new Entry(
                host.id(),
                host.number(),
                COMPUTE,
                host.host(),
                host.zone(),
                host.disabled(),
                host.disabledReason(),
                hosts.isUp(host),
                host.forcedDown(),
                host.seenAt().filter(host.updatedAt()::isBefore).orElse(host.updatedAt()));
    }
}
