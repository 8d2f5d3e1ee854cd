package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.*;

import io.kilonova.access.Caller;
import io.kilonova.networks.CardRequest;
import io.kilonova.operations.Submission;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/**
 * Accepts commands to servers: each checks the lifecycle on the locked row, writes what begins and the operation that
 * carries it out, in one transaction.
 */
final class ServerCommands {
    private static final int MAXIMUM_TAGS = 50;

    private final Compute compute;
    private final ServerImages images;
    private final InstantSource clock;

    ServerCommands(Compute compute, ServerImages images, InstantSource clock) {
        this.compute = compute;
        this.images = images;
        this.clock = clock;
    }

    /** Who sends a command, and to which server. */
    record Order(Caller caller, String requestId, String serverId) {}

    /** Changes a server's row as a command asks, and says what the operation has to know beside the server. */
    interface Detail {
        UnaryOperator<ServerWork> of(Transaction transaction, Server server);

        /** Nothing beside the server. */
        static Detail none() {
            return (transaction, server) -> work -> work;
        }
    }

    /** Says which operation carries a command out, in the transaction that accepts it. */
    interface Work {
        Submission<?> of(Transaction transaction, Server server, Requester requester);
    }

    /** Has an operation carry a command out; returns the operation's id. */
    String submit(Order order, ServerCommand command, String operation, Detail detail) {
        return accept(order, command, (transaction, server, requester) -> {
            ServerWork work = detail.of(transaction, server).apply(ServerWork.of(server, requester, command));
            return new Submission<>(operation, work, server.projectId(), server.id(), order.requestId());
        });
    }

    /** Accepts a command if it is legal now; what stands in its way and may be ended is cancelled. */
    String accept(Order order, ServerCommand command, Work work) {
        return compute.database().write(transaction -> {
            Server server = compute.servers().lock(transaction, order.caller().visibility(), order.serverId());
            Transition transition =
                    ServerLifecycle.require(command, server, order.caller().isAdmin());
            Instant now = clock.instant();
            if (!transition.through().isEmpty()) {
                if (server.taskState().isPresent()) {
                    compute.operations().cancelRunning(transaction, server.id(), command.verb());
                }
                compute.changes()
                        .begin(transaction, server.id(), transition.through().getFirst(), now);
            }
            return hand(transaction, order, server, command, work);
        });
    }

    /** Has a server deleted; what is being done to it is cancelled. Deleting what is being deleted does nothing more. */
    void delete(Order order) {
        compute.database().change(transaction -> {
            Server server = compute.servers().lock(transaction, order.caller().visibility(), order.serverId());
            ServerLifecycle.require(ServerCommand.DELETE, server, order.caller().isAdmin());
            if (server.taskState().equals(Optional.of(TaskState.DELETING))) {
                return;
            }
            compute.operations().cancelRunning(transaction, server.id(), "the server is deleted");
            compute.changes().begin(transaction, server.id(), TaskState.DELETING, clock.instant());
            hand(
                    transaction,
                    order,
                    server,
                    ServerCommand.DELETE,
                    (same, locked, requester) -> new Submission<>(
                            DeleteServer.NAME,
                            ServerWork.of(server, requester, ServerCommand.DELETE),
                            server.projectId(),
                            server.id(),
                            order.requestId()));
        });
    }

    private String hand(Transaction transaction, Order order, Server server, ServerCommand command, Work work) {
        Caller caller = order.caller();
        String project = caller.projectId().orElse(server.projectId());
        long action = compute.actions()
                .begin(transaction, server, caller.userId(), project, order.requestId(), command, clock.instant());
        Requester requester = new Requester(caller.userId(), project, order.requestId(), action);
        return compute.operations().submit(transaction, work.of(transaction, server, requester));
    }

    /** Attaches a card, whose port is made under {@code portId} if it is not there; returns the operation's id. */
    String attach(Order order, CardRequest request, String portId) {
        return submit(
                order,
                ServerCommand.ATTACH_INTERFACE,
                ChangeInterfaces.NAME,
                (transaction, server) -> work -> work.withCard(new CardWork(Optional.of(request), portId)));
    }

    /** Detaches a card; returns the operation's id. */
    String detach(Order order, String portId) {
        return submit(
                order,
                ServerCommand.DETACH_INTERFACE,
                ChangeInterfaces.NAME,
                (transaction, server) -> work -> work.withCard(new CardWork(Optional.empty(), portId)));
    }

    /** Locks a server for everybody but administrators and whoever locked it. */
    void lock(Order order, Optional<String> reason) {
        change(order, ServerCommand.LOCK, server -> {
            Map<Field<?>, @Nullable Object> changes = new HashMap<>();
            boolean own = server.projectId().equals(order.caller().projectId().orElse(""));
            changes.put(LOCKED_BY, own ? "owner" : "admin");
            changes.put(LOCKED_REASON, reason.orElse(null));
            return changes;
        });
    }

    /** Unlocks a server. */
    void unlock(Order order) {
        change(order, ServerCommand.UNLOCK, server -> {
            Map<Field<?>, @Nullable Object> changes = new HashMap<>();
            changes.put(LOCKED_BY, null);
            changes.put(LOCKED_REASON, null);
            return changes;
        });
    }

