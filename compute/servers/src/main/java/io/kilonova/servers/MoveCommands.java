package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.DISK_CONFIG;

import io.kilonova.access.Caller;
import io.kilonova.access.Visibility;
import io.kilonova.errors.ServiceException;
import io.kilonova.operations.Submission;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts what takes servers from host to host: resize, migrate, confirm, revert, live migrate and evacuate. */
public final class MoveCommands {
    private static final Logger LOGGER = LoggerFactory.getLogger(MoveCommands.class);
    private static final Duration NEVER = Duration.ZERO;

    private final Compute compute;
    private final ServerCommands commands;
    private final Flavors flavors;
    private final ServerImages images;
    private final InstantSource clock;

    MoveCommands(Compute compute, ServerCommands commands, Flavors flavors, ServerImages images, InstantSource clock) {
        this.compute = compute;
        this.commands = commands;
        this.flavors = flavors;
        this.images = images;
        this.clock = clock;
    }

    /** The moves that go on and those that were. */
    public Migrations migrations() {
        return compute.migrations();
    }

    /** Has a server moved to another host in the size of another flavor. */
    public void resize(Caller caller, String requestId, String serverId, String flavorId, Optional<String> diskConfig) {
        accept(
                new ServerCommands.Order(caller, requestId, serverId),
                ServerCommand.RESIZE,
                ResizeServer.NAME,
                server -> {
                    Flavor flavor = flavors.find(caller.visibility(), flavorId)
                            .filter(found -> !found.disabled())
                            .orElseThrow(() -> ServerError.FLAVOR_UNUSABLE.with(flavorId));
                    requireRoomFor(caller, server, flavor);
                    return new Moves.Course(MigrationType.RESIZE, flavor, ServerMove.Wish.anywhere());
                },
                (transaction, server) -> diskConfig.ifPresent(value -> compute.servers()
                        .update(transaction, server.id(), Map.of(DISK_CONFIG, value), clock.instant())));
    }

    private void requireRoomFor(Caller caller, Server server, Flavor flavor) {
        Flavor before = server.flavor();
        if (flavor.id().equals(before.id())) {
            throw ServerError.FLAVOR_SAME.with();
        }
        if (flavor.rootDiskGibibytes() == 0 && before.rootDiskGibibytes() != 0) {
            throw ServerError.DISK_CANNOT_SHRINK.with("Resize to zero disk flavor is not allowed.");
        }
        if (flavor.rootDiskGibibytes() < before.rootDiskGibibytes()
                || flavor.ephemeralDiskGibibytes() < before.ephemeralDiskGibibytes()) {
            throw ServerError.DISK_CANNOT_SHRINK.with("Unable to resize disk down.");
        }
        images.requireRoom(caller, server.image(), flavor);
    }

    /** Has a server moved to another host, as it is. */
    public void migrate(Caller caller, String requestId, String serverId, Optional<String> host) {
        accept(
                new ServerCommands.Order(caller, requestId, serverId),
                ServerCommand.MIGRATE,
                ResizeServer.NAME,
                server -> {
                    host.ifPresent(name -> requireHost(name, ServerError.HOST_NOT_FOUND));
                    if (host.isPresent() && host.equals(server.host())) {
                        throw ServerError.HOST_IS_SAME.with();
                    }
                    return new Moves.Course(MigrationType.MIGRATION, server.flavor(), ServerMove.Wish.to(host, false));
                },
                (transaction, server) -> {});
    }

    /**
     * Has a running server moved to another host.
     *
     * @param checksAtOnce whether what stands in the way is said now, rather than in the server's history (before Compute
     *     API 2.34)
     */
    public void liveMigrate(
            Caller caller, String requestId, String serverId, ServerMove.Wish wish, boolean checksAtOnce) {
        ServerCommands.Order order = new ServerCommands.Order(caller, requestId, serverId);
        wish.host().ifPresent(name -> requireHost(name, ServerError.HOST_NOT_FOUND));
        accept(
                order,
                ServerCommand.LIVE_MIGRATE,
                LiveMigrateServer.NAME,
                server -> {
                    if (wish.host().isPresent() && wish.host().equals(server.host())) {
                        throw ServerError.MOVE_TO_SELF.with(
                                serverId, wish.host().get());
                    }
                    if (checksAtOnce) {
                        wish.host().ifPresent(this::requireUp);
                        server.host().ifPresent(this::requireUp);
                        if (!wish.copiesDisks()) {
                            throw ServerError.STORAGE_NOT_SHARED.with();
                        }
                    }
                    return new Moves.Course(MigrationType.LIVE_MIGRATION, server.flavor(), wish);
                },
                (transaction, server) -> {});
    }

