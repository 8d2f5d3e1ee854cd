package io.kilonova.ovn;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One operation of a transaction (RFC 7047, section 5.2). All operations of a transaction happen, or none. */
public sealed interface OvsdbOperation {
    /** What a row must be like: a column, a function such as {@code ==} or {@code includes}, and a value. */
    record Condition(String column, String function, Datum value) {
        /** The one row with that identity: the server finds it by its index, whatever the size of the table. */
        public static Condition identity(UUID row) {
            return new Condition("_uuid", "==", Datum.row(row));
        }
    }

    /** A change relative to what stands in a column: {@code insert} and {@code delete} for sets and maps, {@code +=}. */
    record Mutation(String column, String mutator, Datum value) {}

    /**
     * A new row.
     *
     * @param uuid the identity that it shall have (a server since Open vSwitch 2.13 understands it), or else the server's
     * @param name a name for it in this transaction, see {@link Datum#namedRow}
     */
    record Insert(String table, Optional<UUID> uuid, Optional<String> name, Map<String, Datum> row)
            implements OvsdbOperation {}

    /** Rows that hold the conditions, and of them these columns. */
    record Select(String table, List<Condition> where, List<String> columns) implements OvsdbOperation {}

    /** Columns that get a new value. */
    record Update(String table, List<Condition> where, Map<String, Datum> row) implements OvsdbOperation {}

    /** Columns that are changed relatively. */
    record Mutate(String table, List<Condition> where, List<Mutation> mutations) implements OvsdbOperation {}

    /** Rows that go. */
    record Delete(String table, List<Condition> where) implements OvsdbOperation {}

    /**
     * Aborts the transaction unless the rows selected are exactly these within the timeout (0: now). The guard against
     * those who changed what was read before.
     */
    record Wait(
            String table, List<Condition> where, List<String> columns, List<Map<String, Datum>> rows, Duration timeout)
            implements OvsdbOperation {}

    /** A remark for the server's log. */
    record Comment(String text) implements OvsdbOperation {}

    /** A row that has no name in its transaction. */
    static Insert insert(String table, UUID uuid, Map<String, Datum> row) {
        return new Insert(table, Optional.of(uuid), Optional.empty(), row);
    }

    /** The row with that identity. */
    static Select select(String table, UUID row, String... columns) {
        return new Select(table, List.of(Condition.identity(row)), List.of(columns));
    }

    /** Puts a reference into a row's set. */
    static Mutate link(String table, UUID row, String column, UUID member) {
        return new Mutate(
                table, List.of(Condition.identity(row)), List.of(new Mutation(column, "insert", Datum.row(member))));
    }

    /** Takes a reference out of a row's set. */
    static Mutate unlink(String table, UUID row, String column, UUID member) {
        return new Mutate(
                table, List.of(Condition.identity(row)), List.of(new Mutation(column, "delete", Datum.row(member))));
    }

    /** The operation as it stands in a message. */
    default ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        switch (this) {
            case Insert insert -> {
                json.put("op", "insert").put("table", insert.table()).set("row", row(insert.row()));
                insert.uuid().ifPresent(uuid -> json.put("uuid", uuid.toString()));
                insert.name().ifPresent(name -> json.put("uuid-name", name));
            }
            case Select select -> {
                json.put("op", "select").put("table", select.table()).set("where", where(select.where()));
                json.set("columns", texts(select.columns()));
            }
            case Update update -> {
                json.put("op", "update").put("table", update.table()).set("where", where(update.where()));
                json.set("row", row(update.row()));
            }
            case Mutate mutate -> {
                json.put("op", "mutate").put("table", mutate.table()).set("where", where(mutate.where()));
                ArrayNode mutations = json.putArray("mutations");
                mutate.mutations()
                        .forEach(mutation -> mutations
                                .addArray()
                                .add(mutation.column())
                                .add(mutation.mutator())
                                .add(mutation.value().toJson()));
            }
            case Delete delete ->
                json.put("op", "delete").put("table", delete.table()).set("where", where(delete.where()));
            case Wait wait -> {
                json.put("op", "wait").put("table", wait.table()).set("where", where(wait.where()));
                json.put("timeout", wait.timeout().toMillis()).put("until", "==");
                json.set("columns", texts(wait.columns()));
                ArrayNode rows = json.putArray("rows");
                wait.rows().forEach(row -> rows.add(row(row)));
            }
            case Comment comment -> json.put("op", "comment").put("comment", comment.text());
        }
        return json;
    }

    private static ObjectNode row(Map<String, Datum> columns) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        columns.forEach((column, value) -> json.set(column, value.toJson()));
        return json;
    }

    private static ArrayNode where(List<Condition> conditions) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        conditions.forEach(condition -> json.addArray()
                .add(condition.column())
                .add(condition.function())
                .add(condition.value().toJson()));
        return json;
    }

    private static ArrayNode texts(List<String> texts) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        texts.forEach(json::add);
        return json;
    }
}
