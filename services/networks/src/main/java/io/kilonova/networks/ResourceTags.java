package io.kilonova.networks;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The tags of a resource: short texts of its owner's choice, by which lists are filtered. */
final class ResourceTags {
    private static final String ATTRIBUTE = "kilonova:tags";
    private static final int MAXIMUM_TAGS = 50;
    private static final int MAXIMUM_CHARACTERS = 60;

    private ResourceTags() {}

    static List<String> of(Resource resource) {
        return resource.texts(ATTRIBUTE);
    }

    /** The tags of a body {@code {"tags": [...]}}. */
    static Set<String> read(JsonNode body) {
        JsonNode tags = body.path("tags");
        if (!tags.isArray() || !tags.valueStream().allMatch(JsonNode::isString)) {
            throw NetworkError.HTTP_BAD_REQUEST.with("Invalid tags body");
        }
        Set<String> result = new LinkedHashSet<>();
        tags.forEach(tag -> result.add(tag.asString()));
        return result;
    }

    /** The resource with these tags. */
    static Resource with(Resource resource, Set<String> tags) {
        boolean valid = tags.size() <= MAXIMUM_TAGS
                && tags.stream()
                        .allMatch(tag -> !tag.isEmpty() && tag.length() <= MAXIMUM_CHARACTERS && tag.indexOf(',') < 0);
        if (!valid) {
            throw NetworkError.INVALID_INPUT.with(
                    "up to %d tags of 1 to %d characters without a comma".formatted(MAXIMUM_TAGS, MAXIMUM_CHARACTERS));
        }
        ObjectNode changes = JsonNodeFactory.instance.objectNode();
        ArrayNode list = changes.putArray(ATTRIBUTE);
        tags.forEach(list::add);
        return resource.with(changes);
    }

    /** Whether a resource passes one of the filters {@code tags}, {@code tags-any}, {@code not-tags}, {@code not-tags-any}. */
    static boolean matches(Resource resource, String filter, List<String> values) {
        List<String> has = of(resource);
        List<String> asked = values.stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .toList();
        return switch (filter) {
            case "tags" -> has.containsAll(asked);
            case "tags-any" -> asked.stream().anyMatch(has::contains);
            case "not-tags" -> !has.containsAll(asked);
            default -> asked.stream().noneMatch(has::contains);
        };
    }
}
