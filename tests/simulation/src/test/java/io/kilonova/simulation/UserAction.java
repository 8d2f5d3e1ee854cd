package io.kilonova.simulation;

import static io.kilonova.servers.ServerCommand.*;

import io.kilonova.access.Caller;
import io.kilonova.networks.CardRequest;
import io.kilonova.networks.NetworkChoice;
import io.kilonova.networks.ServerCard;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.Server;
import io.kilonova.servers.ServerCommand;
import io.kilonova.servers.ServerCreate;
import io.kilonova.servers.ServerRebuild;
import io.kilonova.servers.ServerUpdate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What users do, as a table.
 *
 * @param name of the action
 * @param weight how often it is chosen, against the others
 * @param deed what is asked of the cloud
 */
record UserAction(String name, int weight, Deed deed) {
    static final List<UserAction> ALL = List.of(
            new UserAction("create", 30, request -> request.create("small", 1)),
            new UserAction("create large", 10, request -> request.create("large", 1)),
            new UserAction("create three", 5, request -> request.create("small", 3)),
            new UserAction("delete", 20, Request::delete),
            new UserAction("stop", 8, request -> request.command(STOP)),
            new UserAction("start", 8, request -> request.command(START)),
            new UserAction("reboot", 4, request -> request.command(REBOOT_SOFT)),
            new UserAction("reboot hard", 4, request -> request.command(REBOOT_HARD)),
            new UserAction("pause", 3, request -> request.command(PAUSE)),
            new UserAction("unpause", 3, request -> request.command(UNPAUSE)),
            new UserAction("suspend", 3, request -> request.command(SUSPEND)),
            new UserAction("resume", 3, request -> request.command(RESUME)),
            new UserAction("rebuild", 5, Request::rebuild),
            new UserAction("attach a card", 6, Request::attach),
            new UserAction("detach a card", 6, Request::detach));

    /** Something asked of the cloud. */
    @FunctionalInterface
    interface Deed {
        void of(Request request);
    }

    /** One request of one user at one controller. */
    record Request(
            ComputeService compute, Promises promises, Caller caller, String requestId, Optional<String> target) {
        private void create(String flavor, int count) {
            List<Server> servers = compute.create(new ServerCreate(
                    caller,
                    requestId,
                    "server",
                    Optional.empty(),
                    Optional.empty(),
                    flavor,
                    OneImage.ID,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    new NetworkChoice.Unspecified(),
                    List.of(),
                    Optional.empty(),
                    Map.of(),
                    List.of(),
                    Map.of(),
                    false,
                    count,
                    count,
                    Map.of(),
                    Optional.empty(),
                    Optional.empty(),
                    "AUTO",
                    List.of()));
            servers.forEach(server -> promises.created(server.id(), caller.project()));
        }

        private void delete() {
            target.ifPresent(server -> {
                promises.deleting(server, Promises.Deletion.UNKNOWN);
                compute.delete(caller, requestId, server);
                promises.deleting(server, Promises.Deletion.ACCEPTED);
            });
        }

        private void command(ServerCommand command) {
            target.ifPresent(server -> compute.command(caller, requestId, server, command));
        }

        /** One more card on the network of its first. */
        private void attach() {
            firstCard()
                    .ifPresent(card -> compute.beginToAttachInterface(
                            caller,
                            requestId,
                            target.orElseThrow(),
                            new CardRequest(
                                    Optional.of(card.networkId()),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    List.of())));
        }

        private void detach() {
            firstCard()
                    .ifPresent(card -> compute.detachInterface(caller, requestId, target.orElseThrow(), card.portId()));
        }

        private Optional<ServerCard> firstCard() {
            return target.flatMap(server -> compute.servers().find(caller.visibility(), server))
                    .flatMap(server -> server.cards().stream().findFirst());
        }

        private void rebuild() {
            target.ifPresent(server -> compute.rebuild(
                    caller,
                    requestId,
                    server,
                    new ServerRebuild(
                            OneImage.ID,
                            new ServerUpdate(
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty()),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty())));
        }
    }
}
