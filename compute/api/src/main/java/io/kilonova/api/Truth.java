package io.kilonova.api;

import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Truth values as OpenStack's clients send them: true, "True", "yes", "1", ... */
final class Truth {
    private static final Set<String> TRUE = Set.of("1", "t", "true", "on", "y", "yes");

    private Truth() {}

    static boolean of(JsonNode node) {
        return node.isBoolean() ? node.booleanValue() : of(node.asString(""));
    }

    static boolean of(String text) {
        return TRUE.contains(text.toLowerCase(Locale.ROOT));
    }
}
