package io.kilonova.servers;

import io.kilonova.errors.ServiceException;
import io.kilonova.operations.Done;
import io.kilonova.operations.Ending;
import io.kilonova.operations.Operation;
import io.kilonova.operations.Outcome;
import io.kilonova.operations.Plan;
import io.kilonova.operations.Step;
import io.kilonova.operations.StepContext;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationOptions;
import io.kilonova.spi.LiveMigrationTarget;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Moves a server while it runs. Once its guest runs at the destination there is no way back: whatever fails then, the server
 * is there, and its compensation brings the rest after it.
 */
final class LiveMigrateServer implements Operation<ServerMove> {
    static final String NAME = "live_migrate_server";

    private static final Duration LIMIT = Duration.ofHours(3);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final Compute compute;
    private final Moves moves;

    LiveMigrateServer(Compute compute) {
        this.compute = compute;
        this.moves = compute.moves();
    }

    @Override
    public Plan<ServerMove> plan() {
        return new Plan<>(
                NAME,
                ServerMove.class,
                ServerLifecycle.of(ServerCommand.LIVE_MIGRATE).limit(),
                List.of(
                        Step.named("place")
                                .within(Duration.ofMinutes(1))
                                .runs(this::place)
                                .undoneBy((move, context) ->
                                        move.arrived() ? Done.with(move) : moves.displace(move, context)),
                        Step.named("prepare_destination")
                                .within(Duration.ofMinutes(20))
                                .runs(this::prepare)
                                .undoneBy(this::giveUpDestination)
                                .holding(move -> HostBounds.command(move.goal())),
                        Step.named("move_guest")
                                .within(LIMIT.plusMinutes(10))
                                .runs(this::moveGuest)
                                .undoneBy(this::settle)
                                .holding(move -> HostBounds.liveMigration(move.source())),
                        Step.named("connect_networks")
                                .within(Duration.ofMinutes(2))
                                .runs(this::connect),
                        Step.named("remove_from_source")
                                .within(Duration.ofMinutes(5))
                                .runs(this::removeFromSource)
                                .holding(move -> HostBounds.command(move.source()))));
    }

    private Done<ServerMove> place(ServerMove move, StepContext context) {
        if (!move.wish().copiesDisks()) {
            throw ServerError.STORAGE_NOT_SHARED.with();
        }
        return moves.place(move, MigrationStatus.PREPARING, TaskState.MIGRATING, context);
    }

    private Done<ServerMove> prepare(ServerMove move, StepContext context) {
        LiveMigrationTarget target = compute.fleet()
                .get(move.goal())
                .prepareLiveMigration(compute.specifications().of(moves.server(move)), true, context::report);
        compute.networks().announce(move.serverId(), move.goal());
        Instant now = context.clock().instant();
        return Done.with(
                move.sentTo(target),
                transaction ->
                        compute.migrations().became(transaction, move.migrationId(), MigrationStatus.RUNNING, now));
    }

    private Done<ServerMove> giveUpDestination(ServerMove move, StepContext context) {
        if (move.arrived()) {
            return Done.with(move);
        }
        // What an earlier move left there is no reason to stay in doubt.
        if (moves.has(move.goal(), move.serverId()) && arrived(move)) {
            throw HypervisorError.HYPERVISOR_REFUSED.with(move.goal(), "the guest arrived there");
        }
        compute.fleet().get(move.goal()).destroy(move.serverId());
        return moves.connect(move, move.source(), Optional.empty(), context);
    }

    private Done<ServerMove> moveGuest(ServerMove move, StepContext context) {
        Hypervisor source = compute.fleet().get(move.source());
        GuestSpecification guest = compute.specifications().of(moves.server(move));
        try {
            source.liveMigrate(
                    guest,
                    move.target().orElseThrow(),
                    new LiveMigrationOptions(move.wish().copiesDisks(), LIMIT),
                    progress -> compute.migrations()
                            .moved(move.migrationId(), progress, context.clock().instant()));
            if (arrived(move)) {
                return Done.with(move.arriving());
            }
        } catch (ServiceException failure) {
            if (failure.code() != HypervisorError.HYPERVISOR_UNREACHABLE || context.cancelled()) {
                throw failure;
            }
            return Done.waitFor(LOOK_AGAIN, failure.sentence());
        }
        throw HypervisorError.HYPERVISOR_REFUSED.with(move.source(), "the guest ended while it was moved");
    }

    /**
     * Where the guest is, asked of the source first: a destination may see a guest before it has all of it. One that arrived
     * may be off already; its newest disks are at the destination all the same.
     */
    private boolean arrived(ServerMove move) {
        try {
            if (moves.isLive(move.source(), move.serverId())) {
                return false;
            }
        } catch (ServiceException unreachable) {
            if (!moves.has(move.goal(), move.serverId())) {
                throw unreachable;
            }
            return true;
        }
        return moves.has(move.goal(), move.serverId());
    }

    private Done<ServerMove> settle(ServerMove move, StepContext context) {
        if (!move.arrived()) {
            try {
                compute.fleet().get(move.source()).abortLiveMigration(move.serverId());
            } catch (ServiceException failure) {
                if (failure.code() == HypervisorError.HYPERVISOR_UNREACHABLE && !arrived(move)) {
                    throw failure;
                }
            }
            if (!arrived(move)) {
                return Done.with(move);
            }
        }
        moves.leave(move.source(), move.serverId());
        return connect(move.arriving(), context);
    }

    private Done<ServerMove> connect(ServerMove move, StepContext context) {
        return moves.connect(move, move.goal(), Optional.empty(), context);
    }

    private Done<ServerMove> removeFromSource(ServerMove move, StepContext context) {
        moves.leave(move.source(), move.serverId());
        return Done.with(move);
    }

    @Override
    public void ended(Ending<ServerMove> ending, Transaction transaction) {
        ServerMove move = ending.state();
        moves.ended(ending, transaction).ifPresent(server -> {
            boolean there = move.arrived() && ending.compensationFailure().isEmpty();
            if (ending.outcome() != Outcome.SUCCEEDED && !there) {
                moves.failed(ending, server, MigrationStatus.FAILED, transaction);
                return;
            }
            Migration migration = Migrations.get(transaction.sql(), move.migrationId());
            moves.close(transaction, server, migration, MigrationStatus.COMPLETED, ending.at());
            if (server.taskState().equals(Optional.of(TaskState.MIGRATING))) {
                compute.changes().settled(transaction, server, server.vmState(), server.powerState(), ending.at());
            }
            transaction.afterCommit(() -> compute.ledger().built(move.goal(), true));
        });
    }
}
