package io.kilonova.servers;

import io.kilonova.access.Visibility;
import io.kilonova.errors.ServiceException;
import io.kilonova.spi.GuestReport;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.PowerState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the hypervisors say of guests and what the rows of servers say together. A guest that stopped by itself makes its
 * server stopped; a guest is removed when this cloud knows that it deleted its server, or took it elsewhere. Any other guest is
 * told of and left alone, by whomever it was made: the database may be one from a backup, or not the only one.
 */
final class PowerStates {
    private static final Logger LOGGER = LoggerFactory.getLogger(PowerStates.class);

    private final Compute compute;
    private final InstantSource clock;
    private final UnknownGuests unknown;

    PowerStates(Compute compute, InstantSource clock) {
        this.compute = compute;
        this.clock = clock;
        this.unknown = new UnknownGuests(clock);
    }

    /** Takes one report of a host in; what a host says of a server that is elsewhere is of no account. */
    void reported(String host, String serverId, PowerState power) {
        reported(host, serverId, power, Optional.empty());
    }

    private void reported(String host, String serverId, PowerState power, Optional<Instant> unchangedSince) {
        Predicate<Server> isNews = server -> server.host().filter(host::equals).isPresent()
                && server.taskState().isEmpty()
                && server.powerState() != power
                && unchangedSince
                        .filter(instant -> !instant.equals(server.updatedAt()))
                        .isEmpty();
        // Most of what hosts say follows from what they were told to do, and is no reason to write.
        if (compute.servers()
                .find(Visibility.everything(), serverId)
                .filter(isNews)
                .isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        compute.database().change(transaction -> {
            Optional<Server> found = ServerStore.find(transaction.sql(), Visibility.everything(), serverId)
                    .filter(isNews);
            if (found.isEmpty()) {
                return;
            }
            Server server = found.get();
            Optional<VmState> state = settles(server.vmState(), power).filter(next -> next != server.vmState());
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

    /**
     * What a server is when its guest is found in another power state; empty when it stays what it is. A guest may have been
     * paused by itself, or by a command whose answer was lost. A suspended one keeps its memory; one that is off has none to resume.
     */
    static Optional<VmState> settles(VmState state, PowerState power) {
        return switch (state) {
            case ACTIVE, PAUSED, STOPPED, SUSPENDED ->
                switch (power) {
                    case RUNNING -> Optional.of(VmState.ACTIVE);
                    case PAUSED -> Optional.of(VmState.PAUSED);
                    case SUSPENDED -> Optional.of(VmState.SUSPENDED);
                    case SHUT_DOWN, CRASHED -> Optional.of(VmState.STOPPED);
                    case NO_STATE -> Optional.<VmState>empty();
                };
            case BUILDING, RESCUED, RESIZED, SOFT_DELETED, SHELVED, SHELVED_OFFLOADED, DELETED, ERROR ->
                Optional.<VmState>empty();
        };
    }

    /**
     * Compares all guests of a host with the servers that are placed there. The servers are read first, and one that was
     * changed since is left for the next time: what the hypervisor said of it may be older than what it is now.
     */
    void reconcile(Hypervisor hypervisor) {
        Map<String, ServerStore.Guest> servers = compute.servers().onHost(hypervisor.host()).stream()
                .collect(Collectors.toMap(ServerStore.Guest::id, Function.identity()));
        Map<String, GuestReport> guests =
                hypervisor.guests().stream().collect(Collectors.toMap(GuestReport::id, Function.identity()));
        Set<String> strangers = new TreeSet<>();
        for (GuestReport guest : guests.values()) {
            if (servers.containsKey(guest.id())) {
                continue;
            }
            if (guest.ours() && isKnown(guest.id())) {
                compute.operations().between(guest.id(), () -> removeOrphan(hypervisor, guest));
            } else {
                strangers.add(guest.id());
            }
        }
        unknown.found(hypervisor.host(), strangers)
                .forEach(guest -> LOGGER.warn(
                        "host={} has the guest {}, which is no server of this cloud; it is left alone",
                        hypervisor.host(),
                        guest));
        for (ServerStore.Guest server : servers.values()) {
            PowerState power =
                    guests.containsKey(server.id()) ? guests.get(server.id()).power() : PowerState.SHUT_DOWN;
            // A host has a thousand guests and nearly all are as they were: only news costs a transaction.
            if (server.taskState().isEmpty() && server.powerState() != power) {
                reported(hypervisor.host(), server.id(), power, Optional.of(server.updatedAt()));
            }
        }
    }

    /** How many guests were found last on each host that are no servers of this cloud. */
    Map<String, Long> unknownGuests() {
        return unknown.counts();
    }

    /** Whether a guest is or was a server of this cloud. */
    private boolean isKnown(String id) {
        return compute.servers().find(Visibility.everything(), id).isPresent()
                || compute.database().read(sql -> DeletedServers.remembers(sql, ServerColumns.ID.eq(id)));
    }

    private void removeOrphan(Hypervisor hypervisor, GuestReport guest) {
        try {
            Optional<Server> server = compute.servers().find(Visibility.everything(), guest.id());
            if (server.isPresent() && !isLeftBehind(server.get(), guest, hypervisor.host())) {
                return;
            }
            LOGGER.warn(
                    "server={} is not on host {} any more; its guest there is removed", guest.id(), hypervisor.host());
            hypervisor.destroy(guest.id());
        } catch (ServiceException exception) {
            LOGGER.warn("server={} its guest could not be removed: {}", guest.id(), exception.sentence());
        }
    }

    /** Whether a server's last move left a guest on a host, or a build that was given up; else none is touched. */
    private boolean isLeftBehind(Server server, GuestReport guest, String host) {
        // It may have been placed here since the servers of the host were read, or be on its way here.
        if (server.host().filter(host::equals).isPresent() || server.taskState().isPresent()) {
            return false;
        }
        Optional<Migration> last = compute.migrations().ofServer(server.id()).stream()
                .filter(migration -> migration.concerns(host))
                .findFirst();
        boolean built = last.isEmpty() && compute.decisions().chose(server.id(), host);
        if (!built
                && last.filter(migration -> migration.status() != MigrationStatus.ERROR)
                        .isEmpty()) {
            LOGGER.warn(
                    "server={} has a guest on host {} too, where it is not placed; it is left alone",
                    server.id(),
                    host);
        }
        return built
                ? neverRan(server) || hasGuest(server)
                : last.filter(migration -> migration.leftBehindAt(host)).isPresent()
                        && (!isLive(guest) || hasGuest(server));
    }

    /** A server that got no further than its building, and is on no host: whatever a host began to make of it is nobody's. */
    private static boolean neverRan(Server server) {
        return server.host().isEmpty() && server.launchedAt().isEmpty();
    }

    private static boolean isLive(GuestReport guest) {
        return guest.power() == PowerState.RUNNING || guest.power() == PowerState.PAUSED;
    }

    /** The only guest of a server is not what a move left, whatever the move says: its server may come from a backup. */
    private boolean hasGuest(Server server) {
        return server.host()
                .filter(host -> compute.moves().has(host, server.id()))
                .isPresent();
    }

    /** Removes what a host that was dead still has of servers that were evacuated, before anything else is done with it. */
    void clear(Hypervisor hypervisor) {
        for (Migration migration : compute.migrations().openAt(hypervisor.host())) {
            if (migration.awaits(hypervisor.host())) {
                compute.operations().between(migration.serverId(), () -> clear(hypervisor, migration));
            }
        }
    }

    private void clear(Hypervisor hypervisor, Migration evacuation) {
        Optional<Server> server = compute.servers().find(Visibility.everything(), evacuation.serverId());
        if (server.flatMap(Server::taskState).isPresent()) {
            return; // it may be on its way back
        }
        // Whoever said that the host lives while its servers still left it may have had one come back since.
        if (server.flatMap(Server::host).filter(hypervisor.host()::equals).isEmpty()) {
            hypervisor.destroy(evacuation.serverId());
        }
        compute.database().change(transaction -> compute.moves().complete(transaction, evacuation, clock.instant()));
    }
}
