package io.kilonova.http;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What is wrong with a body or query, in the words that OpenStack's clients know from python-jsonschema.
 *
 * @param path to the value, keys and indexes
 * @param value that is wrong
 * @param sentence says why
 * @param whole whether the sentence stands for itself, without path and value
 */
record SchemaFailure(List<String> path, JsonNode value, String sentence, boolean whole) {
    /** The words for a body. */
    String bodyDetail() {
        return path.isEmpty() || whole
                ? sentence
                : "Invalid input for field/attribute %s. Value: %s. %s".formatted(path.getLast(), shown(), sentence);
    }

    /** The words for a query. */
    String queryDetail() {
        return path.isEmpty() || whole
                ? sentence
                : "Invalid input for query parameters %s. Value: %s. %s".formatted(path.getFirst(), shown(), sentence);
    }

    private String shown() {
        return isSecret(path) ? PythonText.SECRET : PythonText.str(value);
    }

    private static boolean isSecret(List<String> path) {
        return path.stream().anyMatch(PythonText::isSecret);
    }

    /** The first of some errors, worded. */
    static SchemaFailure of(JsonNode schema, JsonNode instance, List<Error> errors) {
        Place place = Place.of(schema, instance, errors.getFirst());
        Optional<String> own = place.keyword().equals("format")
                ? SchemaFormat.sentence(place.limit().asString())
                : Optional.empty();
        String sentence = own.orElseGet(() -> SchemaSentences.sentence(place, errors));
        return new SchemaFailure(place.path(), place.value(), sentence, own.isPresent());
    }

    /**
     * Where an error arose.
     *
     * @param keyword that said no
     * @param schema that has the keyword
     * @param value that it said no to
     * @param path to the value
     * @param way of the error to the keyword, as many steps of the schema
     */
    record Place(String keyword, JsonNode schema, JsonNode value, List<String> path, int way) {
        /**
         * Follows an error through a schema that has no references, and stops at the outermost alternatives, of which
         * Python says only that none fits.
         */
        static Place of(JsonNode schema, JsonNode instance, Error error) {
            NodePath way = error.getEvaluationPath();
            NodePath location = error.getInstanceLocation();
            JsonNode currentSchema = schema;
            JsonNode current = instance;
            List<String> path = new ArrayList<>();
            int step = 0;
            while (step + 1 < way.getNameCount()) {
                String keyword = way.getName(step);
                JsonNode inner = currentSchema.path(keyword);
                switch (keyword) {
                    case "properties", "patternProperties", "prefixItems" -> {
                        currentSchema = member(inner, way.getElement(step + 1));
                        current = enter(current, location.getElement(path.size()), path);
                        step += 2;
                    }
                    case "items", "additionalProperties" -> {
                        currentSchema = inner;
                        current = enter(current, location.getElement(path.size()), path);
                        step += way.getElement(step + 1) instanceof Integer ? 2 : 1;
                    }
                    case "allOf" -> {
                        currentSchema = member(inner, way.getElement(step + 1));
                        step += 2;
                    }
                    default -> {
                        return new Place(keyword, currentSchema, current, List.copyOf(path), step + 1);
                    }
                }
            }
            return new Place(way.getName(step), currentSchema, current, List.copyOf(path), step + 1);
        }

        /** What the keyword demands. */
        JsonNode limit() {
            return schema.path(keyword);
        }

        /** The value as Python prints it, or stars for a secret. */
        String repr() {
            return isSecret(path) ? PythonText.repr(PythonText.SECRET) : PythonText.repr(value);
        }

        private static JsonNode member(JsonNode node, Object step) {
            return step instanceof Integer index ? node.path(index) : node.path(String.valueOf(step));
        }

        private static JsonNode enter(JsonNode node, Object step, List<String> path) {
            path.add(String.valueOf(step));
            return member(node, step);
        }
    }
}
