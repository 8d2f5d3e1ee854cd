package io.kilonova.servers;

import io.kilonova.access.Visibility;
import io.kilonova.networks.ServerCard;
import io.kilonova.networks.ServerPlace;
import io.kilonova.operations.Done;
import io.kilonova.operations.Ending;
import io.kilonova.operations.Failure;
import io.kilonova.operations.Operation;
import io.kilonova.operations.Plan;
import io.kilonova.operations.Step;
import io.kilonova.operations.StepContext;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Attaches a network card to a server, or detaches one. */
final class ChangeInterfaces implements Operation<ServerWork> {
    static final String NAME = "change_interfaces";

    private final Compute compute;
    private final Completions completions;

    ChangeInterfaces(Compute compute, Completions completions) {
        this.compute = compute;
        this.completions = completions;
    }

    @Override
    public Plan<ServerWork> plan() {
        return new Plan<>(
                NAME,
                ServerWork.class,
                ServerLifecycle.of(ServerCommand.ATTACH_INTERFACE).limit(),
                List.of(
                        Step.named("connect")
                                .within(Duration.ofMinutes(1))
                                .runs(this::connect)
                                .undoneBy(this::disconnect),
                        Step.named("plug")
                                .within(Duration.ofMinutes(2))
                                .runs(this::change)
                                .undoneBy(this::changeBack)
                                .holding(work -> HostBounds.command(work.host())),
                        Step.named("release").within(Duration.ofMinutes(1)).runs(this::disconnectDetached)));
    }

    private Done<ServerWork> connect(ServerWork work, StepContext context) {
        if (!attaches(work)) {
            return Done.with(work);
        }
        Server server = compute.servers().get(Visibility.everything(), work.serverId());
        ServerPlace place = new ServerPlace(
                server.id(),
                server.projectId(),
                server.hostname(),
                server.host().orElseThrow(),
                server.zone());
        CardWork card = work.card().orElseThrow();
        ServerCard unused = compute.networks().attach(place, card.request().orElseThrow(), card.portId());
        return Done.with(work);
    }

    private Done<ServerWork> disconnect(ServerWork work, StepContext context) {
        return attaches(work) ? release(work) : Done.with(work);
    }

    private Done<ServerWork> change(ServerWork work, StepContext context) {
        Server server = compute.servers().get(Visibility.everything(), work.serverId());
        ServerCard card =
                card(work, server).orElseThrow(() -> ServerError.PORT_NOT_ATTACHED.with(portId(work), server.id()));
        return attaches(work) ? plug(server, card, work, context) : unplug(server, card, work, context);
    }

    private Done<ServerWork> changeBack(ServerWork work, StepContext context) {
        Server server = compute.servers().get(Visibility.everything(), work.serverId());
        return card(work, server)
                .map(card -> attaches(work) ? unplug(server, card, work, context) : plug(server, card, work, context))
                .orElseGet(() -> Done.with(work));
    }

    /** The card as its port is now, or as it was when somebody deleted the port under it. */
    private Optional<ServerCard> card(ServerWork work, Server server) {
        return Stream.concat(compute.networks().cards(server.id()).stream(), server.cards().stream())
                .filter(card -> card.portId().equals(portId(work)))
                .findFirst();
    }

    private Done<ServerWork> plug(Server server, ServerCard added, ServerWork work, StepContext context) {
        Server after = server.withCards(
                Stream.concat(others(work, server).stream(), Stream.of(added)).toList());
        compute.fleet()
                .of(server)
                .attachInterface(compute.specifications().of(after), GuestSpecifications.card(added, server.image()));
        return has(after, work, context);
    }

    private Done<ServerWork> unplug(Server server, ServerCard removed, ServerWork work, StepContext context) {
        Server after = server.withCards(others(work, server));
        compute.fleet()
                .of(server)
                .detachInterface(compute.specifications().of(after), GuestSpecifications.card(removed, server.image()));
        return has(after, work, context);
    }

    private Done<ServerWork> has(Server after, ServerWork work, StepContext context) {
        Instant now = context.clock().instant();
        return Done.with(
                work, transaction -> compute.servers().updateCards(transaction, after.id(), after.cards(), now));
    }

    private Done<ServerWork> disconnectDetached(ServerWork work, StepContext context) {
        return attaches(work) ? Done.with(work) : release(work);
    }

    private Done<ServerWork> release(ServerWork work) {
        compute.networks().detach(work.serverId(), portId(work));
        return Done.with(work);
    }

    private static boolean attaches(ServerWork work) {
        return work.command() == ServerCommand.ATTACH_INTERFACE;
    }

    private static String portId(ServerWork work) {
        return work.card().orElseThrow().portId();
    }

    private static List<ServerCard> others(ServerWork work, Server server) {
        return server.cards().stream()
                .filter(card -> !card.portId().equals(portId(work)))
                .toList();
    }

    @Override
    public void ended(Ending<ServerWork> ending, Transaction transaction) {
        ServerWork work = ending.state();
        transaction.afterCommit(() -> completions.ended(ending.operationId()));
        Optional<Server> found = ServerStore.find(transaction.sql(), Visibility.everything(), work.serverId());
        compute.actions()
                .finish(
                        transaction,
                        work.requester().actionId(),
                        found.flatMap(Server::host),
                        ending.failure().map(Failure::sentence),
                        ending.at());
    }
}