    /** Has a server of a dead host made anew on another. */
    public void evacuate(Caller caller, String requestId, String serverId, ServerMove.Wish wish) {
        ServerCommands.Order order = new ServerCommands.Order(caller, requestId, serverId);
        wish.host().ifPresent(name -> requireHost(name, ServerError.EVACUATION_HOST_NOT_FOUND));
        accept(
                order,
                ServerCommand.EVACUATE,
                EvacuateServer.NAME,
                server -> {
                    if (wish.host().isPresent() && wish.host().equals(server.host())) {
                        throw ServerError.EVACUATION_HOST_IS_SAME.with();
                    }
                    if (server.taskState().equals(Optional.of(TaskState.DELETING))) {
                        throw ServerError.INVALID_STATE.with(
                                ServerCommand.EVACUATE.verb(), serverId, "task_state", TaskState.DELETING.label());
                    }
                    server.host().ifPresent(compute.moves()::requireDown);
                    return new Moves.Course(MigrationType.EVACUATION, server.flavor(), wish);
                },
                (transaction, server) -> {});
    }

    private void requireHost(String host, ServerError otherwise) {
        if (compute.hosts().find(host).isEmpty()) {
            throw otherwise.with(host);
        }
    }

    private void requireUp(String host) {
        if (compute.hosts().find(host).filter(compute.hosts()::isUp).isEmpty()) {
            throw ServerError.HOST_DOWN.with(host);
        }
    }

    /** Checks a move, and says how it goes. */
    private interface Plan {
        Moves.Course of(Server server);
    }

    /** Changes more of the server's row. */
    private interface Extra {
        void write(Transaction transaction, Server server);
    }

    private void accept(ServerCommands.Order order, ServerCommand command, String operation, Plan plan, Extra extra) {
        commands.accept(order, command, (transaction, server, requester) -> {
            Moves.Course course = plan.of(server);
            Instant now = clock.instant();
            Quotas.Usage more = Quotas.of(course.flavor()).beyond(Quotas.of(server.flavor()));
            String project = server.projectId();
            Quotas.take(transaction, project, compute.quotas().limits(project), more, 1, 1);
            extra.write(transaction, server);
            ServerMove move = compute.moves().begin(transaction, server, requester, command, course, now);
            return new Submission<>(operation, move, server.projectId(), server.id(), order.requestId());
        });
    }

    /** Has what a resized or migrated server left at its source given up. */
    public void confirm(Caller caller, String requestId, String serverId) {
        decide(new ServerCommands.Order(caller, requestId, serverId), ServerCommand.CONFIRM_RESIZE);
    }

    /** Has a resized or migrated server taken back to its source. */
    public void revert(Caller caller, String requestId, String serverId) {
        decide(new ServerCommands.Order(caller, requestId, serverId), ServerCommand.REVERT_RESIZE);
    }

    private void decide(ServerCommands.Order order, ServerCommand command) {
        commands.accept(
                order, command, (transaction, server, requester) -> decision(transaction, server, requester, command));
    }

    private Submission<?> decision(Transaction transaction, Server server, Requester requester, ServerCommand command) {
        Migration migration = Migrations.ofServer(transaction.sql(), server.id()).stream()
                .filter(move -> move.status() == MigrationStatus.FINISHED)
                .findFirst()
                .orElseThrow(ServerError.RESIZE_NOT_FOUND::with);
        boolean confirms = command == ServerCommand.CONFIRM_RESIZE;
        compute.migrations()
                .became(
                        transaction,
                        migration.id(),
                        confirms ? MigrationStatus.CONFIRMING : MigrationStatus.REVERTING,
                        clock.instant());
        boolean runs = server.powerState() == PowerState.RUNNING;
        return new Submission<>(
                confirms ? ConfirmResize.NAME : RevertResize.NAME,
                ServerMove.of(migration, requester, command, ServerMove.Wish.anywhere(), runs),
                server.projectId(),
                server.id(),
                requester.requestId());
    }

    /** Confirms what waits for it longer than {@code window}, in the name of whoever asked for the move; zero is never. */
    void confirmAfter(Duration window) {
        if (window.equals(NEVER)) {
            return;
        }
        for (Migration migration :
                compute.migrations().unconfirmedSince(clock.instant().minus(window))) {
            try {
                compute.database().change(transaction -> confirmByTime(transaction, migration));
            } catch (ServiceException | DataAccessException failure) {
                LOGGER.warn("server={} is confirmed later, for that fails", migration.serverId(), failure);
            }
        }
    }

