package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.FLAVOR;
import static io.kilonova.servers.ServerColumns.FLAVOR_ID;
import static io.kilonova.servers.ServerColumns.HOST;
import static io.kilonova.servers.ServerColumns.ZONE;

import io.kilonova.access.Visibility;
import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.ServiceException;
import io.kilonova.networks.ServerCard;
import io.kilonova.networks.ServerPlace;
import io.kilonova.operations.Done;
import io.kilonova.operations.Ending;
import io.kilonova.operations.Failure;
import io.kilonova.operations.Outcome;
import io.kilonova.operations.StepContext;
import io.kilonova.scheduling.Host;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all moves of servers share. A move holds the room at both sides until it is decided which of them keeps the server, and
 * starts no guest on one side before it knows that the other has none.
 */
final class Moves {
    /** How a host fails that may be dead. */
    static final Set<ErrorCode> NO_ANSWER = Set.of(HypervisorError.HYPERVISOR_UNREACHABLE, ServerError.HOST_LOST);

    private static final Logger LOGGER = LoggerFactory.getLogger(Moves.class);

    private final Compute compute;

    Moves(Compute compute) {
        this.compute = compute;
    }

    Server server(ServerMove move) {
        return compute.servers().get(Visibility.everything(), move.serverId());
    }

    Migration migration(ServerMove move) {
        return compute.migrations().get(move.migrationId());
    }

    /** Writes down that a server begins to move; what is {@code held} of the quota was taken already. */
    ServerMove begin(
            Transaction transaction,
            Server server,
            Requester requester,
            ServerCommand command,
            Course course,
            Instant now) {
        Migration migration = new Migration(
                UUID.randomUUID().toString(),
                ServerStore.take(transaction, "migrations"),
                server.id(),
                requester.projectId(),
                requester.userId(),
                course.type(),
                course.type() == MigrationType.LIVE_MIGRATION ? MigrationStatus.QUEUED : MigrationStatus.PRE_MIGRATING,
                server.vmState(),
                server.host().orElseThrow(),
                Optional.empty(),
                server.flavor(),
                course.flavor(),
                Quotas.of(course.flavor()).beyond(Quotas.of(server.flavor())),
                Optional.empty(),
                now,
                now);
        compute.migrations().insert(transaction, migration);
        return ServerMove.of(migration, requester, command, course.wish(), server.vmState() != VmState.STOPPED);
    }

    /** In which way, to which size and where a server moves. */
    record Course(MigrationType type, Flavor flavor, ServerMove.Wish wish) {}

    /** Refuses to take a server away from a host that is not known to be down: its guest may run there. */
    void requireDown(String host) {
        switch (state(host)) {
            case UP -> throw ServerError.HOST_IN_USE.with(host);
            case UNKNOWN -> throw ServerError.HOST_NOT_HEARD_YET.with(host);
            case DOWN -> {}
        }
    }

    /** Whether an operator says that a host is dead. */
    boolean isSaidDead(String host) {
        return compute.hosts().find(host).filter(ComputeHost::forcedDown).isPresent();
    }

    /** What this controller can say of a host; one that was forgotten was down. */
    HostState state(String host) {
        return compute.hosts().find(host).map(compute.hosts()::state).orElse(HostState.DOWN);
    }

    /** Decides where a server goes and takes the room there; its migration holds the room at the source from now on. */
    Done<ServerMove> place(ServerMove move, MigrationStatus next, TaskState task, StepContext context) {
        Server server = server(move);
        // An earlier move that was cancelled for this one may have gone back meanwhile.
        if (!server.host().equals(Optional.of(move.source()))) {
            throw ServerError.SERVER_NOT_READY.with(server.id());
        }
        Migration migration = migration(move);
        return compute.room()
                .choose(
                        server,
                        () -> compute.requests().of(server, migration.newFlavor(), move.wish()),
                        "",
                        context,
                        chosen -> take(move, server, chosen, new Begun(next, task), context));
    }

    /** What a move and its server are when room is taken for them. */
    private record Begun(MigrationStatus status, TaskState task) {}

    private Done<ServerMove> take(
            ServerMove move, Server server, HostRoom.Chosen chosen, Begun begun, StepContext context) {
        Instant now = context.clock().instant();
        return Done.with(move.to(Optional.of(chosen.host())), transaction -> {
            compute.room().handOver(transaction, server, move.migrationId());
            compute.room().take(transaction, server, chosen, context);
            compute.migrations()
                    .goesTo(transaction, move.migrationId(), Optional.of(chosen.host()), begun.status(), now);
            compute.changes().begin(transaction, server.id(), begun.task(), now);
        });
    }

