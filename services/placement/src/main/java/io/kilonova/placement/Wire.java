package io.kilonova.placement;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** How Placement's bodies, queries and headers are read and written. */
final class Wire {
    static final int NAME_LENGTH = 200;
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}");
    private static final Pattern CLASS = Pattern.compile("[A-Z0-9_]{1,255}");

    private Wire() {}

    /** A body with the headers that forbid caching (1.15). */
    static Answer json(Request request, Consumer<JsonWriter> content) {
        return fresh(request, Answer.json(content));
    }

    static Answer fresh(Request request, Answer answer) {
        if (request.version().before(1, 15)) {
            return answer;
        }
        return answer.header("cache-control", "no-cache")
                .header(
                        "last-modified",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                Instant.now().atZone(ZoneOffset.UTC)));
    }

    static JsonNode object(JsonNode body, String what) {
        if (!body.isObject()) {
            throw PlacementError.BODY_INVALID.with(what + " must be an object");
        }
        return body;
    }

    /** Refuses fields that are not among {@code names}. */
    static JsonNode only(JsonNode body, String what, String... names) {
        object(body, what);
        Set<String> allowed = new HashSet<>(List.of(names));
        for (String name : body.propertyNames()) {
            if (!allowed.contains(name)) {
                throw PlacementError.BODY_INVALID.with(
                        "Additional properties are not allowed ('%s' was unexpected)".formatted(cut(name)));
            }
        }
        return body;
    }

    static String text(JsonNode body, String field, int maximum) {
        JsonNode value = body.path(field);
        if (!value.isString()
                || value.stringValue().isEmpty()
                || value.stringValue().length() > maximum) {
            throw PlacementError.BODY_INVALID.with(
                    "'%s' must be a text of 1 to %d characters".formatted(field, maximum));
        }
        return value.stringValue();
    }

    static long number(JsonNode body, String field, long least, long most) {
        JsonNode value = body.path(field);
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            throw PlacementError.BODY_INVALID.with(
                    "'%s' must be a whole number from %d to %d".formatted(field, least, most));
        }
        return value.longValue();
    }

    static long number(JsonNode body, String field, long least, long most, long otherwise) {
        return body.has(field) ? number(body, field, least, most) : otherwise;
    }

    static long generation(JsonNode body, String field) {
        return number(body, field, 0, Long.MAX_VALUE);
    }

    static String uuid(String value, String what) {
        if (!UUID.matcher(value).matches()) {
            throw PlacementError.BODY_INVALID.with("'%s' is not a UUID: %s".formatted(cut(value), what));
        }
        return value;
    }

    static String resourceClass(String name) {
        if (!CLASS.matcher(name).matches()) {
            throw PlacementError.BODY_INVALID.with("'%s' is not the name of a resource class".formatted(cut(name)));
        }
        return name;
    }

    /** An array of distinct texts. */
    static Set<String> texts(JsonNode array, String what) {
        if (!array.isArray()) {
            throw PlacementError.BODY_INVALID.with(what + " must be an array");
        }
        Set<String> texts = new TreeSet<>();
        for (JsonNode element : array) {
            if (!element.isString() || element.stringValue().length() > 255) {
                throw PlacementError.BODY_INVALID.with(what + " must hold texts of at most 255 characters");
            }
            if (!texts.add(element.stringValue())) {
                throw PlacementError.BODY_INVALID.with(what + " must not hold one text twice");
            }
        }
        return texts;
    }

    /** The value of a parameter that may stand once. */
    static Optional<String> single(Request request, String name) {
        List<String> values = request.query().all(name);
        if (values.size() > 1) {
            throw PlacementError.QUERYPARAM_BAD_VALUE.with(name + " may stand once");
        }
        return values.stream().findFirst();
    }

    /** Refuses parameters that the version does not have. */
    static void allow(Request request, Set<String> names) {
        for (String name : request.query().names()) {
            if (!names.contains(name)) {
                throw PlacementError.QUERYPARAM_BAD_VALUE.with(
                        "Additional properties are not allowed ('%s' was unexpected)".formatted(cut(name)));
            }
        }
    }

    static List<String> commaSeparated(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split(",")) {
            if (!word.isBlank()) {
                words.add(word.strip());
            }
        }
        return words;
    }

    /** At most 100 characters of what a caller sent, for messages. */
    static String cut(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100);
    }
}
