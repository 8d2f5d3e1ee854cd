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

/** Gives up what a moved server has at its source: it stays where it is. A source that does not answer does not keep it waiting. */
final class ConfirmResize implements Operation<ServerMove> {
    static final String NAME = "confirm_resize";

    private final Compute compute;
    private final Moves moves;

    ConfirmResize(Compute compute) {
        this.compute = compute;
        this.moves = compute.moves();
    }

    @Override
    public Plan<ServerMove> plan() {
        return new Plan<>(
                NAME,
                ServerMove.class,
                ServerLifecycle.of(ServerCommand.CONFIRM_RESIZE).limit(),
                List.of(Step.named("remove_from_source")
                        .within(Duration.ofMinutes(5))
                        .runs(this::removeFromSource)
                        .holding(move -> HostBounds.command(move.source()))));
    }

    private Done<ServerMove> removeFromSource(ServerMove move, StepContext context) {
        moves.leave(move.source(), move.serverId());
        return Done.with(move);
    }

    @Override
    public void ended(Ending<ServerMove> ending, Transaction transaction) {
        ServerMove move = ending.state();
        moves.ended(ending, transaction).ifPresent(server -> {
            if (ending.outcome() == Outcome.SUCCEEDED) {
                Migration migration = Migrations.get(transaction.sql(), move.migrationId());
                moves.close(transaction, server, migration, MigrationStatus.CONFIRMED, ending.at());
                VmState state = server.powerState() == PowerState.SHUT_DOWN ? VmState.STOPPED : VmState.ACTIVE;
                compute.changes().settled(transaction, server, state, server.powerState(), ending.at());
            } else {
                moves.failed(ending, server, MigrationStatus.FINISHED, transaction);
            }
        });
    }
}