    private void confirmByTime(Transaction transaction, Migration migration) {
        Optional<Server> server =
                compute.servers().lockIfThere(transaction, Visibility.everything(), migration.serverId());
        // Whoever was faster, a user or another controller, has decided.
        if (server.filter(present -> present.vmState() == VmState.RESIZED
                        && present.taskState().isEmpty()
                        && Migrations.get(transaction.sql(), migration.id()).status() == MigrationStatus.FINISHED)
                .isEmpty()) {
            return;
        }
        String requestId = "req-" + migration.id();
        long action = compute.actions()
                .begin(
                        transaction,
                        server.get(),
                        migration.userId(),
                        migration.projectId(),
                        requestId,
                        ServerCommand.CONFIRM_RESIZE,
                        clock.instant());
        Requester requester = new Requester(migration.userId(), migration.projectId(), requestId, action);
        compute.operations()
                .submit(transaction, decision(transaction, server.get(), requester, ServerCommand.CONFIRM_RESIZE));
    }

    /**
     * Stops a live migration; the server stays where it is.
     *
     * @param number the migration's id of the API
     * @param evenBefore whether also one that has not begun to send the guest (Compute API 2.65)
     */
    public void abort(Caller caller, String requestId, String serverId, String number, boolean evenBefore) {
        ServerCommands.Order order = new ServerCommands.Order(caller, requestId, serverId);
        Migration stopped = compute.database().write(transaction -> {
            Server server = begun(transaction, order, ServerCommand.ABORT_LIVE_MIGRATION);
            Migration migration = find(transaction, serverId, number, ServerError.MIGRATION_NOT_FOUND);
            boolean stoppable =
                    evenBefore ? migration.status().inProgress() : migration.status() == MigrationStatus.RUNNING;
            if (!stoppable || migration.type() != MigrationType.LIVE_MIGRATION) {
                throw ServerError.MIGRATION_STATE_INVALID.with(
                        number, serverId, migration.status().label(), "abort live migration");
            }
            compute.operations().cancelRunning(transaction, server.id(), "the live migration is aborted");
            return migration;
        });
        try {
            compute.fleet().get(stopped.source()).abortLiveMigration(serverId);
        } catch (ServiceException alreadyStopped) {
            // The cancelled operation sees to it that the guest stays, and asks the hypervisor again.
            if (alreadyStopped.code() != HypervisorError.NOT_MIGRATING
                    && alreadyStopped.code() != HypervisorError.HYPERVISOR_UNREACHABLE) {
                throw alreadyStopped;
            }
        }
    }

    /** Has a live migration that does not come to its end come to it soon. */
    public void forceComplete(Caller caller, String requestId, String serverId, String number) {
        ServerCommands.Order order = new ServerCommands.Order(caller, requestId, serverId);
        Migration forced = compute.database().write(transaction -> {
            begun(transaction, order, ServerCommand.FORCE_COMPLETE_LIVE_MIGRATION);
            Migration migration = find(transaction, serverId, number, ServerError.MIGRATION_UNUSABLE);
            if (migration.status() != MigrationStatus.RUNNING || migration.type() != MigrationType.LIVE_MIGRATION) {
                throw ServerError.MIGRATION_STATE_INVALID.with(
                        number, serverId, migration.status().label(), "force complete");
            }
            return migration;
        });
        compute.fleet().get(forced.source()).forceCompleteLiveMigration(serverId);
    }

    /** Writes a command down that no operation carries out. */
    private Server begun(Transaction transaction, ServerCommands.Order order, ServerCommand command) {
        Caller caller = order.caller();
        Server server = compute.servers().lock(transaction, caller.visibility(), order.serverId());
        ServerLifecycle.require(command, server, caller.isAdmin());
        Instant now = clock.instant();
        String project = caller.projectId().orElse(server.projectId());
        long action =
                compute.actions().begin(transaction, server, caller.userId(), project, order.requestId(), command, now);
        compute.actions().finish(transaction, action, server.host(), Optional.empty(), now);
        return server;
    }

    private static Migration find(Transaction transaction, String serverId, String number, ServerError otherwise) {
        return Migrations.ofServer(transaction.sql(), serverId).stream()
                .filter(migration -> String.valueOf(migration.number()).equals(number))
                .findFirst()
                .orElseThrow(() -> otherwise.with(number, serverId));
    }
}
