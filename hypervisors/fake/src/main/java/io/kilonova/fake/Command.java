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
                    ATTACH_INTERFACE,
                    DETACH_INTERFACE -> true;
            case CONSOLE, GRAPHICS, GUESTS, INVENTORY -> false;
        };
    }
}
