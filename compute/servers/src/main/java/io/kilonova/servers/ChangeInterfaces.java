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
                                .runs(this::plug)
                                .undoneBy(this::unplug),
                        Step.named("release").within(Duration.ofMinutes(1)).runs(this::release)));
    }

    private Done<ServerWork> connect(ServerWork work, StepContext context) {
        if (work.command() != ServerCommand.ATTACH_INTERFACE) {
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
        ServerCard made = compute.networks().attach(place, card.request().orElseThrow());
        return Done.with(work.withCard(new CardWork(card.request(), Optional.of(made.portId()))));
    }

    private Done<ServerWork> disconnect(ServerWork work, StepContext context) {
        if (work.command() == ServerCommand.ATTACH_INTERFACE) {
            work.card()
                    .flatMap(CardWork::portId)
                    .ifPresent(port -> compute.networks().detach(work.serverId(), port));
        }
        return Done.with(work);
    }

    private Done<ServerWork> plug(ServerWork work, StepContext context) {
        Server server = compute.servers().get(Visibility.everything(), work.serverId());
        String port = work.card().flatMap(CardWork::portId).orElseThrow();
        List<ServerCard> cards = compute.networks().cards(server.id());
        Instant now = context.clock().instant();
        if (work.command() == ServerCommand.ATTACH_INTERFACE) {
            ServerCard added = cards.stream()
                    .filter(card -> card.portId().equals(port))
                    .findFirst()
                    .orElseThrow(() -> ServerError.PORT_NOT_ATTACHED.with(port, server.id()));
            Server after = server.withCards(Stream.concat(without(server.cards(), port).stream(), Stream.of(added))
                    .toList());
            compute.fleet()
                    .of(server)
                    .attachInterface(
                            compute.specifications().of(after), GuestSpecifications.card(added, server.image()));
            return Done.with(
                    work, transaction -> compute.servers().updateCards(transaction, server.id(), after.cards(), now));
        }
        ServerCard removed = server.cards().stream()
                .filter(card -> card.portId().equals(port))
                .findFirst()
                .orElseThrow(() -> ServerError.PORT_NOT_ATTACHED.with(port, server.id()));
        Server after = server.withCards(without(server.cards(), port));
        compute.fleet()
                .of(server)
                .detachInterface(compute.specifications().of(after), GuestSpecifications.card(removed, server.image()));
        return Done.with(
                work, transaction -> compute.servers().updateCards(transaction, server.id(), after.cards(), now));
    }

    private Done<ServerWork> unplug(ServerWork work, StepContext context) {
        if (work.command() != ServerCommand.ATTACH_INTERFACE) {
            return Done.with(work);
        }
        Server server = compute.servers().get(Visibility.everything(), work.serverId());
        String port = work.card().flatMap(CardWork::portId).orElseThrow();
        Server after = server.withCards(without(server.cards(), port));
        compute.networks().cards(server.id()).stream()
                .filter(card -> card.portId().equals(port))
                .findFirst()
                .ifPresent(card -> compute.fleet()
                        .of(server)
                        .detachInterface(
                                compute.specifications().of(after), GuestSpecifications.card(card, server.image())));
        Instant now = context.clock().instant();
        return Done.with(
                work, transaction -> compute.servers().updateCards(transaction, server.id(), after.cards(), now));
    }

    private Done<ServerWork> release(ServerWork work, StepContext context) {
        if (work.command() == ServerCommand.DETACH_INTERFACE) {
            work.card()
                    .flatMap(CardWork::portId)
                    .ifPresent(port -> compute.networks().detach(work.serverId(), port));
        }
        return Done.with(work);
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

    private static List<ServerCard> without(List<ServerCard> cards, String port) {
        return cards.stream().filter(card -> !card.portId().equals(port)).toList();
    }
}
