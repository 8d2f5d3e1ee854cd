package io.kilonova.ovn;

/** Is told of changes, in their order, on a thread of the monitor's own; it may block and may call the database. */
@FunctionalInterface
public interface MonitorListener {
    /** A row came, changed or went. */
    void changed(RowUpdate update);

    /**
     * The monitor is set, for the first time or again after the connection was lost: changes in between may have been
     * missed. For tables monitored as a whole, the rows that are there follow.
     */
    default void started() {}
}
