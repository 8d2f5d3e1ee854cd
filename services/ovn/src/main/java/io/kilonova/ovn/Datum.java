package io.kilonova.ovn;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A column's value (RFC 7047, section 5.1, {@code <value>}). A scalar is a set of one, as the protocol has it, so that
 * what was read compares equal to what is wanted, in whatever form and order the server wrote it.
 */
public sealed interface Datum {
    /** The empty set, which also is the absent optional. */
    static Datum nothing() {
        return new Atoms(Set.of());
    }

    /** A set of scalars; a scalar is a set of one. */
    record Atoms(Set<Atom> values) implements Datum {
        /** Keeps its own copy. */
        public Atoms {
            values = Set.copyOf(values);
        }
    }

    /** A map between scalars. */
    record Pairs(Map<Atom, Atom> values) implements Datum {
        /** Keeps its own copy. */
        public Pairs {
            values = Map.copyOf(values);
        }
    }

    /** A string. */
    static Datum text(String value) {
        return new Atoms(Set.of(new Atom.Text(value)));
    }

    /** A set of strings. */
    static Datum texts(Collection<String> values) {
        return new Atoms(values.stream().map(Atom.Text::new).collect(Collectors.toSet()));
    }

    /** An integer. */
    static Datum whole(long value) {
        return new Atoms(Set.of(new Atom.Whole(value)));
    }

    /** True or false. */
    static Datum flag(boolean value) {
        return new Atoms(Set.of(new Atom.Flag(value)));
    }

    /** A reference to a row. */
    static Datum row(UUID row) {
        return new Atoms(Set.of(new Atom.RowId(row)));
    }

    /** References to rows. */
    static Datum rows(Collection<UUID> rows) {
        return new Atoms(rows.stream().map(Atom.RowId::new).collect(Collectors.toSet()));
    }

    /** A reference to a row that the same transaction inserts under that name. */
    static Datum namedRow(String name) {
        return new Atoms(Set.of(new Atom.NamedRow(name)));
    }

    /** A map from strings to strings. */
    static Datum map(Map<String, String> values) {
        Map<Atom, Atom> pairs = new LinkedHashMap<>();
        values.forEach((key, value) -> pairs.put(new Atom.Text(key), new Atom.Text(value)));
        return new Pairs(pairs);
    }

    /** The strings of a set of strings; anything else in it is left out. */
    default Set<String> texts() {
        Set<String> texts = new LinkedHashSet<>();
        if (this instanceof Atoms atoms) {
            for (Atom atom : atoms.values()) {
                if (atom instanceof Atom.Text text) {
                    texts.add(text.value());
                }
            }
        }
        return texts;
    }

    /** The only string, if there is one. */
    default Optional<String> text() {
        return texts().stream().findFirst();
    }

    /** The only integer, if there is one. */
    default Optional<Long> whole() {
        return only() instanceof Atom.Whole(long value) ? Optional.of(value) : Optional.empty();
    }

    /** Whether this is the scalar {@code true}. */
    default boolean isTrue() {
        return only() instanceof Atom.Flag(boolean value) && value;
    }

    /** The rows that this refers to. */
    default Set<UUID> rows() {
        Set<UUID> rows = new LinkedHashSet<>();
        if (this instanceof Atoms atoms) {
            for (Atom atom : atoms.values()) {
                if (atom instanceof Atom.RowId(UUID row)) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    /** The string pairs of a map; empty for a set. */
    default Map<String, String> map() {
        Map<String, String> map = new LinkedHashMap<>();
        if (this instanceof Pairs pairs) {
            pairs.values().forEach((key, value) -> {
                if (key instanceof Atom.Text(String name) && value instanceof Atom.Text(String content)) {
                    map.put(name, content);
                }
            });
        }
        return map;
    }

    /** The value as it stands in a message. */
    default JsonNode toJson() {
        ArrayNode members = JsonNodeFactory.instance.arrayNode();
        return switch (this) {
            case Atoms atoms -> {
                if (atoms.values().size() == 1) {
                    yield atoms.values().iterator().next().toJson();
                }
                atoms.values().forEach(atom -> members.add(atom.toJson()));
                yield JsonNodeFactory.instance.arrayNode().add("set").add(members);
            }
            case Pairs pairs -> {
                pairs.values()
                        .forEach((key, value) -> members.add(JsonNodeFactory.instance
                                .arrayNode()
                                .add(key.toJson())
                                .add(value.toJson())));
                yield JsonNodeFactory.instance.arrayNode().add("map").add(members);
            }
        };
    }

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException when it is none
     */
    static Datum parse(JsonNode json) {
        if (json.isArray()
                && json.size() == 2
                && json.get(0).isString()
                && json.get(1).isArray()) {
            return switch (json.get(0).stringValue()) {
                case "set" -> set(json.get(1));
                case "map" -> map(json.get(1));
                default -> throw new IllegalArgumentException("neither set nor map");
            };
        }
        return new Atoms(Set.of(Atom.parse(json)));
    }

    private static Datum set(JsonNode members) {
        Set<Atom> atoms = new LinkedHashSet<>();
        members.forEach(member -> atoms.add(Atom.parse(member)));
        return new Atoms(atoms);
    }

    private static Datum map(JsonNode members) {
        Map<Atom, Atom> pairs = new LinkedHashMap<>();
        for (JsonNode pair : members) {
            if (!pair.isArray() || pair.size() != 2) {
                throw new IllegalArgumentException("no pair of a map");
            }
            pairs.put(Atom.parse(pair.get(0)), Atom.parse(pair.get(1)));
        }
        return new Pairs(pairs);
    }

    private Optional<Atom> first() {
        return this instanceof Atoms atoms && atoms.values().size() == 1
                ? Optional.of(atoms.values().iterator().next())
                : Optional.empty();
    }

    private Atom only() {
        return first().orElse(new Atom.Text(""));
    }
}
