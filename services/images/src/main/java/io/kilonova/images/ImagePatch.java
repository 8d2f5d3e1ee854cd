package io.kilonova.images;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A change of an image: JSON Patch of which the Image API takes add, replace and remove of whole attributes (media types
 * {@code application/openstack-images-v2.1-json-patch} and {@code …-v2.0-json-patch}).
 */
final class ImagePatch {
    private static final int MAXIMUM_OPERATIONS = 1024;

    private final List<Operation> operations;
    private final boolean addReplaces;

    private enum Verb {
        ADD,
        REPLACE,
        REMOVE
    }

    private record Operation(Verb verb, String attribute, Optional<JsonNode> value) {}

    private ImagePatch(List<Operation> operations, boolean addReplaces) {
        this.operations = List.copyOf(operations);
        this.addReplaces = addReplaces;
    }

    /** The change that a body of this media type asks for. */
    static ImagePatch read(Optional<String> mediaType, JsonNode body) {
        String type = mediaType.map(text -> text.split(";", 2)[0].strip()).orElse("");
        boolean old = type.equals("application/openstack-images-v2.0-json-patch");
        if (!old && !type.equals("application/openstack-images-v2.1-json-patch")) {
            throw ImageError.PATCH_TYPE_UNSUPPORTED.with();
        }
        if (!body.isArray()) {
            throw ImageError.BODY_INVALID.with("The body must be a list of operations.");
        }
        if (body.size() > MAXIMUM_OPERATIONS) {
            throw ImageError.BODY_INVALID.with("The body has more than %d operations.".formatted(MAXIMUM_OPERATIONS));
        }
        List<Operation> operations = new ArrayList<>(body.size());
        for (JsonNode each : body) {
            if (!each.isObject()) {
                throw ImageError.BODY_INVALID.with("Each operation must be an object.");
            }
            operations.add(old ? readOld(each) : readNew(each));
        }
        return new ImagePatch(operations, !old);
    }

    private static Operation readNew(JsonNode each) {
        JsonNode verb = each.path("op");
        JsonNode path = each.path("path");
        if (!verb.isString() || !path.isString()) {
            throw ImageError.BODY_INVALID.with("Each operation needs an op and a path.");
        }
        return operation(verb.stringValue(), path.stringValue(), each);
    }

    /** The older form has the operation's name as the key of its path. */
    private static Operation readOld(JsonNode each) {
        for (Verb verb : Verb.values()) {
            JsonNode path = each.path(verb.name().toLowerCase(java.util.Locale.ROOT));
            if (path.isString()) {
                return operation(verb.name().toLowerCase(java.util.Locale.ROOT), path.stringValue(), each);
            }
        }
        throw ImageError.BODY_INVALID.with("Each operation must be add, replace or remove.");
    }

    private static Operation operation(String name, String path, JsonNode each) {
        Verb verb = switch (name) {
            case "add" -> Verb.ADD;
            case "replace" -> Verb.REPLACE;
            case "remove" -> Verb.REMOVE;
            default -> throw ImageError.BODY_INVALID.with("An operation must be add, replace or remove.");
        };
        Optional<JsonNode> value = each.has("value") ? Optional.of(each.path("value")) : Optional.empty();
        if (verb != Verb.REMOVE && value.isEmpty()) {
            throw ImageError.BODY_INVALID.with("The operation %s needs a value.".formatted(name));
        }
        return new Operation(verb, attribute(path), value);
    }

    /** The one token of a JSON pointer (RFC 6901). */
    private static String attribute(String path) {
        if (!path.startsWith("/") || path.length() == 1) {
            throw ImageError.BODY_INVALID.with("A path must be a slash and the name of an attribute.");
        }
        String token = path.substring(1);
        if (token.indexOf('/') >= 0) {
            // What lies below is reserved or read-only as much as the attribute itself.
            AttributeEditor.requireSettable(token.substring(0, token.indexOf('/')));
            throw ImageError.BODY_INVALID.with("A path must name a whole attribute.");
        }
        for (int i = token.indexOf('~'); i >= 0; i = token.indexOf('~', i + 1)) {
            if (i + 1 == token.length() || token.charAt(i + 1) != '0' && token.charAt(i + 1) != '1') {
                throw ImageError.BODY_INVALID.with("A path has a ~ that is neither ~0 nor ~1.");
            }
        }
        return token.replace("~1", "/").replace("~0", "~");
    }

    /** Makes the change, all of it or, by a refusal, nothing. */
    void apply(AttributeEditor editor) {
        for (Operation operation : operations) {
            String attribute = operation.attribute();
            AttributeEditor.requireSettable(attribute);
            switch (operation.verb()) {
                case ADD -> {
                    if (!addReplaces && editor.has(attribute)) {
                        throw ImageError.PROPERTY_PRESENT.with(ImageIds.shown(attribute));
                    }
                    editor.set(attribute, operation.value().orElseThrow());
                }
                case REPLACE -> {
                    if (!editor.has(attribute)) {
                        throw ImageError.PROPERTY_MISSING.with(ImageIds.shown(attribute));
                    }
                    editor.set(attribute, operation.value().orElseThrow());
                }
                case REMOVE -> editor.remove(attribute);
            }
        }
    }
}