    /** Replaces or merges metadata; returns what it is then. */
    Map<String, String> updateMetadata(Order order, Map<String, String> given, boolean replace) {
        Map<String, String> result = new HashMap<>();
        change(order, ServerCommand.UPDATE_METADATA, server -> {
            result.clear();
            result.putAll(replace ? Map.of() : server.metadata());
            result.putAll(given);
            Metadata.requireCount(result.size(), compute.quotas().limits(server.projectId()));
            return Map.of(METADATA, Documents.write(result));
        });
        return result;
    }

    /** Removes one item of metadata. */
    void deleteMetadata(Order order, String key) {
        change(order, ServerCommand.DELETE_METADATA, server -> {
            if (!server.metadata().containsKey(key)) {
                throw ServerError.METADATA_NOT_FOUND.with();
            }
            Map<String, String> rest = new HashMap<>(server.metadata());
            rest.remove(key);
            return Map.of(METADATA, Documents.write(rest));
        });
    }

    /** Changes a server's tags by a function of those that it has; returns what they are then. */
    List<String> changeTags(Order order, UnaryOperator<List<String>> change) {
        List<String> result = new ArrayList<>();
        edit(order, server -> {
            result.clear();
            result.addAll(change.apply(server.tags()));
            if (result.size() > MAXIMUM_TAGS) {
                throw ServerError.TAGS_TOO_MANY.with(MAXIMUM_TAGS);
            }
            return Map.of(TAGS, ServerRows.writeTags(result));
        });
        return result;
    }

    /** Changes what a user calls a server. */
    void update(Order order, ServerUpdate update) {
        edit(order, server -> changes(update));
    }

    private static Map<Field<?>, @Nullable Object> changes(ServerUpdate update) {
        Map<Field<?>, @Nullable Object> changes = new HashMap<>();
        update.name().ifPresent(name -> changes.put(NAME, name));
        update.description().ifPresent(text -> changes.put(DESCRIPTION, text.orElse(null)));
        update.hostname().ifPresent(name -> changes.put(HOSTNAME, name));
        update.accessIpV4().ifPresent(address -> changes.put(ACCESS_IP_V4, address.isEmpty() ? null : address));
        update.accessIpV6().ifPresent(address -> changes.put(ACCESS_IP_V6, address.isEmpty() ? null : address));
        update.diskConfig().ifPresent(value -> changes.put(DISK_CONFIG, value));
        return changes;
    }

    /** Has a server's disks made anew, from the same image or another. */
    void rebuild(Order order, ServerRebuild rebuild, Keypairs keypairs) {
        Server before = compute.servers().get(order.caller().visibility(), order.serverId());
        ServerImage image = images.resolve(order.caller(), rebuild.imageId(), before.flavor());
        Optional<Optional<Keypair>> keypair = rebuild.keyName()
                .map(name -> name.map(known ->
                        keypairs.find(before.userId(), known).orElseThrow(ServerError.KEYPAIR_UNUSABLE::with)));
        Map<QuotaResource, Long> limits = compute.quotas().limits(before.projectId());
        rebuild.metadata().ifPresent(metadata -> Metadata.requireCount(metadata.size(), limits));
        submit(order, ServerCommand.REBUILD, RebuildServer.NAME, (transaction, server) -> {
            Map<Field<?>, @Nullable Object> changes = changes(rebuild.update());
            changes.put(ServerColumns.IMAGE_ID, image.id());
            changes.put(ServerColumns.IMAGE, Documents.write(image));
            rebuild.metadata().ifPresent(metadata -> changes.put(METADATA, Documents.write(metadata)));
            rebuild.userData().ifPresent(data -> changes.put(USER_DATA, data.orElse(null)));
            keypair.ifPresent(
                    chosen -> changes.put(KEY_NAME, chosen.map(Keypair::name).orElse(null)));
            changes.put(
                    SETTINGS,
                    Documents.write(server.settings()
                            .rebuilt(
                                    keypair,
                                    rebuild.files().orElse(server.settings().files()))));
            compute.servers().update(transaction, server.id(), changes, clock.instant());
            return work -> work;
        });
    }

    /** Decides which columns of a server change. */
    private interface Edit {
        Map<Field<?>, @Nullable Object> of(Server server);
    }

    /** A command that is done with its transaction; what has a name in the history of actions is written there, ended. */
    private void change(Order order, ServerCommand command, Edit edit) {
        compute.database().change(transaction -> {
            Server server = compute.servers().lock(transaction, order.caller().visibility(), order.serverId());
            ServerLifecycle.require(command, server, order.caller().isAdmin());
            Instant now = clock.instant();
            compute.servers().update(transaction, server.id(), edit.of(server), now);
            if (!command.action().isEmpty()) {
                Caller caller = order.caller();
                String project = caller.projectId().orElse(server.projectId());
                InstanceActions actions = compute.actions();
                long action =
                        actions.begin(transaction, server, caller.userId(), project, order.requestId(), command, now);
                actions.finish(transaction, action, server.host(), Optional.empty(), now);
            }
        });
    }

    private void edit(Order order, Edit edit) {
        compute.database().change(transaction -> {
            Server server = compute.servers().lock(transaction, order.caller().visibility(), order.serverId());
            compute.servers().update(transaction, server.id(), edit.of(server), clock.instant());
        });
    }
}
