package io.kilonova.servers;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How far a move is, in the words of the Compute API. */
public enum MigrationStatus {
    /** A live migration is accepted. */
    QUEUED(Holds.SOURCE),
    /** The destination makes ready for a guest that runs. */
    PREPARING(Holds.SOURCE),
    /** The guest's memory and disks are on their way. */
    RUNNING(Holds.SOURCE),
    /** Another move is accepted, and looks for its destination. */
    PRE_MIGRATING(Holds.SOURCE),
    /** The guest is off, its disks are copied. */
    MIGRATING(Holds.SOURCE),
    /** The disks are there. */
    POST_MIGRATING(Holds.SOURCE),
    /** The server is at its destination and waits for a confirmation; its source is kept. */
    FINISHED(Holds.SOURCE),
    /** The source is given up. */
    CONFIRMING(Holds.SOURCE),
    /** The server goes back. */
    REVERTING(Holds.SOURCE),
    /** The server is at its destination for good. */
    CONFIRMED(Holds.NOTHING),
    /** The server is at its source again. */
    REVERTED(Holds.NOTHING),
    /** The server was evacuated; the dead host may still have its former guest. */
    DONE(Holds.SOURCE),
    /** The server is at its destination, and nothing of it is left at the source. */
    COMPLETED(Holds.NOTHING),
    /** It did not come to pass: the server is what and where it was. */
    FAILED(Holds.NOTHING),
    /** Somebody stopped it: the server is what and where it was. */
    CANCELLED(Holds.NOTHING),
    /** It failed and could not be undone: where the guest is has to be found out, so both sides keep their room. */
    ERROR(Holds.SOURCE);

    /** Whether a row's move is at its end, in SQL. */
    static final String CLOSED = Arrays.stream(values())
            .filter(status -> !status.open())
            .map(status -> "'" + status.label() + "'")
            .collect(Collectors.joining(", ", "status IN (", ")"));

    private enum Holds {
        SOURCE,
        NOTHING
    }

    private final Holds holds;

    MigrationStatus(Holds holds) {
        this.holds = holds;
    }

    /** Whether the migration holds what the server took at its source. */
    public boolean open() {
        return holds == Holds.SOURCE;
    }

    /** Whether a live migration goes on. */
    public boolean inProgress() {
        return this == QUEUED || this == PREPARING || this == RUNNING;
    }

    /** The name in the API and the table, for example {@code pre-migrating}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The status of that name. */
    static MigrationStatus of(String label) {
        return valueOf(label.replace('-', '_').toUpperCase(Locale.ROOT));
    }
}
