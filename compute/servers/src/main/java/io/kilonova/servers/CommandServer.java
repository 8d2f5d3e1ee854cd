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
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.PowerState;
import io.kilonova.spi.RebootKind;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Carries out one command at the hypervisor of a server that has its place: power, pause, suspend. */
final class CommandServer implements Operation<ServerWork> {
    static final String NAME = "command_server";

    private final Compute compute;

    CommandServer(Compute compute) {
        this.compute = compute;
    }

    @Override
    public Plan<ServerWork> plan() {
        return new Plan<>(
                NAME,
                ServerWork.class,
                Duration.ofMinutes(15),
                List.of(Step.named("carry_out")
                        .within(Duration.ofMinutes(10))
                        .runs(this::carryOut)
                        .holding(work -> HostBounds.command(work.host()))));
    }

    private Done<ServerWork> carryOut(ServerWork work, StepContext context) {
        Server server = compute.servers().get(Visibility.everything(), work.serverId());
        Hypervisor hypervisor = compute.fleet().of(server);
        GuestSpecification guest = compute.specifications().of(server);
        Duration grace = compute.options().shutdownGrace();
        switch (work.command()) {
            case START -> hypervisor.start(guest);
            case STOP -> hypervisor.stop(server.id(), grace);
            case REBOOT_SOFT -> hypervisor.reboot(guest, RebootKind.SOFT, grace);
            case REBOOT_HARD -> hypervisor.reboot(guest, RebootKind.HARD, Duration.ZERO);
            case PAUSE -> hypervisor.pause(server.id());
            case UNPAUSE -> hypervisor.unpause(server.id());
            case SUSPEND -> hypervisor.suspend(server.id());
            case RESUME -> hypervisor.resume(guest);
            case CREATE,
                    DELETE,
                    FORCE_DELETE,
                    REBUILD,
                    RESIZE,
                    MIGRATE,
                    CONFIRM_RESIZE,
                    REVERT_RESIZE,
                    LIVE_MIGRATE,
                    ABORT_LIVE_MIGRATION,
                    FORCE_COMPLETE_LIVE_MIGRATION,
                    EVACUATE,
                    LOCK,
                    UNLOCK,
                    ATTACH_INTERFACE,
                    DETACH_INTERFACE,
                    UPDATE_METADATA,
                    DELETE_METADATA ->
                throw new IllegalArgumentException(work.command() + " is not for the hypervisor");
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
        if (ending.outcome() == Outcome.SUCCEEDED) {
            VmState state = ServerLifecycle.of(work.command()).destination().orElse(work.before());
            compute.changes().settled(transaction, found.get(), state, powerIn(state), now);
        } else if (ending.outcome() == Outcome.FAILED) {
            compute.changes().relaxed(transaction, work.serverId(), ending.failure(), now);
        }
    }

    private static PowerState powerIn(VmState state) {
        return switch (state) {
            case ACTIVE, RESCUED -> PowerState.RUNNING;
            case PAUSED -> PowerState.PAUSED;
            case STOPPED, SUSPENDED, RESIZED, SHELVED, SOFT_DELETED -> PowerState.SHUT_DOWN;
            case BUILDING, SHELVED_OFFLOADED, DELETED, ERROR -> PowerState.NO_STATE;
        };
    }
}
