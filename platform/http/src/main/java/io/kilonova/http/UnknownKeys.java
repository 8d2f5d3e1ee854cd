package io.kilonova.http;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Keys of a body or query that its schema does not name. */
final class UnknownKeys {
    private UnknownKeys() {}

    /** Whether a query's schema names a parameter, by itself or by a pattern. */
    static boolean names(JsonNode schema, String parameter) {
        if (schema.path("properties").has(parameter)) {
            return true;
        }
        for (String pattern : schema.path("patternProperties").propertyNames()) {
            if (BoundedPattern.compile(pattern).matches(parameter)) {
                return true;
            }
        }
        return false;
    }

    /** A copy of {@code instance} without what closed objects do not name; alternatives and patterns keep all. */
    static JsonNode dropped(JsonNode schema, JsonNode instance) {
        if (instance instanceof ObjectNode object && schema.has("properties")) {
            boolean closed = isFalse(schema.path("additionalProperties")) && !schema.has("patternProperties");
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, JsonNode> property : object.properties()) {
                JsonNode known = schema.path("properties").path(property.getKey());
                if (!known.isMissingNode()) {
                    copy.set(property.getKey(), dropped(known, property.getValue()));
                } else if (!closed) {
                    copy.set(property.getKey(), property.getValue());
                }
            }
            return copy;
        }
        if (instance instanceof ArrayNode array && schema.path("items").isObject()) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            array.forEach(item -> copy.add(dropped(schema.path("items"), item)));
            return copy;
        }
        return instance;
    }

    private static boolean isFalse(JsonNode node) {
        return node.isBoolean() && !node.booleanValue();
    }
}
