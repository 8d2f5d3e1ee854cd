package io.kilonova.servers;

import io.kilonova.errors.ServiceException;
import io.kilonova.operations.Done;
import io.kilonova.operations.StepConflict;
import io.kilonova.operations.StepContext;
import io.kilonova.placement.Allocation;
import io.kilonova.placement.Claim;
import io.kilonova.scheduling.Decision;
import io.kilonova.scheduling.Host;
import io.kilonova.scheduling.PlacementRequest;
import io.kilonova.spi.Hypervisor;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Finds a host for a server, takes its room and gives it back: in the scheduler's view and among the allocations alike. */
final class HostRoom {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** A decision is committed within milliseconds; one that is not so long after belongs to an operation that others go on with. */
    private static final Duration TO_COMMIT = Duration.ofSeconds(10);

    private final Compute compute;
    private final Map<String, Claimed> unconfirmed = new ConcurrentHashMap<>();

    /** What was taken in the view for a server whose commit was not answered yet. */
    private record Claimed(String host, Map<String, Long> resources, Instant at) {}

    HostRoom(Compute compute) {
        this.compute = compute;
    }

    /**
     * A host that was decided on; its room is taken in the scheduler's view.
     *
     * @param host its name
     * @param zone its zone
     * @param resources what is taken there, by resource class
     * @param decision why it
     */
    record Chosen(String host, String zone, Map<String, Long> resources, Decision decision) {}

    /** What takes a host that was decided on. */
    interface Taking<S extends Record> {
        Done<S> of(Chosen chosen);
    }

    /**
     * Decides. While there is no room among the hosts that are known to be up, and some were not heard yet since the start of
     * this controller, the step waits for these.
     *
     * @param request what is asked; made anew when other controllers changed something meanwhile
     * @param hint what more to say when there is no host
     * @throws ServiceException {@link ServerError#NO_VALID_HOST}; the decision is stored all the same
     */
    <S extends Record> Done<S> choose(
            Server server, Supplier<PlacementRequest> request, String hint, StepContext context, Taking<S> taking) {
        Instant now = context.clock().instant();
        giveUp(server.id());
        unconfirmed.forEach((other, claimed) -> {
            if (Duration.between(claimed.at(), now).abs().compareTo(TO_COMMIT) > 0) {
                giveUp(other);
            }
        });
        Decision decision = decide(request);
        if (!decision.complete()) {
            long awaited = awaited();
            if (awaited > 0) {
                return Done.waitFor(LOOK_AGAIN, "hosts that were not heard yet: " + awaited);
            }
            compute.database()
                    .change(transaction -> compute.decisions()
                            .store(
                                    transaction,
                                    server.id(),
                                    context.requestId(),
                                    decision,
                                    context.clock().instant()));
            throw ServerError.NO_VALID_HOST.with(decision.tenantSentence() + hint);
        }
        String host = decision.single().chosen().host();
        String zone = compute.ledger().view().find(host).map(Host::zone).orElse(server.zone());
        Map<String, Long> resources = decision.request().resources();
        unconfirmed.put(server.id(), new Claimed(host, resources, now));
        return taking.of(new Chosen(host, zone, resources, decision));
    }

    /**
     * Gives back in the scheduler's view what was decided for a server and is not known to be committed: the commit was refused,
     * or its answer lost. So the host is read anew before the next decision.
     */
    void giveUp(String serverId) {
        Optional.ofNullable(unconfirmed.remove(serverId)).ifPresent(claimed -> {
            compute.ledger().release(claimed.host(), claimed.resources());
            compute.hostChanges().suspect(claimed.host());
        });
    }

    /** How many hosts of other machines take servers if they are up, which this controller cannot say of them yet. */
    long awaited() {
        List<String> unknown = compute.hosts().unknown();
        if (unknown.isEmpty()) {
            return 0;
        }
        Set<String> own = compute.fleet().own().stream().map(Hypervisor::host).collect(Collectors.toSet());
        return unknown.stream().filter(host -> !own.contains(host)).count();
    }

    private Decision decide(Supplier<PlacementRequest> request) {
        compute.hostChanges().catchUpIfSuspected();
        Decision decision = compute.ledger().decide(request.get());
        // Nobody is told that there is no room because of what another controller gave back in the meantime.
        return decision.complete() || !compute.hostChanges().catchUp()
                ? decision
                : compute.ledger().decide(request.get());
    }

    /** Takes the room for the server, checked again, with the reasons; {@link StepConflict} when it is gone meanwhile. */
    void take(Transaction transaction, Server server, Chosen chosen, StepContext context) {
        String provider = chosen.decision().single().chosen().resourceProviderId();
        List<Allocation> wanted = chosen.resources().entrySet().stream()
                .map(entry -> new Allocation(provider, entry.getKey(), entry.getValue()))
                .toList();
        try {
            boolean forced = chosen.decision().request().destination().forced();
            compute.groups().requireAllowed(transaction, server.id(), chosen.host(), forced);
            compute.allocations()
                    .claim(transaction, Claim.forServer(server.id(), server.projectId(), server.userId(), wanted));
        } catch (ServiceException exception) {
            giveUp(server.id());
            throw new StepConflict(exception.sentence());
        }
        transaction.afterCommit(() -> unconfirmed.remove(server.id()));
        HostChanges.mark(transaction, chosen.host(), context.clock().millis());
        compute.decisions()
                .store(
                        transaction,
                        server.id(),
                        context.requestId(),
                        chosen.decision(),
                        context.clock().instant());
    }

    /** Gives back what a server or migration took on a host. */
    void release(Transaction transaction, String consumer, String host, Instant now) {
        Map<String, Long> held = new HashMap<>();
        compute.allocations()
                .ofConsumer(transaction.sql(), consumer)
                .forEach(allocation -> held.merge(allocation.resourceClass(), allocation.amount(), Long::sum));
        if (compute.allocations().release(transaction, consumer)) {
            HostChanges.mark(transaction, host, now.toEpochMilli());
            transaction.afterCommit(() -> compute.ledger().release(host, held));
        }
    }

    /** Has the server hold again what its migration held for it at the source. */
    void takeBack(Transaction transaction, Server server, String migrationId) {
        if (compute.allocations().consumer(transaction.sql(), migrationId).isPresent()) {
            compute.allocations()
                    .move(
                            transaction,
                            migrationId,
                            Claim.forServer(server.id(), server.projectId(), server.userId(), List.of()));
        }
    }

    /** Has the migration hold what the server took at its source, so that the server can take room elsewhere. */
    void handOver(Transaction transaction, Server server, String migrationId) {
        compute.allocations()
                .move(transaction, server.id(), Claim.forMigration(migrationId, server.projectId(), server.userId()));
    }
}
