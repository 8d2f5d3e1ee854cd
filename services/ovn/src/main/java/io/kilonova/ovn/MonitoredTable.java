package io.kilonova.ovn;

import java.util.List;

/**
 * A table to be told about.
 *
 * @param changesOnly only rows whose columns change: neither those that are there, nor those that come or go. What such a
 *     monitor costs at its start does not grow with the table.
 */
public record MonitoredTable(String table, List<String> columns, boolean changesOnly) {
    /** All rows: those that are there, and each that comes, changes or goes. */
    public static MonitoredTable everything(String table, String... columns) {
        return new MonitoredTable(table, List.of(columns), false);
    }

    /** Changes of rows only. */
    public static MonitoredTable changes(String table, String... columns) {
        return new MonitoredTable(table, List.of(columns), true);
    }
}
