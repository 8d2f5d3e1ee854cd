package io.kilonova.servers;

import io.kilonova.access.Visibility;
import io.kilonova.errors.ServiceException;
import io.kilonova.networks.Networks;
import io.kilonova.networks.ServerCard;
import io.kilonova.networks.ServerPlace;
import io.kilonova.operations.Done;
import io.kilonova.operations.Ending;
import io.kilonova.operations.Failure;
import io.kilonova.operations.Operation;
import io.kilonova.operations.Outcome;
import io.kilonova.operations.Plan;
import io.kilonova.operations.Step;
import io.kilonova.operations.StepContext;
import io.kilonova.operations.Submission;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Boots a server: a host, its networks, its guest. Each step may run twice: after a crash the next owner repeats the last. */
final class BuildServer implements Operation<Build> {
    static final String NAME = "build_server";

    private static final Logger LOGGER = LoggerFactory.getLogger(BuildServer.class);

    /** Failures of one host that another host may not have. */
    private static final Set<String> HOST_FAILURES =
            Set.of("HYPERVISOR_UNREACHABLE", "HYPERVISOR_REFUSED", "HOST_DISK_FULL", "HOST_LOST");

    private final Compute compute;

    BuildServer(Compute compute) {
        this.compute = compute;
    }

    @Override
    public Plan<Build> plan() {
        return new Plan<>(
                NAME,
                Build.class,
                compute.options().buildLimit(),
                List.of(
                        Step.named("place")
                                .within(Duration.ofMinutes(1))
                                .runs(this::place)
                                .undoneBy(this::displace),
                        Step.named("connect_networks")
                                .within(Duration.ofMinutes(2))
                                .runs(this::connectNetworks)
                                .undoneBy(this::disconnectNetworks),
                        Step.named("spawn")
                                .within(Duration.ofMinutes(20))
                                .runs(this::spawn)
                                .undoneBy(this::removeGuest)
                                .holding(build -> HostBounds.build(build.host().orElseThrow()))));
    }

    private Done<Build> place(Build build, StepContext context) {
        Server server = compute.servers().get(Visibility.everything(), build.serverId());
        String last = build.lastFailure().map(" The last host said: "::concat).orElse("");
        return compute.room()
                .choose(
                        server,
                        () -> compute.requests().of(server, build.tried()),
                        last,
                        context,
                        chosen -> Done.with(build.placedOn(chosen.host()), transaction -> {
                            transaction.releaseEarly(); // the rows of a host are for all that are built there
                            compute.room().take(transaction, server, chosen, context);
                            compute.changes()
                                    .placed(
                                            transaction,
                                            server.id(),
                                            chosen.host(),
                                            chosen.zone(),
                                            context.clock().instant());
                        }));
    }

    private Done<Build> displace(Build build, StepContext context) {
        compute.room().giveUp(build.serverId());
        Instant now = context.clock().instant();
        return Done.with(build.displaced(), transaction -> {
            compute.changes().displaced(transaction, build.serverId(), now);
            build.host().ifPresent(host -> {
                compute.room().release(transaction, build.serverId(), host, now);
                transaction.afterCommit(() -> compute.ledger().built(host, false));
            });
        });
    }

    private Done<Build> connectNetworks(Build build, StepContext context) {
        Server server = compute.servers().get(Visibility.everything(), build.serverId());
        String host = build.host().orElseThrow();
        Networks networks = compute.networks();
        List<ServerCard> cards = server.settings().cards().isEmpty()
                ? List.of()
                : networks.connect(
                        new ServerPlace(server.id(), server.projectId(), server.hostname(), host, server.zone()),
                        server.settings().cards());
        Instant now = context.clock().instant();
        return Done.with(build, transaction -> {
            transaction.releaseEarly(); // so are its places for builds, of which the next step takes one
            compute.servers().updateCards(transaction, server.id(), cards, now);
            compute.changes().begin(transaction, server.id(), TaskState.SPAWNING, now);
        });
    }

    private Done<Build> disconnectNetworks(Build build, StepContext context) {
        compute.networks().disconnect(build.serverId());
        Instant now = context.clock().instant();
        return Done.with(
                build, transaction -> compute.servers().updateCards(transaction, build.serverId(), List.of(), now));
    }

    private Done<Build> spawn(Build build, StepContext context) {
        Server server = compute.servers().get(Visibility.everything(), build.serverId());
        compute.fleet().of(server).spawn(compute.specifications().of(server), context::report);
        return Done.with(build);
    }

    private Done<Build> removeGuest(Build build, StepContext context) {
        String host = build.host().orElseThrow();
        try {
            compute.fleet().find(host).ifPresent(hypervisor -> hypervisor.destroy(build.serverId()));
        } catch (ServiceException failure) {
            if (!compute.moves().isGone(host, failure)) {
                throw failure;
            }
            // When the host is back it tells of the guest, which is removed then. Until then it may run there.
            LOGGER.warn("server={} its guest is left for now: {}", build.serverId(), failure.sentence());
            return Done.with(compute.moves().isDead(host, failure) ? build : build.doubting());
        }
        return Done.with(build);
    }

    @Override
    public void ended(Ending<Build> ending, Transaction transaction) {
        Build build = ending.state();
        Optional<Server> found = ServerStore.find(transaction.sql(), Visibility.everything(), build.serverId());
        if (found.isEmpty()) {
            return;
        }
        Server server = found.get();
        Instant now = ending.at();
        Optional<String> failure = ending.failure().map(Failure::sentence);
        if (ending.outcome() == Outcome.SUCCEEDED) {
            compute.changes().settled(transaction, server, VmState.ACTIVE, PowerState.RUNNING, now);
            build.host()
                    .ifPresent(host ->
                            transaction.afterCommit(() -> compute.ledger().built(host, true)));
        } else if (mayTryElsewhere(ending, server)) {
            tryElsewhere(ending, server, transaction);
            return;
        } else if (ending.outcome() == Outcome.FAILED) {
            compute.changes().failed(transaction, server.id(), ending.failure().orElseThrow(), now);
        }
        compute.actions().finish(transaction, build.requester().actionId(), server.host(), failure, now);
    }

    /** A server that is being deleted is not built again: the build would come after the delete that waits for this end. */
    private boolean mayTryElsewhere(Ending<Build> ending, Server server) {
        return ending.outcome() == Outcome.FAILED
                && !server.taskState().equals(Optional.of(TaskState.DELETING))
                && ending.compensationFailure().isEmpty()
                && ending.state().mayRunOn().isEmpty()
                && ending.failure()
                        .filter(reason -> HOST_FAILURES.contains(reason.code()))
                        .isPresent()
                && ending.state().tried().size() < compute.options().maximumAttempts();
    }

    private void tryElsewhere(Ending<Build> ending, Server server, Transaction transaction) {
        compute.changes().begin(transaction, server.id(), TaskState.SCHEDULING, ending.at());
        Build next = ending.state().failedBecause(ending.failure().orElseThrow().sentence());
        compute.operations()
                .submit(transaction, new Submission<>(NAME, next, server.projectId(), server.id(), ending.requestId()));
    }
}
