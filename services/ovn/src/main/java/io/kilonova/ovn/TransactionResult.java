package io.kilonova.ovn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What a committed transaction answered, one part for each operation in its order. */
public record TransactionResult(List<JsonNode> parts) {
    /** Keeps its own copy. */
    public TransactionResult {
        parts = List.copyOf(parts);
    }

    /**
     * The rows of a select.
     *
     * @param operation its place in the transaction, from 0
     */
    public List<Map<String, Datum>> rows(int operation) {
        List<Map<String, Datum>> rows = new ArrayList<>();
        parts.get(operation).path("rows").forEach(row -> rows.add(columns(row)));
        return rows;
    }

    /**
     * How many rows an update, a mutate or a delete found.
     *
     * @param operation its place in the transaction, from 0
     */
    public long count(int operation) {
        return parts.get(operation).path("count").asLong(0);
    }

    /** Reads a row's columns. */
    static Map<String, Datum> columns(JsonNode row) {
        Map<String, Datum> columns = new LinkedHashMap<>();
        row.properties().forEach(column -> columns.put(column.getKey(), Datum.parse(column.getValue())));
        return columns;
    }
}
