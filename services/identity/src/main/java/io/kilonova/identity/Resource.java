package io.kilonova.identity;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One project, user, role or the like.
 *
 * @param kind what it is
 * @param id 32 hexadecimal digits, or chosen by a caller where the kind allows that
 * @param values of its attributes: {@link String} or {@link Boolean}; one that is null is absent
 * @param extra what its creator named beyond the attributes
 */
record Resource(ResourceKind kind, String id, Map<String, Object> values, ObjectNode extra) {
    Resource {
        values = Map.copyOf(values);
    }

    /** A text; empty when it is null. */
    String text(String name) {
        return optional(name).orElse("");
    }

    /** A text, if it is there. */
    Optional<String> optional(String name) {
        return Optional.ofNullable(values.get(name)).map(String.class::cast);
    }

    /** A truth value. */
    boolean flag(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    /** The same with another value. */
    Resource with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(values);
        more.put(name, value);
        return new Resource(kind, id, more, extra);
    }

    /** The same with another id. */
    Resource withId(String other) {
        return new Resource(kind, other, values, extra);
    }

    /** An option that is set to true, as {@code immutable}. */
    boolean option(String name) {
        JsonNode options = extra.path("options");
        return options.path(name).isBoolean() && options.path(name).booleanValue();
    }
}
