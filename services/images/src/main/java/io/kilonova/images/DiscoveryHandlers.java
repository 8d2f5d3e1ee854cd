package io.kilonova.images;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.OptionalLong;
import java.util.Set;

/** Answers what a client asks before it works: versions, schemas, import methods, stores, usage. */
final class DiscoveryHandlers {
    private static final int NEWEST_MINOR = 16;
    private static final long MEBIBYTE = 1L << 20;
    private static final Set<String> SCHEMAS = Set.of("image", "images", "member", "members", "task", "tasks");

    private final BuiltInImages images;

    DiscoveryHandlers(BuiltInImages images) {
        this.images = images;
    }

    Answer versions(Request request) {
        return Answer.json(json -> json.object(() -> json.array("versions", () -> {
            for (int minor = NEWEST_MINOR; minor >= 0; minor--) {
                version(json, minor, request.baseUrl() + "/v2/");
            }
        })));
    }

    private static void version(JsonWriter json, int minor, String address) {
        json.object(() -> json.field("id", "v2." + minor)
                .field("status", minor == NEWEST_MINOR ? "CURRENT" : "SUPPORTED")
                .array(
                        "links",
                        () -> json.object(() -> json.field("rel", "self").field("href", address))));
    }

    Answer schema(Request request) {
        String name = request.path("name");
        if (!SCHEMAS.contains(name)) {
            throw HttpError.NOT_FOUND.with();
        }
        byte[] bytes = resource("schema-" + name + ".json");
        return Answer.stream("application/json", OptionalLong.of(bytes.length), stream -> stream.write(bytes));
    }

    private static byte[] resource(String name) {
        try (InputStream stream = DiscoveryHandlers.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("the resource " + name + " is not there");
            }
            return stream.readAllBytes();
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    Answer importMethods(Request request) {
        return Answer.json(json -> json.object(() -> json.object(
                "import-methods",
                () -> json.field("description", "How staged bytes become an image here")
                        .field("type", "array")
                        .array("value", () -> json.element("glance-direct")))));
    }

    Answer stores(Request request) {
        return Answer.json(json -> json.object(() -> json.array(
                "stores",
                () -> json.object(() -> json.field("id", "file")
                        .field("description", "Files of this cloud")
                        .field("default", "true")))));
    }

    Answer usage(Request request) {
        UsageRows.Usage usage = images.usage(request.caller().project());
        long uploading = images.uploads().underWay(request.caller().project());
        ImageOptions options = images.options();
        return Answer.json(json -> json.object(() -> json.object("usage", () -> {
            limit(json, "image_size_total", options.maximumProjectBytes() / MEBIBYTE, usage.bytes() / MEBIBYTE);
            limit(json, "image_count_total", options.maximumProjectImages(), usage.images());
            limit(json, "image_count_uploading", options.maximumProjectUploads(), uploading);
        })));
    }

    private static void limit(JsonWriter json, String name, long limit, long usage) {
        json.object(name, () -> json.field("limit", limit).field("usage", usage));
    }

    /** Imports end before they are answered, so that no task is ever under way. */
    Answer tasks(Request request) {
        return Answer.json(json -> json.object(
                () -> json.array("tasks", () -> {}).field("first", "/v2/tasks").field("schema", "/v2/schemas/tasks")));
    }

    Answer imageTasks(Request request) {
        ImageHandlers.permitted(images, request, ImagePolicies.GET);
        return Answer.json(json -> json.object(() -> json.array("tasks", () -> {})));
    }

    Answer createTask(Request request) {
        throw HttpError.NOT_BUILT.with("import tasks; send an image's bytes, or stage and import them, instead.");
    }
}
