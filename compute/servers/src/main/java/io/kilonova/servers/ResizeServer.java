package io.kilonova.servers;

import io.kilonova.errors.ServiceException;
import io.kilonova.operations.Done;
import io.kilonova.operations.Ending;
import io.kilonova.operations.Operation;
import io.kilonova.operations.Outcome;
import io.kilonova.operations.Plan;
import io.kilonova.operations.Step;
import io.kilonova.operations.StepContext;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a server that is off to another host, with another flavor or the same: its disks are copied, and both sides are kept
 * until the user confirms or reverts. A server that ran is shut down for it and started at its destination.
 */
final class ResizeServer implements Operation<ServerMove> {
    static final String NAME = "resize_server";

    private static final Logger LOGGER = LoggerFactory.getLogger(ResizeServer.class);

    private final Compute compute;
    private final Moves moves;

    ResizeServer(Compute compute) {
        this.compute = compute;
        this.moves = compute.moves();
    }

    @Override
    public Plan<ServerMove> plan() {
        return new Plan<>(
                NAME,
                ServerMove.class,
                ServerLifecycle.of(ServerCommand.RESIZE).limit(),
                List.of(
                        Step.named("place")
                                .within(Duration.ofMinutes(1))
                                .runs(this::place)
                                .undoneBy(moves::displace),
                        Step.named("stop_at_source")
                                .within(Duration.ofMinutes(10))
                                .runs(this::stopAtSource)
                                .undoneBy(this::restartAtSource)
                                .holding(move -> HostBounds.command(move.source())),
                        Step.named("copy_disks")
                                .within(Duration.ofHours(3))
                                .runs(this::copyDisks)
                                .undoneBy(this::removeCopy)
                                .holding(move -> HostBounds.copy(move.source())),
                        Step.named("connect_networks")
                                .within(Duration.ofMinutes(2))
                                .runs(this::connectThere)
                                .undoneBy(this::connectBack),
                        Step.named("start")
                                .within(Duration.ofMinutes(10))
                                .runs(this::startThere)
                                .undoneBy(moves::unstart)
                                .holding(move -> HostBounds.command(move.goal()))));
    }

    private Done<ServerMove> place(ServerMove move, StepContext context) {
        return moves.place(move, MigrationStatus.PRE_MIGRATING, TaskState.RESIZE_MIGRATING, context);
    }

    private Done<ServerMove> stopAtSource(ServerMove move, StepContext context) {
        compute.fleet()
                .get(move.source())
                .stop(move.serverId(), compute.options().shutdownGrace());
        Instant now = context.clock().instant();
        return Done.with(
                move,
                transaction ->
                        compute.migrations().became(transaction, move.migrationId(), MigrationStatus.MIGRATING, now));
    }

    private Done<ServerMove> restartAtSource(ServerMove move, StepContext context) {
        return moves.restart(move, move.source(), moves.migration(move).oldFlavor());
    }

    private Done<ServerMove> copyDisks(ServerMove move, StepContext context) {
        compute.fleet()
                .get(move.goal())
                .importDisks(
                        compute.specifications()
                                .of(moves.server(move), moves.migration(move).newFlavor()),
                        DiskSource.of(compute.fleet().get(move.source()), move.serverId()),
                        context::report);
        Instant now = context.clock().instant();
        return Done.with(move, transaction -> {
            compute.migrations().became(transaction, move.migrationId(), MigrationStatus.POST_MIGRATING, now);
            compute.changes().begin(transaction, move.serverId(), TaskState.RESIZE_MIGRATED, now);
        });
    }

    private Done<ServerMove> removeCopy(ServerMove move, StepContext context) {
        try {
            compute.fleet().get(move.goal()).destroy(move.serverId());
            return Done.with(move.starting(Optional.empty()));
        } catch (ServiceException failure) {
            if (!moves.isGone(move.goal(), failure)) {
                throw failure;
            }
            // A copy is off: it keeps nobody from the source, and goes when the host is back and tells of it.
            LOGGER.warn("server={} its copy is left for now: {}", move.serverId(), failure.sentence());
            return Done.with(move);
        }
    }

    private Done<ServerMove> connectThere(ServerMove move, StepContext context) {
        return moves.connect(
                move.starting(move.destination()),
                move.goal(),
                moves.migration(move).newFlavor(),
                Optional.of(TaskState.RESIZE_FINISH),
                context);
    }

    private Done<ServerMove> connectBack(ServerMove move, StepContext context) {
        return moves.connect(move, move.source(), moves.migration(move).oldFlavor(), Optional.empty(), context);
    }

    private Done<ServerMove> startThere(ServerMove move, StepContext context) {
        return moves.start(move, move.goal(), move.ran());
    }

    @Override
    public void ended(Ending<ServerMove> ending, Transaction transaction) {
        ServerMove move = ending.state();
        moves.ended(ending, transaction).ifPresent(server -> {
            if (ending.outcome() == Outcome.SUCCEEDED) {
                PowerState power = move.ran() ? PowerState.RUNNING : PowerState.SHUT_DOWN;
                compute.changes().settled(transaction, server, VmState.RESIZED, power, ending.at());
                compute.migrations().became(transaction, move.migrationId(), MigrationStatus.FINISHED, ending.at());
                transaction.afterCommit(() -> compute.ledger().built(move.goal(), true));
            } else {
                moves.failed(ending, server, MigrationStatus.FAILED, transaction);
            }
        });
    }
}