    /** Gives the room at the destination back, and has the server hold again what it has at the source. */
    Done<ServerMove> displace(ServerMove move, StepContext context) {
        compute.room().giveUp(move.serverId());
        if (move.destination().isEmpty()) {
            return Done.with(move);
        }
        Server server = server(move);
        return Done.with(move.to(Optional.empty()), transaction -> {
            compute.room()
                    .release(
                            transaction,
                            server.id(),
                            move.goal(),
                            context.clock().instant());
            compute.room().takeBack(transaction, server, move.migrationId());
        });
    }

    /**
     * Connects a server's ports to a host, and says that it is there from now on, in this size.
     *
     * @param task what is done to it next; empty on the way back, when somebody else may have begun something already
     */
    Done<ServerMove> connect(
            ServerMove move, String host, Flavor flavor, Optional<TaskState> task, StepContext context) {
        Server server = server(move);
        Migration migration = migration(move);
        String zone = compute.ledger().view().find(host).map(Host::zone).orElse(server.zone());
        List<ServerCard> cards = compute.networks()
                .bind(new ServerPlace(server.id(), server.projectId(), server.hostname(), host, zone));
        Quotas.Usage most =
                Quotas.of(migration.oldFlavor().equals(flavor) ? migration.newFlavor() : migration.oldFlavor());
        Instant now = context.clock().instant();
        return Done.with(move, transaction -> {
            compute.servers().updateCards(transaction, server.id(), cards, now);
            compute.servers()
                    .update(
                            transaction,
                            server.id(),
                            Map.of(HOST, host, ZONE, zone, FLAVOR_ID, flavor.id(), FLAVOR, Documents.write(flavor)),
                            now);
            compute.migrations().holds(transaction, migration.id(), most.beyond(Quotas.of(flavor)), now);
            task.ifPresent(next -> compute.changes().begin(transaction, server.id(), next, now));
        });
    }

    /** The same for a server that keeps its size. */
    Done<ServerMove> connect(ServerMove move, String host, Optional<TaskState> task, StepContext context) {
        return connect(move, host, server(move).flavor(), task, context);
    }

    /** Starts the guest on a host, unless it was off. */
    Done<ServerMove> start(ServerMove move, String host, boolean runs) {
        if (runs) {
            compute.fleet().get(host).start(compute.specifications().of(server(move)));
        }
        return Done.with(move);
    }

    /**
     * Ends the guest on the host where it may have been started; only then may it be started elsewhere. The host is told even if
     * none runs there: a command to start it that is still on its way is refused after this one.
     */
    Done<ServerMove> unstart(ServerMove move, StepContext context) {
        move.startedOn().ifPresent(host -> end(move, host));
        return Done.with(move.starting(Optional.empty()));
    }

    /** Ends the guest on a host at once, if it has it. */
    void end(ServerMove move, String host) {
        try {
            compute.fleet().get(host).stop(move.serverId(), Duration.ZERO);
        } catch (ServiceException failure) {
            if (failure.code() != HypervisorError.GUEST_NOT_FOUND) {
                throw failure;
            }
        }
    }

    /**
     * Starts the guest again where it was before the move, in the size that it had there; not on a host that is said to be dead,
     * for whoever says so has its servers made elsewhere.
     */
    Done<ServerMove> restart(ServerMove move, String host, Flavor flavor) {
        if (move.startedOn().isPresent()) {
            throw HypervisorError.HYPERVISOR_UNREACHABLE.with(
                    move.startedOn().get(), "the guest may run there, so that it is started nowhere else");
        }
        if (move.ran() && !isSaidDead(host)) {
            compute.fleet().get(host).start(compute.specifications().of(server(move), flavor));
        }
        return Done.with(move);
    }

    /** Whether a guest holds a processor on a host. */
    boolean isLive(String host, String serverId) {
        return compute.fleet().get(host).guests().stream()
                .filter(guest -> guest.id().equals(serverId))
                .anyMatch(guest -> guest.power() == PowerState.RUNNING || guest.power() == PowerState.PAUSED);
    }

    /** Whether a host has a guest, be it off; one that is on its way there it does not have yet. */
    boolean has(String host, String serverId) {
        return compute.fleet().get(host).guests().stream()
                .anyMatch(guest -> guest.id().equals(serverId));
    }

