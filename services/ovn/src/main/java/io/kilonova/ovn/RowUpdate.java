package io.kilonova.ovn;

import java.util.Map;
import java.util.UUID;

/**
 * What a monitor says about one row.
 *
 * @param before the columns that changed, as they were; empty for a row that is new or was there at the start
 * @param now the monitored columns as they are; empty for a row that is gone
 */
public record RowUpdate(String table, UUID row, Map<String, Datum> before, Map<String, Datum> now) {
    /** Keeps its own copies. */
    public RowUpdate {
        before = Map.copyOf(before);
        now = Map.copyOf(now);
    }

    /** Whether the row is no more. */
    public boolean isGone() {
        return now.isEmpty();
    }

    /** The column as it is now, or nothing. */
    public Datum column(String name) {
        return now.getOrDefault(name, Datum.nothing());
    }
}
