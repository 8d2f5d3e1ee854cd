package io.kilonova.networks;

import io.kilonova.access.Caller;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads bodies by the table of a kind's attributes: unknown ones, wrong types and what a caller may not set are refused. */
final class ResourceBodies {
    private static final Set<String> OWNER = Set.of("project_id", "tenant_id");

    private ResourceBodies() {}

    /** What a create asks, with the defaults of what it leaves out. */
    static ObjectNode create(Kind kind, Caller caller, JsonNode given) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        requireKnown(kind, given);
        for (Attribute attribute : kind.attributes().values()) {
            JsonNode value = given.path(attribute.name());
            if (value.isMissingNode()) {
                result.set(
                        attribute.name(),
                        attribute
                                .otherwise()
                                .orElseThrow(() -> NetworkError.HTTP_BAD_REQUEST.with(
                                        "Failed to parse request. Required attribute '%s' not specified"
                                                .formatted(attribute.name())))
                                .deepCopy());
            } else {
                requireSetter(kind, attribute, attribute.create(), caller, "create");
                result.set(attribute.name(), read(attribute, value));
            }
        }
        return result;
    }

    /** What an update changes. */
    static ObjectNode update(Kind kind, Caller caller, JsonNode given) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        requireKnown(kind, given);
        given.properties().forEach(entry -> {
            Attribute attribute = kind.attributes().get(entry.getKey());
            if (attribute == null) {
                throw NetworkError.HTTP_BAD_REQUEST.with("Cannot update read-only attribute " + entry.getKey());
            }
            requireSetter(kind, attribute, attribute.update(), caller, "update");
            result.set(attribute.name(), read(attribute, entry.getValue()));
        });
        return result;
    }

    /** Whose the resource shall be: the caller's, or by an administrator another's. */
    static String owner(Kind kind, Caller caller, JsonNode given) {
        String asked = given.path("project_id").asString(given.path("tenant_id").asString(""));
        if (asked.isEmpty()) {
            return caller.project();
        }
        if (!caller.isAdmin() && !caller.projectId().filter(asked::equals).isPresent()) {
            throw NetworkError.POLICY_NOT_AUTHORIZED.with("create_" + kind.singular() + ":tenant_id");
        }
        return asked;
    }

    private static void requireKnown(Kind kind, JsonNode given) {
        if (!given.isObject()) {
            throw NetworkError.HTTP_BAD_REQUEST.with("Unable to find '%s' in request body".formatted(kind.singular()));
        }
        for (Map.Entry<String, JsonNode> entry : given.properties()) {
            if (!kind.attributes().containsKey(entry.getKey()) && !OWNER.contains(entry.getKey())) {
                throw NetworkError.HTTP_BAD_REQUEST.with(
                        "Unrecognized attribute(s) '%s'".formatted(cut(entry.getKey())));
            }
        }
    }

    private static void requireSetter(
            Kind kind, Attribute attribute, Attribute.Setter setter, Caller caller, String verb) {
        boolean allowed = switch (setter) {
            case ANYBODY -> true;
            case ADMIN -> caller.isAdmin() || caller.isService();
            case NOBODY ->
                throw NetworkError.HTTP_BAD_REQUEST.with("Attribute '%s' not allowed in %s"
                        .formatted(attribute.name(), verb.equals("create") ? "POST" : "PUT"));
        };
        if (!allowed) {
            throw NetworkError.POLICY_NOT_AUTHORIZED.with(verb + "_" + kind.singular() + ":" + attribute.name());
        }
    }

    private static JsonNode read(Attribute attribute, JsonNode value) {
        boolean mayBeNull = attribute.otherwise().map(node -> !node.isBoolean()).orElse(false);
        if (value.isNull() && mayBeNull) {
            return value;
        }
        Optional<JsonNode> read = attribute.type().read(value);
        return read.orElseThrow(() ->
                NetworkError.HTTP_BAD_REQUEST.with("Invalid input for %s. Reason: '%s' is not a valid %s."
                        .formatted(
                                attribute.name(),
                                cut(value.toString()),
                                attribute
                                        .type()
                                        .name()
                                        .toLowerCase(java.util.Locale.ROOT)
                                        .replace('_', ' '))));
    }

    private static String cut(String text) {
        return text.length() > 100 ? text.substring(0, 100) : text;
    }
}
