package io.kilonova.servers;

import java.util.Locale;

/** In which way a server moves ({@code migration_type}). */
public enum MigrationType {
    /** To another host, while it is off. */
    MIGRATION,
    /** The same with another flavor. */
    RESIZE,
    /** To another host, while it runs. */
    LIVE_MIGRATION,
    /** Away from a host that is dead. */
    EVACUATION;

    /** The name in the API and the table, for example {@code live-migration}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The type of that name. */
    static MigrationType of(String label) {
        return valueOf(label.replace('-', '_').toUpperCase(Locale.ROOT));
    }
}
