package io.kilonova.servers;

import io.kilonova.access.Visibility;
import io.kilonova.errors.ServiceException;
import io.kilonova.operations.Done;
import io.kilonova.operations.Ending;
import io.kilonova.operations.Operation;
import io.kilonova.operations.Outcome;
import io.kilonova.operations.Plan;
import io.kilonova.operations.Step;
import io.kilonova.operations.StepContext;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.HypervisorError;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a server: its guest, its ports, then its row with all that it held, in one transaction. What was being done to it was
 * cancelled and has given back its own before this begins.
 */
final class DeleteServer implements Operation<ServerWork> {
    static final String NAME = "delete_server";

    private static final Logger LOGGER = LoggerFactory.getLogger(DeleteServer.class);
    private static final Duration UNREACHABLE_PAUSE = Duration.ofSeconds(5);

    private final Compute compute;

    DeleteServer(Compute compute) {
        this.compute = compute;
    }

    @Override
    public Plan<ServerWork> plan() {
        return new Plan<>(
                NAME,
                ServerWork.class,
                ServerLifecycle.of(ServerCommand.DELETE).limit(),
                List.of(
                        Step.named("destroy_guest")
                                .within(Duration.ofMinutes(5))
                                .runs(this::destroyGuest)
                                .holding(work -> HostBounds.command(work.host())),
                        Step.named("disconnect_networks")
                                .within(Duration.ofMinutes(2))
                                .runs(this::disconnectNetworks)));
    }

    private Done<ServerWork> destroyGuest(ServerWork work, StepContext context) {
        Optional<Server> server = compute.servers().find(Visibility.everything(), work.serverId());
        Optional<Hypervisor> hypervisor = server.flatMap(Server::host).flatMap(compute.fleet()::find);
        try {
            hypervisor.ifPresent(present -> present.destroy(work.serverId()));
        } catch (ServiceException failure) {
            if (failure.code() != HypervisorError.HYPERVISOR_UNREACHABLE) {
                throw failure;
            }
            // It answers again, or is known to be down soon. When it comes back, its reconciliation removes the guest.
            if (hypervisor
                    .flatMap(present -> compute.hosts().find(present.host()))
                    .filter(host -> compute.hosts().state(host) != HostState.DOWN)
                    .isPresent()) {
                return Done.waitFor(UNREACHABLE_PAUSE, failure.sentence());
            }
            LOGGER.warn("server={} is deleted, its guest is not: {}", work.serverId(), failure.sentence());
        }
        compute.moves().leaveBehind(work.serverId());
        return Done.with(work);
    }

    private Done<ServerWork> disconnectNetworks(ServerWork work, StepContext context) {
        compute.networks().disconnect(work.serverId());
        return Done.with(work);
    }

    @Override
    public void ended(Ending<ServerWork> ending, Transaction transaction) {
        ServerWork work = ending.state();
        Optional<Server> found = ServerStore.find(transaction.sql(), Visibility.everything(), work.serverId());
        compute.actions()
                .finish(
                        transaction,
                        work.requester().actionId(),
                        found.flatMap(Server::host),
                        ending.failure().map(reason -> reason.sentence()),
                        ending.at());
        if (found.isEmpty()) {
            return;
        }
        Server server = found.get();
        if (ending.outcome() != Outcome.SUCCEEDED) {
            ending.failure()
                    .ifPresent(reason -> compute.changes().failed(transaction, server.id(), reason, ending.at()));
            return;
        }
        // Its guest and ports are gone already.
        transaction.releaseEarly();
        compute.room().release(transaction, server.id(), server.host().orElse(""), ending.at());
        compute.moves().forget(transaction, server, ending.at());
        compute.quotas().release(transaction, server.projectId(), Quotas.of(server.flavor()));
        compute.decisions().forget(transaction, server.id());
        DeletedServers.remember(transaction, server.id(), ending.at());
        compute.servers().remove(transaction, server.id());
    }
}
