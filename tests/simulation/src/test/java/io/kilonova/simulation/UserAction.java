package io.kilonova.simulation;

import static io.kilonova.servers.ServerCommand.*;

import io.kilonova.access.Caller;
import io.kilonova.networks.CardRequest;
import io.kilonova.networks.NetworkChoice;
import io.kilonova.networks.ServerCard;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.Migration;
import io.kilonova.servers.MigrationType;
import io.kilonova.servers.Migrations;
import io.kilonova.servers.MoveCommands;
import io.kilonova.servers.Server;
import io.kilonova.servers.ServerCommand;
import io.kilonova.servers.ServerCreate;
import io.kilonova.servers.ServerMove;
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
            new UserAction("detach a card", 6, Request::detach),
            new UserAction("resize", 8, request -> request.resize("wide")),
            new UserAction("resize back", 4, request -> request.resize("small")),
            new UserAction("confirm", 8, request -> request.decide(MoveCommands::confirm)),
            new UserAction("revert", 6, request -> request.decide(MoveCommands::revert)),
            new UserAction("migrate", 6, Request::migrate),
            new UserAction("migrate live", 8, Request::migrateLive),
            new UserAction("abort a live migration", 4, request -> request.intervene(UserAction::abort)),
            new UserAction("complete a live migration", 4, request -> request.intervene(MoveCommands::forceComplete)),
            new UserAction("evacuate a dead host", 10, Request::evacuate),
            new UserAction("evacuate a host that lives", 0, Request::evacuateTheLiving),
            new UserAction("say that a host lives", 4, Request::revive));

    static UserAction named(String name) {
        return ALL.stream()
                .filter(action -> action.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void abort(MoveCommands moves, Caller caller, String requestId, String server, String number) {
        moves.abort(caller, requestId, server, number, true);
    }

    /** Something asked of the cloud. */
    @FunctionalInterface
    interface Deed {
        void of(Request request);
    }

    /** What is said of a resize that waits for it. */
    @FunctionalInterface
    interface Decision {
        void of(MoveCommands moves, Caller caller, String requestId, String serverId);
    }

    /** What is said of a live migration that goes on. */
    @FunctionalInterface
    interface Intervention {
        void of(MoveCommands moves, Caller caller, String requestId, String serverId, String number);
    }

    /** One request of one user at one controller. */
    record Request(
            ComputeService compute,
            SimulatedCloud cloud,
            Promises promises,
            Caller caller,
            String requestId,
            Optional<String> target) {
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

        private void resize(String flavor) {
            target.ifPresent(server -> compute.moves().resize(caller, requestId, server, flavor, Optional.empty()));
        }

        /** Says something to a resize that waits for it, whoever's it is. */
        private void decide(Decision decision) {
            newest("status", "finished")
                    .ifPresent(
                            move -> decision.of(compute.moves(), People.administrator(), requestId, move.serverId()));
        }

        private Optional<Migration> newest(String key, String value) {
            return compute
                    .moves()
                    .migrations()
                    .list(new Migrations.Filter(
                            Map.of(key, value), Optional.empty(), Optional.empty(), 1, Optional.empty()))
                    .stream()
                    .findFirst();
        }

        private void migrate() {
            target.ifPresent(
                    server -> compute.moves().migrate(People.administrator(), requestId, server, Optional.empty()));
        }

        private void migrateLive() {
            target.ifPresent(server -> compute.moves()
                    .liveMigrate(People.administrator(), requestId, server, ServerMove.Wish.anywhere(), false));
        }

        /** Says something to a live migration that goes on, whoever's it is. */
        private void intervene(Intervention intervention) {
            newest("migration_type", MigrationType.LIVE_MIGRATION.label())
                    .filter(move -> move.status().inProgress())
                    .ifPresent(move -> intervention.of(
                            compute.moves(),
                            People.administrator(),
                            requestId,
                            move.serverId(),
                            String.valueOf(move.number())));
        }

        /**
         * As an operator does who knows that a host has no power, and takes it from one that nobody reaches: it is said to be
         * dead, and its servers go elsewhere.
         */
        private void evacuate() {
            cloud.hosts().stream()
                    .filter(host -> !host.hypervisor().hasPower()
                            || cloud.weather().hostsOff.contains(host.name()))
                    .findFirst()
                    .ifPresent(host -> {
                        cloud.fence(host);
                        compute.setForcedDown(host.name(), true);
                        cloud.weather().saidDead.add(host.name());
                        evacuate(host.name());
                    });
        }

        /** As somebody does who believes what the cloud says of a host. */
        private void evacuateTheLiving() {
            cloud.hosts().stream()
                    .filter(host -> !host.hypervisor().fakeGuests().isEmpty())
                    .forEach(host -> evacuate(host.name()));
        }

        private void evacuate(String host) {
            for (Server server : compute.servers().following("", 1_000)) {
                if (server.host().filter(host::equals).isPresent()) {
                    compute.moves()
                            .evacuate(People.administrator(), requestId, server.id(), ServerMove.Wish.anywhere());
                }
            }
        }

        private void revive() {
            cloud.weather().saidDead.stream()
                    .filter(host -> cloud.fleet().host(host).hasPower())
                    .findFirst()
                    .ifPresent(host -> {
                        compute.setForcedDown(host, false);
                        cloud.weather().saidDead.remove(host);
                    });
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
