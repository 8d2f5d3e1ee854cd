package io.kilonova.identity;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads the bodies that create and change resources, by the tables of their attributes. */
final class ResourceBody {
    private static final int MAXIMUM_EXTRA_PROPERTIES = 128;
    private static final int MAXIMUM_NAME_CHARACTERS = 255;

    private ResourceBody() {}

    /** The object below the kind's name; what older clients call an endpoint's {@code region} is its {@code region_id}. */
    static JsonNode content(ResourceKind kind, JsonNode body) {
        JsonNode content = RequestBody.object(body, kind.singular(), "request body");
        if (kind == ResourceKind.ENDPOINT && content.hasNonNull("region") && !content.hasNonNull("region_id")) {
            ObjectNode renamed = ((ObjectNode) content).deepCopy();
            renamed.set("region_id", content.path("region"));
            return renamed;
        }
        return content;
    }

    /** A new resource with a new id. */
    static Resource creating(ResourceKind kind, JsonNode body) {
        JsonNode content = content(kind, body);
        Map<String, Object> values = new LinkedHashMap<>();
        for (Attribute attribute : kind.attributes()) {
            if (!attribute.nullable()) {
                values.put(attribute.name(), attribute.initial());
            }
            if (attribute.required() && content.path(attribute.name()).isMissingNode()) {
                throw IdentityError.FIELD_INVALID.with(
                        kind.singular(), "'%s' is a required property".formatted(attribute.name()));
            }
        }
        ObjectNode extra = JsonNodeFactory.instance.objectNode();
        take(kind, content, values, extra);
        return new Resource(kind, Ids.random(), values, extra);
    }

    /** The resource as a body changes it: what the body does not name stays. */
    static Resource changing(Resource old, JsonNode body) {
        JsonNode content = content(old.kind(), body);
        JsonNode id = content.path("id");
        if (id.isString() && !id.stringValue().equals(old.id())) {
            throw IdentityError.REQUEST_INVALID.with(
                    "Cannot change %s ID".formatted(old.kind().singular()));
        }
        Map<String, Object> values = new LinkedHashMap<>(old.values());
        ObjectNode extra = old.extra().deepCopy();
        take(old.kind(), content, values, extra);
        for (Attribute attribute : old.kind().attributes()) {
            Object before = old.values().get(attribute.name());
            Object after = values.get(attribute.name());
            if (attribute.fixed() && !java.util.Objects.equals(before, after)) {
                throw IdentityError.REQUEST_INVALID.with("Cannot change %s".formatted(attribute.name()));
            }
        }
        return new Resource(old.kind(), old.id(), values, extra);
    }

    private static void take(ResourceKind kind, JsonNode content, Map<String, Object> values, ObjectNode extra) {
        for (Map.Entry<String, JsonNode> property : content.properties()) {
            String name = property.getKey();
            Attribute attribute =
                    kind.attribute(name).filter(known -> !known.hidden()).orElse(null);
            if (attribute != null) {
                take(attribute, property.getValue(), values);
            } else if (!name.equals("id") && !name.equals("links") && !kind.consumes(name)) {
                keep(name, property.getValue(), extra);
            }
        }
    }

    private static void keep(String name, JsonNode value, ObjectNode extra) {
        if (name.length() > MAXIMUM_NAME_CHARACTERS || extra.size() >= MAXIMUM_EXTRA_PROPERTIES) {
            throw IdentityError.REQUEST_INVALID.with("There are too many or too long additional properties.");
        }
        if (name.equals("options") && !value.isObject()) {
            throw IdentityError.FIELD_INVALID.with("options", "it is not an object.");
        }
        extra.set(name, value);
    }

    private static void take(Attribute attribute, JsonNode value, Map<String, Object> values) {
        String name = attribute.name();
        if (value.isNull() && attribute.nullable()) {
            values.remove(name);
        } else if (value.isNull() && !attribute.flag() && !attribute.required()) {
            values.put(name, attribute.initial());
        } else if (attribute.flag()) {
            if (!value.isBoolean()) {
                throw IdentityError.FIELD_INVALID.with(name, "it is not a boolean.");
            }
            values.put(name, value.booleanValue());
        } else {
            values.put(name, text(attribute, value));
        }
    }

    private static String text(Attribute attribute, JsonNode value) {
        if (!value.isString()) {
            throw IdentityError.FIELD_INVALID.with(attribute.name(), "it is not a string.");
        }
        String text = value.stringValue();
        if (text.length() > attribute.maximumCharacters()) {
            throw IdentityError.FIELD_INVALID.with(
                    attribute.name(), "it is longer than %d characters.".formatted(attribute.maximumCharacters()));
        }
        if (attribute.required() && text.isBlank()) {
            throw IdentityError.FIELD_INVALID.with(attribute.name(), "it is empty.");
        }
        return text;
    }
}
