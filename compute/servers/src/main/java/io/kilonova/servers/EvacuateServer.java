package io.kilonova.servers;

import io.kilonova.errors.ServiceException;
import io.kilonova.operations.Done;
import io.kilonova.operations.Ending;
import io.kilonova.operations.Operation;
import io.kilonova.operations.Outcome;
import io.kilonova.operations.Plan;
import io.kilonova.operations.Step;
import io.kilonova.operations.StepContext;
import io.kilonova.spi.GuestReport;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a server of a dead host anew on another, from its image. What the dead host has of it keeps its room there until the
 * host is back and has removed it. A host that answers is not dead, however long it was silent, unless an operator says so;
 * then its guest is ended first. Whether one that does not answer has no power, only its operator can know.
 */
final class EvacuateServer implements Operation<ServerMove> {
    static final String NAME = "evacuate_server";

    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Logger LOGGER = LoggerFactory.getLogger(EvacuateServer.class);

    private final Compute compute;
    private final Moves moves;

    EvacuateServer(Compute compute) {
        this.compute = compute;
        this.moves = compute.moves();
    }

    @Override
    public Plan<ServerMove> plan() {
        return new Plan<>(
                NAME,
                ServerMove.class,
                ServerLifecycle.of(ServerCommand.EVACUATE).limit(),
                List.of(
                        Step.named("place")
                                .within(Duration.ofMinutes(1))
                                .runs(this::place)
                                .undoneBy(moves::displace),
                        Step.named("stop_at_source")
                                .within(Duration.ofMinutes(2))
                                .runs(this::stopAtSource)
                                .holding(move -> HostBounds.command(move.source())),
                        Step.named("connect_networks")
                                .within(Duration.ofMinutes(2))
                                .runs(this::connectThere)
                                .undoneBy(this::connectBack),
                        Step.named("spawn")
                                .within(Duration.ofMinutes(20))
                                .runs(this::spawn)
                                .undoneBy(this::removeGuest)
                                .holding(move -> HostBounds.build(move.goal()))));
    }

    private Done<ServerMove> place(ServerMove move, StepContext context) {
        if (moves.state(move.source()) == HostState.UNKNOWN) {
            return Done.waitFor(ASK_AGAIN, "whether host %s is down is not known yet".formatted(move.source()));
        }
        moves.requireDown(move.source());
        return moves.place(move, MigrationStatus.PRE_MIGRATING, TaskState.REBUILD_BLOCK_DEVICE_MAPPING, context);
    }

    private Done<ServerMove> stopAtSource(ServerMove move, StepContext context) {
        try {
            if (moves.isSaidDead(move.source())) {
                moves.end(move, move.source());
            } else {
                // Neither heard by anybody nor answering is what a dead host is; an answer here may be any.
                if (!compute.fleet().isHeardElsewhere(move.source())) {
                    List<GuestReport> _ = compute.fleet().get(move.source()).guests();
                }
                throw ServerError.HOST_IN_USE.with(move.source());
            }
        } catch (ServiceException exception) {
            if (!Moves.NO_ANSWER.contains(exception.code())) {
                throw exception;
            }
            LOGGER.info("server={} its dead host does not answer: {}", move.serverId(), exception.sentence());
        }
        return Done.with(move);
    }

    private Done<ServerMove> connectThere(ServerMove move, StepContext context) {
        return moves.connect(move, move.goal(), Optional.of(TaskState.REBUILD_SPAWNING), context);
    }

    private Done<ServerMove> connectBack(ServerMove move, StepContext context) {
        return moves.connect(move, move.source(), Optional.empty(), context);
    }

    private Done<ServerMove> spawn(ServerMove move, StepContext context) {
        Hypervisor hypervisor = compute.fleet().get(move.goal());
        hypervisor.spawn(compute.specifications().of(moves.server(move)), context::report);
        if (off(move)) {
            hypervisor.stop(move.serverId(), Duration.ZERO);
        }
        return Done.with(move);
    }

    private Done<ServerMove> removeGuest(ServerMove move, StepContext context) {
        try {
            compute.fleet().get(move.goal()).destroy(move.serverId());
        } catch (ServiceException failure) {
            if (!moves.isDead(move.goal(), failure)) {
                throw failure;
            }
            LOGGER.warn("server={} its guest is left for now: {}", move.serverId(), failure.sentence());
        }
        return Done.with(move);
    }

    private static boolean off(ServerMove move) {
        return move.wish().staysOff() || !move.ran();
    }

    @Override
    public void ended(Ending<ServerMove> ending, Transaction transaction) {
        ServerMove move = ending.state();
        moves.ended(ending, transaction).ifPresent(server -> {
            if (ending.outcome() != Outcome.SUCCEEDED) {
                moves.failed(ending, server, MigrationStatus.FAILED, transaction);
                return;
            }
            compute.migrations().became(transaction, move.migrationId(), MigrationStatus.DONE, ending.at());
            compute.changes()
                    .settled(
                            transaction,
                            server,
                            off(move) ? VmState.STOPPED : VmState.ACTIVE,
                            off(move) ? PowerState.SHUT_DOWN : PowerState.RUNNING,
                            ending.at());
            transaction.afterCommit(() -> compute.ledger().built(move.goal(), true));
        });
    }
}
