package io.kilonova.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The marked files of a {@link SchemaLibrary}, and what they are at one version. Runs once a file and span; the marks are
 * described at {@link SchemaLibrary}.
 */
final class SchemaFiles {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String DEFINITIONS = "definitions";
    private static final int MAXIMUM_REFERENCE_DEPTH = 16;
    /** Keywords whose members are subschemas by name. */
    private static final Set<String> MAPS = Set.of("properties", "patternProperties");
    /** Keywords whose elements are subschemas. */
    private static final Set<String> LISTS = Set.of("anyOf", "oneOf", "allOf", "prefixItems");
    /** Keywords whose value is a subschema. */
    private static final Set<String> SINGLES = Set.of("items", "additionalProperties", "not");

    private final String folder;
    private final Map<String, ObjectNode> files = new ConcurrentHashMap<>();

    SchemaFiles(String folder) {
        this.folder = folder;
    }

    /** The version that is asked for. */
    private record Ask(Microversion version, boolean legacy, int depth) {
        Ask deeper() {
            if (depth >= MAXIMUM_REFERENCE_DEPTH) {
                throw new IllegalStateException("definitions refer to each other in a circle");
            }
            return new Ask(version, legacy, depth + 1);
        }
    }

    /** A file's plain schema at a version. */
    ObjectNode at(String name, Microversion version, boolean legacy) {
        ObjectNode file = file(name);
        ObjectNode plain = resolve(file, new Ask(version, legacy, 0))
                .orElseThrow(() -> new IllegalStateException("schema " + name + " does not hold at " + version));
        if (file.path("x-query").asBoolean(false)) {
            ObjectNode properties = JsonNodeFactory.instance.objectNode();
            plain.path("properties").properties().forEach(each -> properties.set(each.getKey(), many(each.getValue())));
            plain.set("properties", properties);
            if (plain.has("patternProperties")) {
                ObjectNode patterns = JsonNodeFactory.instance.objectNode();
                plain.path("patternProperties")
                        .properties()
                        .forEach(each -> patterns.set(each.getKey(), many(each.getValue())));
                plain.set("patternProperties", patterns);
            }
        }
        return plain;
    }

    /** The first version of each form of a file, ascending. */
    NavigableSet<Microversion> breakpoints(String name) {
        NavigableSet<Microversion> found = new TreeSet<>();
        collect(file(name), found, 0);
        return found;
    }

    private static ObjectNode many(JsonNode value) {
        ObjectNode list = JsonNodeFactory.instance.objectNode().put("type", "array");
        ObjectNode item = value.deepCopy().asObject();
        if (item.path("x-once").asBoolean(false)) {
            list.put("maxItems", 1);
        }
        item.remove("x-once");
        return list.set("items", item).asObject();
    }

