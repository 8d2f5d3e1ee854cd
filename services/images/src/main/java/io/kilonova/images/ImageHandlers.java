package io.kilonova.images;

import io.kilonova.access.Caller;
import io.kilonova.access.Policy;
import io.kilonova.access.Visibility;
import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Answers for images themselves: made, listed, shown, changed, deleted, tagged, deactivated. */
final class ImageHandlers {
    private final BuiltInImages images;

    ImageHandlers(BuiltInImages images) {
        this.images = images;
    }

    /** An image that the caller sees and a policy allows. */
    static Image permitted(BuiltInImages images, Request request, Policy policy) {
        Image image = images.require(request.caller().visibility(), request.path("image_id"));
        request.enforce(policy, ImagePolicies.target(image, request.caller()));
        return image;
    }

    Answer create(Request request) {
        JsonNode body = request.body();
        if (!body.isObject()) {
            throw ImageError.BODY_INVALID.with("The body must be an object.");
        }
        Caller caller = request.caller();
        String owner = body.has("owner") && !body.path("owner").isNull()
                ? AttributeEditor.identifier("owner", body.path("owner"))
                : caller.project();
        AttributeEditor editor = new AttributeEditor(ImageAttributes.of(owner), images.options());
        Optional<String> id = Optional.empty();
        for (Map.Entry<String, JsonNode> attribute : body.properties()) {
            if (attribute.getKey().equals("id")) {
                id = Optional.of(chosenId(attribute.getValue()));
            } else if (!attribute.getKey().equals("owner")) {
                editor.set(attribute.getKey(), attribute.getValue());
            }
        }
        ImageAttributes attributes = editor.done();
        request.enforce(ImagePolicies.ADD, Map.of("project_id", owner, "owner", owner));
        requireVisibility(request, owner, Optional.empty(), attributes.visibility());
        Image image = id.isPresent() ? images.create(id.get(), attributes) : images.create(attributes);
        return Answer.json(json -> ImageViews.image(json, image))
                .header("Location", request.baseUrl() + "/v2/images/" + image.id())
                .header("OpenStack-image-import-methods", "glance-direct");
    }

    private static String chosenId(JsonNode value) {
        if (!value.isString() || !ImageIds.isPossible(value.stringValue())) {
            throw ImageError.BODY_INVALID.with("id must be a UUID.");
        }
        return value.stringValue();
    }

    private static void requireVisibility(
            Request request, String owner, Optional<ImageVisibility> before, ImageVisibility after) {
        if (before.filter(after::equals).isPresent()) {
            return;
        }
        Map<String, String> target = Map.of("project_id", owner, "owner", owner, "visibility", after.label());
        switch (after) {
            case PUBLIC -> request.enforce(ImagePolicies.PUBLICIZE, target);
            case COMMUNITY -> request.enforce(ImagePolicies.COMMUNITIZE, target);
            case PRIVATE, SHARED -> {}
        }
    }

    Answer list(Request request) {
        ImageQuery asked = ImageQueryReader.read(request.query());
        Visibility visibility = request.caller().visibility();
        // One more than asked for tells whether there is a next page.
        ImageQuery more = new ImageQuery(
                asked.scope(),
                asked.membership(),
                asked.criteria(),
                asked.order(),
                asked.limit() == 0 ? 0 : asked.limit() + 1,
                asked.marker());
        List<Image> found = images.list(visibility, more);
        List<Image> page = found.subList(0, Math.min(found.size(), asked.limit()));
        String rest = request.rawQuery()
                .map(query -> Arrays.stream(query.split("&"))
                        .filter(part -> !part.startsWith("marker=") && !part.isEmpty())
                        .collect(Collectors.joining("&")))
                .orElse("");
        return Answer.json(json -> json.object(() -> {
            json.array("images", () -> page.forEach(image -> ImageViews.image(json, image)));
            if (found.size() > page.size()) {
                json.field(
                        "next",
                        "/v2/images?" + (rest.isEmpty() ? "" : rest + "&") + "marker="
                                + page.getLast().id());
            }
            json.field("first", "/v2/images" + (rest.isEmpty() ? "" : "?" + rest))
                    .field("schema", "/v2/schemas/images");
        }));
    }

    Answer show(Request request) {
        Image image = permitted(images, request, ImagePolicies.GET);
        return Answer.json(json -> ImageViews.image(json, image))
                .header("OpenStack-image-import-methods", "glance-direct");
    }

    Answer update(Request request) {
        permitted(images, request, ImagePolicies.GET);
        ImagePatch patch = ImagePatch.read(request.header("Content-Type"), request.body());
        Image changed = images.update(request.caller().visibility(), request.path("image_id"), (sql, image) -> {
            requireModifiable(request, image, ImagePolicies.MODIFY);
            AttributeEditor editor = new AttributeEditor(image.attributes(), images.options());
            patch.apply(editor);
            ImageAttributes after = editor.done();
            requireAllowed(request, image, after);
            return after;
        });
        return Answer.json(json -> ImageViews.image(json, changed));
    }

    private static void requireModifiable(Request request, Image image, Policy policy) {
        request.enforce(policy, ImagePolicies.target(image, request.caller()));
        BuiltInImages.requireOwner(request.caller().visibility(), image);
    }

    private static void requireAllowed(Request request, Image before, ImageAttributes after) {
        if (!after.owner().equals(before.owner()) && !request.caller().isAdmin()) {
            throw ImageError.OWNER_FIXED.with();
        }
        requireVisibility(request, before.owner(), Optional.of(before.visibility()), after.visibility());
        if (before.status() != ImageStatus.QUEUED) {
            boolean staged = before.status() == ImageStatus.UPLOADING;
            boolean disk = before.diskFormat().isPresent() || !staged;
            if (disk && !after.diskFormat().equals(before.diskFormat())) {
                throw ImageError.FORMAT_FIXED.with("disk_format");
            }
            boolean container = before.containerFormat().isPresent() || !staged;
            if (container && !after.containerFormat().equals(before.containerFormat())) {
                throw ImageError.FORMAT_FIXED.with("container_format");
            }
        }
    }

    Answer delete(Request request) {
        permitted(images, request, ImagePolicies.GET);
        permitted(images, request, ImagePolicies.DELETE);
        images.delete(request.caller().visibility(), request.path("image_id"));
        return Answer.empty();
    }

    Answer deactivate(Request request) {
        permitted(images, request, ImagePolicies.DEACTIVATE);
        images.activate(request.caller().visibility(), request.path("image_id"), ImageStatus.DEACTIVATED);
        return Answer.empty();
    }

    Answer reactivate(Request request) {
        permitted(images, request, ImagePolicies.REACTIVATE);
        images.activate(request.caller().visibility(), request.path("image_id"), ImageStatus.ACTIVE);
        return Answer.empty();
    }

    Answer addTag(Request request) {
        String tag = AttributeEditor.tag(request.path("tag"));
        return retag(request, tags -> tags.add(tag));
    }

    Answer removeTag(Request request) {
        String tag = request.path("tag");
        return retag(request, tags -> {
            if (!tags.remove(tag)) {
                throw ImageError.TAG_NOT_FOUND.with(ImageIds.shown(tag));
            }
        });
    }

    private Answer retag(Request request, Consumer<Set<String>> change) {
        permitted(images, request, ImagePolicies.GET);
        images.update(request.caller().visibility(), request.path("image_id"), (sql, image) -> {
            requireModifiable(request, image, ImagePolicies.MODIFY);
            return new AttributeEditor(image.attributes(), images.options())
                    .changeTags(change)
                    .done();
        });
        return Answer.empty();
    }
}
