package io.kilonova.servers;

import java.util.Locale;

/** What is being done to a server ({@code OS-EXT-STS:task_state}). */
public enum TaskState {
    SCHEDULING,
    NETWORKING,
    BLOCK_DEVICE_MAPPING,
    SPAWNING,
    POWERING_ON,
    POWERING_OFF,
    REBOOTING,
    REBOOTING_HARD,
    PAUSING,
    UNPAUSING,
    SUSPENDING,
    RESUMING,
    REBUILDING,
    REBUILD_BLOCK_DEVICE_MAPPING,
    REBUILD_SPAWNING,
    RESIZE_PREP,
    RESIZE_MIGRATING,
    RESIZE_MIGRATED,
    RESIZE_FINISH,
    RESIZE_REVERTING,
    MIGRATING,
    DELETING;

    /** The name in the API and the table, for example {@code powering-off}. */
    public String label() {
        return switch (this) {
            case POWERING_ON, POWERING_OFF -> name().toLowerCase(Locale.ROOT).replace('_', '-');
            case SCHEDULING,
                    NETWORKING,
                    BLOCK_DEVICE_MAPPING,
                    SPAWNING,
                    REBOOTING,
                    REBOOTING_HARD,
                    PAUSING,
                    UNPAUSING,
                    SUSPENDING,
                    RESUMING,
                    REBUILDING,
                    REBUILD_BLOCK_DEVICE_MAPPING,
                    REBUILD_SPAWNING,
                    RESIZE_PREP,
                    RESIZE_MIGRATING,
                    RESIZE_MIGRATED,
                    RESIZE_FINISH,
                    RESIZE_REVERTING,
                    MIGRATING,
                    DELETING -> name().toLowerCase(Locale.ROOT);
        };
    }

    /** The state of that name. */
    public static TaskState of(String label) {
        return valueOf(label.replace('-', '_').toUpperCase(Locale.ROOT));
    }
}
