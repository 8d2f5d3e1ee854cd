package io.kilonova.fake;

/** The commands of a hypervisor that take time and can go wrong. */
public enum Command {
    SPAWN,
    START,
    STOP,
    REBOOT,
    PAUSE,
    UNPAUSE,
    SUSPEND,
    RESUME,
    DESTROY,
    EXPORT_DISKS,
    IMPORT_DISKS,
    PREPARE_LIVE_MIGRATION,
    LIVE_MIGRATE,
    ABORT_LIVE_MIGRATION,
    FORCE_COMPLETE_LIVE_MIGRATION,
    ATTACH_INTERFACE,
    DETACH_INTERFACE,
    CONSOLE,
    GRAPHICS,
    GUESTS,
    INVENTORY;

    /** Whether the command changes a guest; the others only look. */
    public boolean changes() {
        return switch (this) {
            case SPAWN,
                    START,
                    STOP,
                    REBOOT,
                    PAUSE,
                    UNPAUSE,
                    SUSPEND,
                    RESUME,
                    DESTROY,
                    IMPORT_DISKS,
                    PREPARE_LIVE_MIGRATION,
                    LIVE_MIGRATE,
                    ABORT_LIVE_MIGRATION,
                    FORCE_COMPLETE_LIVE_MIGRATION,
                    ATTACH_INTERFACE,
                    DETACH_INTERFACE -> true;
            case EXPORT_DISKS, CONSOLE, GRAPHICS, GUESTS, INVENTORY -> false;
        };
    }
}
