package io.kilonova.servers;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The one word that the API shows for a server ({@code status}): what it is, unless something being done to it has a word of
 * its own.
 */
public enum ServerStatus {
    ACTIVE(VmState.ACTIVE),
    BUILD(VmState.BUILDING),
    SHUTOFF(VmState.STOPPED),
    PAUSED(VmState.PAUSED),
    SUSPENDED(VmState.SUSPENDED),
    RESCUE(VmState.RESCUED),
    VERIFY_RESIZE(VmState.RESIZED),
    SOFT_DELETED(VmState.SOFT_DELETED),
    SHELVED(VmState.SHELVED),
    SHELVED_OFFLOADED(VmState.SHELVED_OFFLOADED),
    DELETED(VmState.DELETED),
    ERROR(VmState.ERROR),
    REBOOT(VmState.ACTIVE, TaskState.REBOOTING),
    HARD_REBOOT(VmState.ACTIVE, TaskState.REBOOTING_HARD),
    REBUILD(
            Set.of(VmState.ACTIVE, VmState.STOPPED, VmState.ERROR),
            Set.of(TaskState.REBUILDING, TaskState.REBUILD_BLOCK_DEVICE_MAPPING, TaskState.REBUILD_SPAWNING)),
    RESIZE(
            Set.of(VmState.ACTIVE, VmState.STOPPED),
            Set.of(
                    TaskState.RESIZE_PREP,
                    TaskState.RESIZE_MIGRATING,
                    TaskState.RESIZE_MIGRATED,
                    TaskState.RESIZE_FINISH)),
    REVERT_RESIZE(VmState.RESIZED, TaskState.RESIZE_REVERTING),
    MIGRATING(Set.of(VmState.ACTIVE, VmState.PAUSED), Set.of(TaskState.MIGRATING));

    private static final Map<VmState, ServerStatus> RESTING = Arrays.stream(values())
            .filter(status -> status.tasks.isEmpty())
            .collect(Collectors.toMap(status -> status.states.iterator().next(), status -> status));

    private final Set<VmState> states;
    private final Set<TaskState> tasks;

    ServerStatus(VmState state) {
        this(Set.of(state), Set.of());
    }

    ServerStatus(VmState state, TaskState task) {
        this(Set.of(state), Set.of(task));
    }

    ServerStatus(Set<VmState> states, Set<TaskState> tasks) {
        this.states = states;
        this.tasks = tasks;
    }

    /** The status of a server. */
    public static ServerStatus of(VmState state, Optional<TaskState> task) {
        if (task.isPresent()) {
            for (ServerStatus status : List.of(REBOOT, HARD_REBOOT, REBUILD, RESIZE, REVERT_RESIZE, MIGRATING)) {
                if (status.tasks.contains(task.get()) && status.states.contains(state)) {
                    return status;
                }
            }
        }
        ServerStatus resting = RESTING.get(state);
        if (resting == null) {
            throw new IllegalStateException("no status for " + state);
        }
        return resting;
    }

    /** The status of that name, in any case; empty when there is none. */
    public static Optional<ServerStatus> named(String name) {
        return Arrays.stream(values())
                .filter(status -> status.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /** The states that a server of this status is in. */
    public Set<VmState> states() {
        return states;
    }

    /** What may be being done to a server of this status; empty for whatever has no status of its own. */
    public Set<TaskState> tasks() {
        return tasks;
    }

    /** Whether the API shows how far the server is ({@code progress}). */
    public boolean showsProgress() {
        return switch (this) {
            case ACTIVE, BUILD, REBUILD, RESIZE, VERIFY_RESIZE, MIGRATING -> true;
            case SHUTOFF,
                    PAUSED,
                    SUSPENDED,
                    RESCUE,
                    SOFT_DELETED,
                    SHELVED,
                    SHELVED_OFFLOADED,
                    DELETED,
                    ERROR,
                    REBOOT,
                    HARD_REBOOT,
                    REVERT_RESIZE -> false;
        };
    }

    /** Whether the API shows the server's fault. */
    public boolean showsFault() {
        return this == ERROR || this == DELETED;
    }
}
