package io.kilonova.identity;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Takes values out of a request's body, each with a clear no when it is missing or of another type. */
final class RequestBody {
    private static final int MAXIMUM_TEXT = 4096;

    private RequestBody() {}

    /** An object that must be there. */
    static JsonNode object(JsonNode body, String name, String where) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            throw IdentityError.ATTRIBUTE_MISSING.with(name, where);
        }
        if (!value.isObject()) {
            throw IdentityError.FIELD_INVALID.with(name, "it is not an object.");
        }
        return value;
    }

    /** An object that may be missing or null. */
    static Optional<JsonNode> optionalObject(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isObject()) {
            throw IdentityError.FIELD_INVALID.with(name, "it is not an object.");
        }
        return Optional.of(value);
    }

    /** A text that must be there. */
    static String text(JsonNode body, String name, String where) {
        return optionalText(body, name).orElseThrow(() -> IdentityError.ATTRIBUTE_MISSING.with(name, where));
    }

    /** A text of 4,096 characters at most that may be missing or null. */
    static Optional<String> optionalText(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw IdentityError.FIELD_INVALID.with(name, "it is not a string.");
        }
        if (value.stringValue().length() > MAXIMUM_TEXT) {
            throw IdentityError.FIELD_INVALID.with(name, "it is longer than %d characters.".formatted(MAXIMUM_TEXT));
        }
        return Optional.of(value.stringValue());
    }

    /** A truth value that may be missing or null. */
    static Optional<Boolean> optionalFlag(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw IdentityError.FIELD_INVALID.with(name, "it is not a boolean.");
        }
        return Optional.of(value.booleanValue());
    }
}
