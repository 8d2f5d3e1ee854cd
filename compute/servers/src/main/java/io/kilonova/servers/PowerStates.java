package io.kilonova.servers;

import io.kilonova.access.Visibility;
import io.kilonova.errors.ServiceException;
import io.kilonova.spi.GuestReport;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.PowerState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the hypervisors say of guests and what the rows of servers say together. A guest that stopped by itself makes its
 * server stopped; a guest whose server is gone is removed; a guest that this cloud never made is left alone.
 */
final class PowerStates {
    private static final Logger LOGGER = LoggerFactory.getLogger(PowerStates.class);

    private final Compute compute;
    private final InstantSource clock;

    PowerStates(Compute compute, InstantSource clock) {
        this.compute = compute;
        this.clock = clock;
    }

    /** Takes one report in. While something is being done to the server, only the power state is written. */
    void reported(String serverId, PowerState power) {
        Instant now = clock.instant();
        compute.database().change(transaction -> {
            Optional<Server> found = ServerStore.find(transaction.sql(), Visibility.everything(), serverId);
            if (found.isEmpty()
                    || found.get().taskState().isPresent()
                    || found.get().powerState() == power) {
                return;
            }
            Server server = found.get();
            Optional<VmState> state = settles(server.vmState(), power);
            if (state.isPresent()) {
                LOGGER.info(
                        "server={} the guest is {} by itself: now {}",
                        serverId,
                        power,
                        state.get().label());
                compute.changes().settled(transaction, server, state.get(), power, now);
            } else {
                compute.changes().powerReported(transaction, serverId, power, now);
            }
        });
    }

    /** What a server is when its guest is found in another power state; empty when it stays what it is. */
    static Optional<VmState> settles(VmState state, PowerState power) {
        return switch (state) {
            case ACTIVE, PAUSED ->
                power == PowerState.SHUT_DOWN || power == PowerState.CRASHED
                        ? Optional.of(VmState.STOPPED)
                        : Optional.empty();
            case STOPPED -> power == PowerState.RUNNING ? Optional.of(VmState.ACTIVE) : Optional.empty();
            case BUILDING, SUSPENDED, RESCUED, RESIZED, SOFT_DELETED, SHELVED, SHELVED_OFFLOADED, DELETED, ERROR ->
                Optional.empty();
        };
    }

    /** Compares all guests of a host with the servers that are placed there. */
    void reconcile(Hypervisor hypervisor) {
        List<GuestReport> guests = hypervisor.guests();
        Map<String, Server> servers = compute.servers().onHost(hypervisor.host()).stream()
                .collect(Collectors.toMap(Server::id, Function.identity()));
        Set<String> present = guests.stream().map(GuestReport::id).collect(Collectors.toSet());
        for (GuestReport guest : guests) {
            if (servers.containsKey(guest.id())) {
                reported(guest.id(), guest.power());
            } else if (guest.ours()) {
                removeOrphan(hypervisor, guest);
            }
        }
        servers.values().stream()
                .filter(server -> !present.contains(server.id()))
                .forEach(server -> reported(server.id(), PowerState.SHUT_DOWN));
    }

    private void removeOrphan(Hypervisor hypervisor, GuestReport guest) {
        if (compute.servers().find(Visibility.everything(), guest.id()).isPresent()) {
            LOGGER.warn(
                    "server={} has a guest on host {} too, where it is not placed; it is left alone",
                    guest.id(),
                    hypervisor.host());
            return;
        }
        LOGGER.warn("server={} is gone; its guest on host {} is removed", guest.id(), hypervisor.host());
        try {
            hypervisor.destroy(guest.id());
        } catch (ServiceException exception) {
            LOGGER.warn("server={} its guest could not be removed: {}", guest.id(), exception.sentence());
        }
    }
}