    private Optional<ObjectNode> resolve(JsonNode marked, Ask ask) {
        if (!holds(marked, "x-since", "x-until", ask.version())) {
            return Optional.empty();
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        if (marked.has("$ref")) {
            Optional<ObjectNode> target = resolve(definition(marked.path("$ref").asString()), ask.deeper());
            if (target.isEmpty()) {
                return Optional.empty();
            }
            result.setAll(target.get());
        }
        if (marked.has("x-versions")) {
            Optional<ObjectNode> chosen = Optional.empty();
            for (JsonNode each : marked.path("x-versions")) {
                chosen = chosen.isPresent() ? chosen : resolve(each, ask);
            }
            if (chosen.isEmpty()) {
                return Optional.empty();
            }
            result.setAll(chosen.get());
        }
        for (Map.Entry<String, JsonNode> keyword : marked.properties()) {
            lay(keyword.getKey(), keyword.getValue(), result, ask);
        }
        grow(marked, "x-required", "required", result, ask);
        grow(marked, "x-enum", "enum", result, ask);
        if (marked.has("x-open-until")) {
            result.put("additionalProperties", ask.version().compareTo(version(marked.path("x-open-until"))) <= 0);
        }
        if (ask.legacy() && marked.has("x-legacy")) {
            result.setAll(resolve(marked.path("x-legacy"), ask).orElseThrow());
        }
        return Optional.of(result);
    }

    private void lay(String keyword, JsonNode value, ObjectNode result, Ask ask) {
        if (MAPS.contains(keyword)) {
            ObjectNode members = JsonNodeFactory.instance.objectNode();
            value.properties()
                    .forEach(each ->
                            resolve(each.getValue(), ask).ifPresent(schema -> members.set(each.getKey(), schema)));
            result.set(keyword, members);
        } else if (LISTS.contains(keyword)) {
            ArrayNode elements = JsonNodeFactory.instance.arrayNode();
            value.forEach(each -> resolve(each, ask).ifPresent(elements::add));
            result.set(keyword, elements);
        } else if (SINGLES.contains(keyword) && value.isObject()) {
            resolve(value, ask).ifPresent(schema -> result.set(keyword, schema));
        } else if (keyword.equals("x-once") || !keyword.startsWith("x-") && !keyword.startsWith("$")) {
            result.set(keyword, value.deepCopy());
        }
    }

    /** Adds to a list what a mark gives it at this version. */
    private static void grow(JsonNode marked, String mark, String keyword, ObjectNode result, Ask ask) {
        if (marked.has(mark)) {
            Set<JsonNode> values = new LinkedHashSet<>();
            result.path(keyword).forEach(values::add);
            marked.path(mark).properties().forEach(each -> {
                if (holds(each.getValue(), "since", "until", ask.version())) {
                    values.add(JsonNodeFactory.instance.stringNode(each.getKey()));
                }
            });
            result.putArray(keyword).addAll(values);
        }
    }

    private void collect(JsonNode node, NavigableSet<Microversion> found, int depth) {
        if (depth > MAXIMUM_REFERENCE_DEPTH * 8) {
            throw new IllegalStateException("definitions refer to each other in a circle");
        }
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            JsonNode value = each.getValue();
            switch (each.getKey()) {
                case "x-since", "since" -> ifVersion(value, found, 0);
                case "x-until", "until", "x-open-until" -> ifVersion(value, found, 1);
                case "$ref" -> collect(definition(value.asString()), found, depth + 1);
                default -> collect(value, found, depth + 1);
            }
        }
        if (node.isArray()) {
            node.forEach(each -> collect(each, found, depth + 1));
        }
    }

    private void ifVersion(JsonNode value, NavigableSet<Microversion> found, int later) {
        if (value.isString()) {
            Microversion version = version(value);
            found.add(new Microversion(version.major(), version.minor() + later));
        }
    }

    private static boolean holds(JsonNode marked, String since, String until, Microversion version) {
        return (!marked.has(since) || version.compareTo(version(marked.path(since))) >= 0)
                && (!marked.has(until) || version.compareTo(version(marked.path(until))) <= 0);
    }

    private static Microversion version(JsonNode text) {
        String[] numbers = text.asString().split("\\.", 2);
        return new Microversion(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
    }

    private JsonNode definition(String reference) {
        String start = DEFINITIONS + ".json#/";
        JsonNode found = file(DEFINITIONS).path(reference.startsWith(start) ? reference.substring(start.length()) : "");
        if (!found.isObject()) {
            throw new IllegalStateException("no definition " + reference + " in " + folder);
        }
        return found;
    }

    private ObjectNode file(String name) {
        return files.computeIfAbsent(name, this::read);
    }

    private ObjectNode read(String name) {
        String path = folder + "/" + name + ".json";
        ClassLoader loader = SchemaFiles.class.getClassLoader();
        try (InputStream stream = loader.getResourceAsStream(path)) {
            if (stream == null) {
                throw new IllegalStateException("no schema " + path + " on the class path");
            }
            return MAPPER.readTree(stream).asObject();
        } catch (IOException exception) {
            throw new UncheckedIOException("schema " + path + " cannot be read", exception);
        }
    }
}
