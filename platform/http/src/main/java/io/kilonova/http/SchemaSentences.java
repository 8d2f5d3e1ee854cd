package io.kilonova.http;

import com.networknt.schema.Error;
import io.kilonova.http.SchemaFailure.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What python-jsonschema says of each keyword. */
final class SchemaSentences {
    private SchemaSentences() {}

    /** The sentence for what went wrong at a place. */
    static String sentence(Place place, List<Error> errors) {
        JsonNode limit = place.limit();
        String value = place.repr();
        return switch (place.keyword()) {
            case "type" -> "%s is not of type %s".formatted(value, types(limit));
            case "required" -> "%s is a required property".formatted(PythonText.repr(missing(place)));
            case "additionalProperties" -> additional(place);
            case "enum" -> "%s is not one of %s".formatted(value, PythonText.repr(limit));
            case "pattern" -> "%s does not match %s".formatted(value, PythonText.repr(limit));
            case "format" -> "%s is not a %s".formatted(value, PythonText.repr(limit));
            case "minimum" -> "%s is less than the minimum of %s".formatted(number(place), limit.asString());
            case "maximum" -> "%s is greater than the maximum of %s".formatted(number(place), limit.asString());
            case "exclusiveMinimum" ->
                "%s is less than or equal to the minimum of %s".formatted(number(place), limit.asString());
            case "minLength", "minItems" -> value + (limit.asInt() == 1 ? " should be non-empty" : " is too short");
            case "maxLength", "maxItems" -> value + " is too long";
            case "minProperties" ->
                value + (limit.asInt() == 1 ? " should be non-empty" : " does not have enough properties");
            case "maxProperties" -> value + " has too many properties";
            case "uniqueItems" -> value + " has non-unique elements";
            case "anyOf" -> value + " is not valid under any of the given schemas";
            case "oneOf" ->
                value
                        + (fitsSeveral(place, errors)
                                ? " is valid under more than one of the given schemas"
                                : " is not valid under any of the given schemas");
            case "not" -> "%s should not be valid under %s".formatted(value, PythonText.repr(limit));
            default -> value + " is not allowed here";
        };
    }

    private static String types(JsonNode limit) {
        if (!limit.isArray()) {
            return PythonText.repr(limit);
        }
        List<String> names = new ArrayList<>();
        limit.forEach(name -> names.add(PythonText.repr(name)));
        return String.join(", ", names);
    }

    private static String missing(Place place) {
        for (JsonNode name : place.limit()) {
            if (!place.value().has(name.asString())) {
                return name.asString();
            }
        }
        return "";
    }

    private static String additional(Place place) {
        TreeSet<String> unknown = new TreeSet<>();
        for (String name : place.value().propertyNames()) {
            if (!UnknownKeys.names(place.schema(), name)) {
                unknown.add(name);
            }
        }
        String names = unknown.stream().limit(100).map(PythonText::repr).collect(Collectors.joining(", "));
        if (place.schema().has("patternProperties")) {
            String patterns = new TreeSet<>(
                            place.schema().path("patternProperties").propertyNames())
                    .stream().map(PythonText::repr).collect(Collectors.joining(", "));
            return "%s %s not match any of the regexes: %s"
                    .formatted(names, unknown.size() == 1 ? "does" : "do", patterns);
        }
        return "Additional properties are not allowed (%s %s unexpected)"
                .formatted(names, unknown.size() == 1 ? "was" : "were");
    }

    /** A bound is said of the number, also when a string holds it. */
    private static String number(Place place) {
        return place.value().isString() ? place.value().asString().strip() : place.repr();
    }

    /** Whether exactly one was asked for and several fit: then no error comes from inside of the alternatives. */
    private static boolean fitsSeveral(Place place, List<Error> errors) {
        return errors.stream()
                .map(Error::getEvaluationPath)
                .noneMatch(way -> way.getNameCount() > place.way()
                        && way.getName(place.way() - 1).equals("oneOf"));
    }
}
