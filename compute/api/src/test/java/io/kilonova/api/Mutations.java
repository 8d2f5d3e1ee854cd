package io.kilonova.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes instances of a schema, and then wrong ones: each with one thing taken away, added or replaced. */
final class Mutations {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int LONGEST_TEXT = 70_000;
    /** Longer texts are tried only where the limit is, because each costs a millisecond. */
    private static final int LONG_TEXT = 2_000;

    private static final String LITERALS = """
            [null, true, false, 0, -1, -2, 1, 3, 1.5, 2147483647, 2147483648, "", " ", "a", "ab", " a", "a ", "a b",
             "a:b", "a/b", "a,b", "a.b-c_d", "a@b", "\\u00e9\\u00df", "\\u0000", "\\u00ad", "\\ud83d\\ude00", "a\\n", "-", "--", "a-",
             "0", "1", "-1", "-2", "1.5", "0.5", "5", "7", "2147483648", "True", "maybe", "1.2.3.4", "1.2.3", "01.2.3.4", "::1", ":::",
             "2026-01-01T00:00:00Z", "2026-01-01 10:00:00", "2026-01-01", "2026-13-01T00:00:00Z", "YWJj", "YWJ", "(", "a.*", "/16",
             "70a599e0-31e7-49b7-b260-868f441e862b", "70a599e031e749b7b260868f441e862b", "70a599e0-31e7-49b7-b260-868f441e862",
             "/dev/vdb", "vdb", "auto", "none", [], {}, [null], ["a"], ["a", "a"], [{}], {"a": "b"}, {"a": 1}, {"a/": "b"}]
            """;

    private final List<JsonNode> candidates;
    private final Map<String, Set<JsonNode>> longTexts = new HashMap<>();

    /** Mutations with the borders of some schemas as replacements. */
    Mutations(List<JsonNode> schemas) {
        Set<JsonNode> found = new LinkedHashSet<>();
        JsonMapper.shared().readTree(LITERALS).forEach(found::add);
        schemas.forEach(schema -> collect(schema, "", found));
        candidates = List.copyOf(found);
    }

    /** An instance that a schema accepts. */
    JsonNode instance(JsonNode schema, boolean full, ContractJudge judge) {
        if (schema.has("oneOf") && !schema.has("type")) {
            return instance(schema.path("oneOf").get(0), full, judge);
        }
        String type = schema.path("type").isArray()
                ? schema.path("type").get(0).asString()
                : schema.path("type").asString("");
        if (type.equals("object")) {
            ObjectNode object = NODES.objectNode();
            schema.path("properties").properties().forEach(property -> {
                if (full || contains(schema.path("required"), property.getKey())) {
                    object.set(property.getKey(), instance(property.getValue(), full, judge));
                }
            });
            schema.path("patternProperties")
                    .properties()
                    .forEach(pattern -> object.set(
                            "_key".substring(schema.path("properties").isEmpty() ? 1 : 0),
                            instance(pattern.getValue(), full, judge)));
            return object;
        }
        if (type.equals("array")) {
            JsonNode items =
                    schema.has("prefixItems") ? schema.path("prefixItems").get(0) : schema.path("items");
            return NODES.arrayNode().add(instance(items, full, judge));
        }
        // Strings first, because only they can stand in a query; "0" last, which some fields refuse behind the schema.
        Predicate<JsonNode> accepts =
                judge.of(schema).and(candidate -> !candidate.asString().equals("0"));
        return candidates.stream()
                .filter(accepts)
                .filter(JsonNode::isString)
                .findFirst()
                .or(() -> candidates.stream().filter(accepts).findFirst())
                .orElse(NODES.nullNode());
    }

    /** Shows {@code seen} an instance once for each mutation; the instance is whole again afterwards. */
    void each(JsonNode instance, boolean unknownKeys, Consumer<String> seen) {
        if (instance instanceof ObjectNode object) {
            for (String name : List.copyOf(object.propertyNames())) {
                JsonNode value = object.get(name);
                for (JsonNode candidate : candidatesFor(name)) {
                    object.set(name, candidate);
                    seen.accept(name + "=" + candidate);
                }
                object.remove(name);
                seen.accept(name + " dropped");
                object.set(name, value);
                each(value, unknownKeys, seen);
            }
            for (String unknown :
                    unknownKeys ? List.of("x_unknown", "", "bad/key", "k".repeat(256)) : List.<String>of()) {
                object.put(unknown, "a");
                seen.accept("unknown " + unknown);
                object.remove(unknown);
            }
        } else if (instance instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode value = array.get(i);
                for (JsonNode candidate : candidates) {
                    array.set(i, candidate);
                    seen.accept(i + "=" + candidate);
                }
                array.set(i, value);
                each(value, unknownKeys, seen);
            }
            lengths(array, seen);
        }
    }

    private static void lengths(ArrayNode array, Consumer<String> seen) {
        List<JsonNode> before = new ArrayList<>();
        array.forEach(before::add);
        for (int length : before.isEmpty() ? List.<Integer>of() : List.of(0, 2, 50, 51)) {
            array.removeAll();
            for (int i = 0; i < length; i++) {
                array.add(before.getFirst());
            }
            seen.accept("length " + length);
        }
        array.removeAll();
        array.addAll(before);
    }

    private List<JsonNode> candidatesFor(String name) {
        List<JsonNode> all = new ArrayList<>(candidates);
        all.addAll(longTexts.getOrDefault(name, Set.of()));
        return all;
    }

    private void collect(JsonNode schema, String name, Set<JsonNode> found) {
        for (String keyword : List.of("minLength", "maxLength")) {
            int length = schema.path(keyword).asInt(-1);
            for (int each = Math.max(0, length - 1); length >= 0 && each <= length + 1 && each < LONGEST_TEXT; each++) {
                Set<JsonNode> place =
                        each < LONG_TEXT ? found : longTexts.computeIfAbsent(name, key -> new LinkedHashSet<>());
                place.add(NODES.stringNode("a".repeat(each)));
            }
        }
        for (String keyword : List.of("minimum", "maximum")) {
            if (schema.path(keyword).isIntegralNumber()) {
                for (long each = schema.path(keyword).asLong() - 1;
                        each <= schema.path(keyword).asLong() + 1;
                        each++) {
                    found.add(NODES.numberNode(each));
                    found.add(NODES.stringNode(Long.toString(each)));
                }
            }
        }
        schema.path("enum").forEach(found::add);
        schema.properties().forEach(child -> collect(child.getValue(), child.getKey(), found));
        if (schema.isArray()) {
            schema.forEach(child -> collect(child, name, found));
        }
    }

    private static boolean contains(JsonNode list, String text) {
        for (JsonNode each : list) {
            if (each.asString().equals(text)) {
                return true;
            }
        }
        return false;
    }
}
