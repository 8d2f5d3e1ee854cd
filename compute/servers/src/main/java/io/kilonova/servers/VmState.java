package io.kilonova.servers;

import java.util.Locale;

/** What a server is when nothing is being done to it ({@code OS-EXT-STS:vm_state}). */
public enum VmState {
    BUILDING,
    ACTIVE,
    STOPPED,
    PAUSED,
    SUSPENDED,
    RESCUED,
    RESIZED,
    SOFT_DELETED,
    SHELVED,
    SHELVED_OFFLOADED,
    DELETED,
    ERROR;

    /** The name in the API and the table, for example {@code shelved_offloaded}. */
    public String label() {
        return this == SOFT_DELETED ? "soft-delete" : name().toLowerCase(Locale.ROOT);
    }

    /** The state of that name. */
    public static VmState of(String label) {
        return label.equals("soft-delete") ? SOFT_DELETED : valueOf(label.toUpperCase(Locale.ROOT));
    }
}
