package io.kilonova.servers;

import io.kilonova.operations.Done;
import io.kilonova.operations.Ending;
import io.kilonova.operations.Operation;
import io.kilonova.operations.Outcome;
import io.kilonova.operations.Plan;
import io.kilonova.operations.Step;
import io.kilonova.operations.StepContext;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Takes a moved server back to its source, in the size and with the disks that it had there. Once it is started there is no way
 * back: what it had at the destination may be gone, and whatever fails then, it is at its source.
 */
final class RevertResize implements Operation<ServerMove> {
    static final String NAME = "revert_resize";

    private final Compute compute;
    private final Moves moves;

    RevertResize(Compute compute) {
        this.compute = compute;
        this.moves = compute.moves();
    }

    @Override
    public Plan<ServerMove> plan() {
        return new Plan<>(
                NAME,
                ServerMove.class,
                ServerLifecycle.of(ServerCommand.REVERT_RESIZE).limit(),
                List.of(
                        Step.named("stop_at_destination")
                                .within(Duration.ofMinutes(5))
                                .runs(this::stopAtDestination)
                                .undoneBy(this::restartAtDestination)
                                .holding(move -> HostBounds.command(move.goal())),
                        Step.named("connect_networks")
                                .within(Duration.ofMinutes(2))
                                .runs(this::connectBack)
                                .undoneBy(this::connectThere),
                        Step.named("start")
                                .within(Duration.ofMinutes(10))
                                .runs(this::startAtSource)
                                .undoneBy(this::unstart)
                                .holding(move -> HostBounds.command(move.source())),
                        Step.named("remove_from_destination")
                                .within(Duration.ofMinutes(5))
                                .runs(this::removeFromDestination)
                                .holding(move -> HostBounds.command(move.goal()))));
    }

    private Done<ServerMove> stopAtDestination(ServerMove move, StepContext context) {
        compute.fleet().get(move.goal()).stop(move.serverId(), Duration.ZERO);
        return Done.with(move);
    }

    private Done<ServerMove> restartAtDestination(ServerMove move, StepContext context) {
        return move.arrived()
                ? Done.with(move)
                : moves.restart(move, move.goal(), moves.migration(move).newFlavor());
    }

    private Done<ServerMove> connectBack(ServerMove move, StepContext context) {
        return moves.connect(
                move.starting(Optional.of(move.source())),
                move.source(),
                moves.migration(move).oldFlavor(),
                Optional.empty(),
                context);
    }

    private Done<ServerMove> connectThere(ServerMove move, StepContext context) {
        return move.arrived()
                ? Done.with(move)
                : moves.connect(move, move.goal(), moves.migration(move).newFlavor(), Optional.empty(), context);
    }

    private Done<ServerMove> startAtSource(ServerMove move, StepContext context) {
        return moves.start(move.arriving(), move.source(), moves.migration(move).before() == VmState.ACTIVE);
    }

    private Done<ServerMove> unstart(ServerMove move, StepContext context) {
        return move.arrived() ? Done.with(move) : moves.unstart(move, context);
    }

    private Done<ServerMove> removeFromDestination(ServerMove move, StepContext context) {
        moves.leave(move.goal(), move.serverId());
        return Done.with(move);
    }

    @Override
    public void ended(Ending<ServerMove> ending, Transaction transaction) {
        ServerMove move = ending.state();
        moves.ended(ending, transaction).ifPresent(server -> {
            if (ending.outcome() != Outcome.SUCCEEDED && !move.arrived()) {
                moves.failed(ending, server, MigrationStatus.FINISHED, transaction);
                return;
            }
            Migration migration = Migrations.get(transaction.sql(), move.migrationId());
            compute.room().release(transaction, server.id(), move.goal(), ending.at());
            compute.room().takeBack(transaction, server, migration.id());
            moves.close(transaction, server, migration, MigrationStatus.REVERTED, ending.at());
            PowerState power = migration.before() == VmState.ACTIVE ? PowerState.RUNNING : PowerState.SHUT_DOWN;
            if (server.taskState().equals(Optional.of(TaskState.RESIZE_REVERTING))) {
                compute.changes().settled(transaction, server, migration.before(), power, ending.at());
            }
        });
    }
}
