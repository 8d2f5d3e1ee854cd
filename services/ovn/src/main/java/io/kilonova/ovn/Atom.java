package io.kilonova.ovn;

import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.StringNode;

/** One scalar of the database (RFC 7047, section 5.1, {@code <atom>}). */
public sealed interface Atom {
    /** A string. */
    record Text(String value) implements Atom {}

    /** An integer of 64 bits. */
    record Whole(long value) implements Atom {}

    /** A real number. */
    record Real(double value) implements Atom {}

    /** True or false. */
    record Flag(boolean value) implements Atom {}

    /** A row, by its identity. */
    record RowId(UUID value) implements Atom {}

    /** A row that the same transaction inserts, by the name that it has there. */
    record NamedRow(String name) implements Atom {}

    /** The atom as it stands in a message. */
    default JsonNode toJson() {
        return switch (this) {
            case Text text -> StringNode.valueOf(text.value());
            case Whole whole -> LongNode.valueOf(whole.value());
            case Real real -> DoubleNode.valueOf(real.value());
            case Flag flag -> BooleanNode.valueOf(flag.value());
            case RowId row -> tagged("uuid", row.value().toString());
            case NamedRow row -> tagged("named-uuid", row.name());
        };
    }

    /**
     * Reads an atom.
     *
     * @throws IllegalArgumentException when it is none
     */
    static Atom parse(JsonNode json) {
        if (json.isString()) {
            return new Text(json.stringValue());
        }
        if (json.isIntegralNumber()) {
            return new Whole(json.longValue());
        }
        if (json.isNumber()) {
            return new Real(json.doubleValue());
        }
        if (json.isBoolean()) {
            return new Flag(json.booleanValue());
        }
        if (json.isArray()
                && json.size() == 2
                && json.get(0).isString()
                && json.get(1).isString()) {
            String value = json.get(1).stringValue();
            return switch (json.get(0).stringValue()) {
                case "uuid" -> new RowId(UUID.fromString(value));
                case "named-uuid" -> new NamedRow(value);
                default -> throw new IllegalArgumentException("neither uuid nor named-uuid");
            };
        }
        throw new IllegalArgumentException("no atom of RFC 7047");
    }

    private static ArrayNode tagged(String tag, String value) {
        return JsonNodeFactory.instance.arrayNode().add(tag).add(value);
    }
}
