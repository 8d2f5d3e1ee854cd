package io.kilonova.storage;

import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * Rows of a table that are history: they leave by age and by count, oldest first.
 *
 * @param table its name
 * @param key the columns of its primary key, separated by commas
 * @param time the indexed column that says when a row became history, in milliseconds since 1970
 * @param condition which rows are history, in SQL
 */
public record OldRows(String table, String key, String time, String condition) {
    /** So few that whoever writes meanwhile waits a few milliseconds at most. */
    private static final int BATCH = 500;

    /** Rows of a table of which each is history. */
    public OldRows(String table, String key, String time) {
        this(table, key, time, "1 = 1");
    }

    /** Removes what {@code retention} does not keep, a small transaction after the other; returns how many rows went. */
    public int sweep(Database database, Retention retention, Instant now) {
        return sweep(database, retention, now, () -> true);
    }

    /** {@link #sweep(Database, Retention, Instant)}, as long as {@code goesOn} says so before each transaction but the first. */
    public int sweep(Database database, Retention retention, Instant now, BooleanSupplier goesOn) {
        String oldest = "DELETE FROM %s WHERE (%s) IN (SELECT %s FROM %s WHERE %s AND %s < ? ORDER BY %s LIMIT ?)"
                .formatted(table, key, key, table, condition, time, time);
        long before = now.minus(retention.age()).toEpochMilli();
        int gone = sweep(database, oldest, before, Integer.MAX_VALUE, goesOn);
        int beyond =
                database.read(sql -> sql.fetchSingle("SELECT COUNT(*) FROM %s WHERE %s".formatted(table, condition))
                                .get(0, Integer.class))
                        - retention.count();
        return gone + sweep(database, oldest, Long.MAX_VALUE, beyond, goesOn);
    }

    private static int sweep(Database database, String statement, long before, int most, BooleanSupplier goesOn) {
        int gone = 0;
        while (gone < most) {
            int batch = Math.min(BATCH, most - gone);
            int deleted = database.write(transaction -> transaction.sql().execute(statement, before, batch));
            gone += deleted;
            if (deleted < batch || !goesOn.getAsBoolean()) {
                break;
            }
        }
        return gone;
    }
}
