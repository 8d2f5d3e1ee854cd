package io.kilonova.servers;

import static io.kilonova.servers.ServerCommand.*;
import static io.kilonova.servers.TaskState.*;
import static io.kilonova.servers.Transition.on;
import static io.kilonova.servers.VmState.*;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Every legal move of a server. Read it as the state diagram: the 409s of the API, the history of actions and the deadlines
 * of the operations all come from this table, and nothing else writes a state.
 */
public final class ServerLifecycle {
    static final List<Transition> TRANSITIONS = List.of(
            on(CREATE)
                    .from(BUILDING)
                    .through(SCHEDULING, NETWORKING, SPAWNING)
                    .to(ACTIVE)
                    .within(ofMinutes(30)),
            on(DELETE).fromAny().through(DELETING).to(DELETED).within(ofMinutes(30)),
            on(FORCE_DELETE).fromAny().through(DELETING).to(DELETED).within(ofMinutes(30)),
            on(START).from(STOPPED).through(POWERING_ON).to(ACTIVE).onItsHost(),
            on(STOP).from(ACTIVE, ERROR).through(POWERING_OFF).to(STOPPED).onItsHost(),
            on(REBOOT_SOFT).from(ACTIVE).through(REBOOTING).to(ACTIVE).evenWhenLocked(),
            on(REBOOT_HARD)
                    .from(ACTIVE, ERROR, PAUSED, STOPPED, SUSPENDED)
                    .during(PAUSING, REBOOTING, REBOOTING_HARD, RESUMING, SUSPENDING, UNPAUSING)
                    .through(REBOOTING_HARD)
                    .to(ACTIVE)
                    .evenWhenLocked(),
            on(PAUSE).from(ACTIVE).through(PAUSING).to(PAUSED),
            on(UNPAUSE).from(PAUSED).through(UNPAUSING).to(ACTIVE),
            on(SUSPEND).from(ACTIVE).through(SUSPENDING).to(SUSPENDED),
            on(RESUME).from(SUSPENDED).through(RESUMING).to(ACTIVE),
            on(REBUILD)
                    .from(ACTIVE, ERROR, STOPPED)
                    .through(REBUILDING, REBUILD_BLOCK_DEVICE_MAPPING, REBUILD_SPAWNING)
                    .to(ACTIVE)
                    .within(ofMinutes(30)),
            on(RESIZE)
                    .from(ACTIVE, STOPPED)
                    .through(RESIZE_PREP, RESIZE_MIGRATING, RESIZE_MIGRATED, RESIZE_FINISH)
                    .to(RESIZED)
                    .onItsHost()
                    .within(ofHours(4)),
            on(MIGRATE)
                    .from(ACTIVE, STOPPED)
                    .through(RESIZE_PREP, RESIZE_MIGRATING, RESIZE_MIGRATED, RESIZE_FINISH)
                    .to(RESIZED)
                    .onItsHost()
                    .within(ofHours(4)),
            on(CONFIRM_RESIZE).from(RESIZED).to(ACTIVE).within(ofMinutes(30)),
            on(REVERT_RESIZE).from(RESIZED).through(RESIZE_REVERTING).to(ACTIVE).within(ofMinutes(30)),
            on(LIVE_MIGRATE).from(ACTIVE, PAUSED).through(MIGRATING).onItsHost().within(ofHours(4)),
            on(ABORT_LIVE_MIGRATION).fromAny().duringOnly(MIGRATING),
            on(FORCE_COMPLETE_LIVE_MIGRATION).from(ACTIVE).duringOnly(MIGRATING),
            on(EVACUATE)
                    .from(ACTIVE, ERROR, STOPPED)
                    .duringAnything()
                    .through(REBUILDING, REBUILD_BLOCK_DEVICE_MAPPING, REBUILD_SPAWNING)
                    .to(ACTIVE)
                    .onItsHost()
                    .within(ofHours(1)),
            on(LOCK).fromAny().evenWhenLocked(),
            on(UNLOCK).fromAny().evenWhenLocked(),
            on(ATTACH_INTERFACE).from(ACTIVE, PAUSED, STOPPED),
            on(DETACH_INTERFACE).from(ACTIVE, PAUSED, STOPPED),
            on(UPDATE_METADATA).from(ACTIVE, PAUSED, STOPPED, SUSPENDED).duringAnything(),
            on(DELETE_METADATA).from(ACTIVE, PAUSED, STOPPED, SUSPENDED).duringAnything());

    private static final Map<ServerCommand, Transition> BY_COMMAND = new EnumMap<>(ServerCommand.class);

    static {
        TRANSITIONS.forEach(transition -> BY_COMMAND.put(transition.command(), transition));
    }

    private ServerLifecycle() {}

    /** The move that a command makes. */
    public static Transition of(ServerCommand command) {
        Transition transition = BY_COMMAND.get(command);
        if (transition == null) {
            throw new IllegalStateException("the lifecycle has no line for " + command);
        }
        return transition;
    }

    /**
     * Checks that a command is legal now, in the order of Nova: lock, launch, host, state, task.
     *
     * @param ignoresLock whether the caller may act on locked servers
     * @throws io.kilonova.errors.ServiceException {@link ServerError#SERVER_LOCKED}, {@link ServerError#SERVER_NOT_READY} or
     *     {@link ServerError#INVALID_STATE}
     */
    static Transition require(ServerCommand command, Server server, boolean ignoresLock) {
        Transition transition = of(command);
        if (server.lock().isPresent() && transition.respectsLock() && !ignoresLock) {
            throw ServerError.SERVER_LOCKED.with(server.id());
        }
        if (transition.needsHost() && server.host().isEmpty()) {
            throw ServerError.SERVER_NOT_READY.with(server.id());
        }
        if (!transition.sources().contains(server.vmState())) {
            throw invalid(command, server, "vm_state", server.vmState().label());
        }
        if (!transition.tasks().allows(server.taskState())) {
            throw invalid(
                    command,
                    server,
                    "task_state",
                    server.taskState().map(TaskState::label).orElse("None"));
        }
        if (transition.needsLaunch() && server.launchedAt().isEmpty() && command != CREATE) {
            throw invalid(command, server, "launched_at", "None");
        }
        return transition;
    }

    private static RuntimeException invalid(ServerCommand command, Server server, String attribute, String value) {
        return ServerError.INVALID_STATE.with(command.verb(), server.id(), attribute, value);
    }
}
