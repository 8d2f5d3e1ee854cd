package io.kilonova.servers;

import io.kilonova.access.Visibility;
import io.kilonova.operations.Done;
import io.kilonova.operations.Ending;
import io.kilonova.operations.Failure;
import io.kilonova.operations.Operation;
import io.kilonova.operations.Outcome;
import io.kilonova.operations.Plan;
import io.kilonova.operations.Step;
import io.kilonova.operations.StepContext;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Makes a server's disks anew on its host; its place, its cards and its id stay. A server that was off is off afterwards. */
final class RebuildServer implements Operation<ServerWork> {
    static final String NAME = "rebuild_server";

    private final Compute compute;

    RebuildServer(Compute compute) {
        this.compute = compute;
    }

    @Override
    public Plan<ServerWork> plan() {
        return new Plan<>(
                NAME,
                ServerWork.class,
                ServerLifecycle.of(ServerCommand.REBUILD).limit(),
                List.of(
                        Step.named("destroy_guest")
                                .within(Duration.ofMinutes(5))
                                .runs(this::destroyGuest)
                                .holding(work -> HostBounds.command(work.host())),
                        Step.named("spawn")
                                .within(Duration.ofMinutes(20))
                                .runs(this::spawn)
                                .holding(work -> HostBounds.command(work.host())),
                        Step.named("restore_power")
                                .within(Duration.ofMinutes(5))
                                .runs(this::restorePower)
                                .holding(work -> HostBounds.command(work.host()))));
    }

    private Done<ServerWork> destroyGuest(ServerWork work, StepContext context) {
        Server server = compute.servers().get(Visibility.everything(), work.serverId());
        compute.fleet().of(server).destroy(server.id());
        Instant now = context.clock().instant();
        return Done.with(
                work,
                transaction -> compute.changes().begin(transaction, server.id(), TaskState.REBUILD_SPAWNING, now));
    }

    private Done<ServerWork> spawn(ServerWork work, StepContext context) {
        Server server = compute.servers().get(Visibility.everything(), work.serverId());
        compute.fleet().of(server).spawn(compute.specifications().of(server), context::report);
        return Done.with(work);
    }

    private Done<ServerWork> restorePower(ServerWork work, StepContext context) {
        if (work.before() == VmState.STOPPED) {
            Server server = compute.servers().get(Visibility.everything(), work.serverId());
            compute.fleet().of(server).stop(server.id(), Duration.ZERO);
        }
        return Done.with(work);
    }

    @Override
    public void ended(Ending<ServerWork> ending, Transaction transaction) {
        ServerWork work = ending.state();
        Optional<Server> found = ServerStore.find(transaction.sql(), Visibility.everything(), work.serverId());
        Instant now = ending.at();
        Optional<String> failure = ending.failure().map(Failure::sentence);
        compute.actions().finish(transaction, work.requester().actionId(), found.flatMap(Server::host), failure, now);
        if (found.isEmpty()) {
            return;
        }
        boolean off = work.before() == VmState.STOPPED;
        if (ending.outcome() == Outcome.SUCCEEDED) {
            compute.changes()
                    .settled(
                            transaction,
                            found.get(),
                            off ? VmState.STOPPED : VmState.ACTIVE,
                            off ? PowerState.SHUT_DOWN : PowerState.RUNNING,
                            now);
        } else if (ending.outcome() == Outcome.FAILED) {
            compute.changes()
                    .failed(transaction, work.serverId(), ending.failure().orElseThrow(), now);
        } else {
            // Whoever cancelled it is doing something else to the server already; should that fail, its guest may be
            // gone.
            compute.changes()
                    .broken(transaction, work.serverId(), ending.failure().orElseThrow(), now);
        }
    }
}
