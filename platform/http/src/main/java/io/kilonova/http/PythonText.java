package io.kilonova.http;

import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * JSON values as Python prints them, because OpenStack's clients and their tests read those forms in error sentences.
 * Bounded in length, and what a key says is a secret is not printed.
 */
final class PythonText {
    /** What stands in place of a secret. */
    static final String SECRET = "***";

    private static final int MAXIMUM_CHARACTERS = 1000;
    private static final Set<String> SECRET_KEYS = Set.of(
            "adminPass",
            "admin_pass",
            "original_password",
            "password",
            "passcode",
            "private_key",
            "secret",
            "token",
            "user_data",
            "contents",
            "connection_info");

    private PythonText() {}

    /** Whether the value of a key must not be told. */
    static boolean isSecret(String key) {
        return SECRET_KEYS.contains(key);
    }

    /** Python's {@code repr}. */
    static String repr(JsonNode value) {
        StringBuilder text = new StringBuilder();
        write(value, text);
        return bounded(text);
    }

    /** Python's {@code str}: as {@link #repr}, but a string as it is. */
    static String str(JsonNode value) {
        return value.isString() ? bounded(new StringBuilder(value.asString())) : repr(value);
    }

    /** Python's {@code repr} of a string. */
    static String repr(String value) {
        StringBuilder text = new StringBuilder();
        quote(value, text);
        return bounded(text);
    }

    private static String bounded(StringBuilder text) {
        return text.length() <= MAXIMUM_CHARACTERS ? text.toString() : text.substring(0, MAXIMUM_CHARACTERS) + "...";
    }

    private static void write(JsonNode value, StringBuilder text) {
        if (text.length() > MAXIMUM_CHARACTERS) {
            return;
        }
        if (value.isNull() || value.isMissingNode()) {
            text.append("None");
        } else if (value.isBoolean()) {
            text.append(value.booleanValue() ? "True" : "False");
        } else if (value.isString()) {
            quote(value.asString(), text);
        } else if (value.isArray()) {
            text.append('[');
            for (Iterator<JsonNode> items = value.iterator();
                    items.hasNext() && text.length() <= MAXIMUM_CHARACTERS; ) {
                write(items.next(), text);
                text.append(items.hasNext() ? ", " : "");
            }
            text.append(']');
        } else if (value.isObject()) {
            writeObject(value, text);
        } else {
            text.append(value.asString());
        }
    }

    private static void writeObject(JsonNode value, StringBuilder text) {
        text.append('{');
        Iterator<Map.Entry<String, JsonNode>> members = value.properties().iterator();
        while (members.hasNext() && text.length() <= MAXIMUM_CHARACTERS) {
            Map.Entry<String, JsonNode> member = members.next();
            quote(member.getKey(), text);
            text.append(": ");
            if (isSecret(member.getKey())) {
                quote(SECRET, text);
            } else {
                write(member.getValue(), text);
            }
            text.append(members.hasNext() ? ", " : "");
        }
        text.append('}');
    }

    private static void quote(String value, StringBuilder text) {
        char mark = value.indexOf('\'') >= 0 && value.indexOf('"') < 0 ? '"' : '\'';
        text.append(mark);
        int end = Math.min(value.length(), MAXIMUM_CHARACTERS + 1);
        for (int i = 0; i < end; i++) {
            char character = value.charAt(i);
            switch (character) {
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (character == mark) {
                        text.append('\\').append(character);
                    } else if (character < ' ' || character == 0x7f) {
                        text.append("\\x%02x".formatted((int) character));
                    } else {
                        text.append(character);
                    }
                }
            }
        }
        text.append(mark);
    }
}