    /** Whether a host did not answer because it is down: it can be told nothing until it is back. */
    boolean isGone(String host, ServiceException failure) {
        return NO_ANSWER.contains(failure.code()) && state(host) == HostState.DOWN;
    }

    /** The same of a host that an operator says is dead: no guest runs there. */
    boolean isDead(String host, ServiceException failure) {
        return NO_ANSWER.contains(failure.code()) && isSaidDead(host);
    }

    /** Removes what is left of a guest on a host; where that fails, the host's reconciliation does it later. */
    void leave(String host, String serverId) {
        try {
            compute.fleet().get(host).destroy(serverId);
        } catch (ServiceException exception) {
            LOGGER.warn("server={} is left behind on host {}: {}", serverId, host, exception.sentence());
        }
    }

    /** Removes what unfinished moves of a server that is deleted left on other hosts. */
    void leaveBehind(String serverId) {
        compute.migrations().ofServer(serverId).stream()
                .filter(migration -> migration.status().open() && migration.status() != MigrationStatus.DONE)
                .forEach(migration -> {
                    leave(migration.source(), serverId);
                    migration.destination().ifPresent(host -> leave(host, serverId));
                });
    }

    /** Ends the unfinished moves of a server that is deleted. What it left on a dead host keeps its room until it is removed. */
    void forget(Transaction transaction, Server server, Instant now) {
        Migrations.ofServer(transaction.sql(), server.id()).stream()
                .filter(migration -> migration.status().open() && migration.status() != MigrationStatus.DONE)
                .forEach(migration -> close(transaction, server, migration, MigrationStatus.CONFIRMED, now));
    }

    /** Ends a move whose server stays at the destination: room and quota for a return are given back. */
    void close(Transaction transaction, Server server, Migration migration, MigrationStatus status, Instant now) {
        compute.room().release(transaction, migration.id(), migration.source(), now);
        unhold(transaction, server, migration, now);
        compute.migrations().became(transaction, migration.id(), status, now);
    }

    /** Ends an evacuation whose dead host has nothing of the server any more, or is no host any more. */
    void complete(Transaction transaction, Migration evacuation, Instant now) {
        compute.room().release(transaction, evacuation.id(), evacuation.source(), now);
        compute.migrations().became(transaction, evacuation.id(), MigrationStatus.COMPLETED, now);
    }

    private void unhold(Transaction transaction, Server server, Migration migration, Instant now) {
        compute.quotas().release(transaction, server.projectId(), migration.held());
        compute.migrations().holds(transaction, migration.id(), new Quotas.Usage(0, 0, 0), now);
    }

    /** Writes that a move ended; empty when its server is gone. */
    Optional<Server> ended(Ending<ServerMove> ending, Transaction transaction) {
        ServerMove move = ending.state();
        Optional<Server> server = ServerStore.find(transaction.sql(), Visibility.everything(), move.serverId());
        compute.actions()
                .finish(
                        transaction,
                        move.requester().actionId(),
                        server.flatMap(Server::host),
                        ending.failure().map(Failure::sentence),
                        ending.at());
        return server;
    }

    /** Writes that a move did not come to pass; the server is what it was, or in ERROR when that could not be reached. */
    void failed(Ending<ServerMove> ending, Server server, MigrationStatus otherwise, Transaction transaction) {
        ServerMove move = ending.state();
        Failure reason = ending.failure().orElseThrow();
        if (ending.compensationFailure().isPresent()) {
            compute.migrations().became(transaction, move.migrationId(), MigrationStatus.ERROR, ending.at());
            compute.changes().failed(transaction, server.id(), reason, ending.at());
            return;
        }
        if (!otherwise.open()) {
            unhold(transaction, server, Migrations.get(transaction.sql(), move.migrationId()), ending.at());
        }
        boolean cancelled = ending.outcome() == Outcome.CANCELLED
                || reason.code().equals(HypervisorError.LIVE_MIGRATION_ABORTED.name());
        compute.migrations()
                .became(
                        transaction,
                        move.migrationId(),
                        cancelled && !otherwise.open() ? MigrationStatus.CANCELLED : otherwise,
                        ending.at());
        // Whoever cancelled it may be doing something else to the server already.
        boolean ours = server.taskState()
                .filter(ServerLifecycle.of(move.command()).through()::contains)
                .isPresent();
        if (ours) {
            compute.changes()
                    .relaxed(transaction, server.id(), cancelled ? Optional.empty() : Optional.of(reason), ending.at());
        }
    }
}
