package io.kilonova.images;

import io.kilonova.access.Caller;
import io.kilonova.access.PolicyRules;
import io.kilonova.http.HttpServer;
import io.kilonova.http.ListenAddress;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** The image service alone, as callers reach it, with a fixed set of people. */
final class ImageCloud implements AutoCloseable {
    /** Ann and Rita (who only reads) are of this project. */
    static final String ANNS = "0a000000000000000000000000000001";
    /** Bob is of this one. */
    static final String BOBS = "0b000000000000000000000000000002";
    /** Eve is of this one. */
    static final String EVES = "0e000000000000000000000000000003";

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String PATCH = "application/openstack-images-v2.1-json-patch";

    private final HttpClient client = HttpClient.newHttpClient();
    private final ImageOptions options;
    private final Database database;
    private final BuiltInImages images;
    private final HttpServer server;

    /** What came back. */
    record Reply(int status, byte[] bytes, HttpResponse<byte[]> response) {
        JsonNode json() {
            return bytes.length == 0 ? MissingNode.getInstance() : MAPPER.readTree(bytes);
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String id() {
            return json().path("id").stringValue();
        }

        String message() {
            return json().path("message").asString();
        }

        List<String> names() {
            return json().path("images")
                    .valueStream()
                    .map(image -> image.path("name").asString())
                    .toList();
        }
    }

    ImageCloud(DatabaseOptions databaseOptions, ImageOptions options) {
        this.options = options;
        this.database = Database.open(databaseOptions, List.of("db/images"));
        this.images = BuiltInImages.open(database, options, InstantSource.system(), UUID::randomUUID);
        this.server = new HttpServer(new HttpServer.Setup(
                List.of(ImageRoutes.api(images)),
                ImageCloud::caller,
                PolicyRules.defaults(),
                entry -> {},
                ListenAddress.anyLoopbackPort(),
                Map.of(),
                Optional.empty(),
                Duration.ofSeconds(5)));
        server.start();
    }

    /** The service over a fresh embedded database in {@code folder}. */
    static ImageCloud in(Path folder) {
        return in(folder, ImageOptions.in(folder.resolve("images")));
    }

    static ImageCloud in(Path folder, ImageOptions options) {
        return new ImageCloud(DatabaseOptions.sqlite(folder.resolve("images.db")), options);
    }

    private static Optional<Caller> caller(String token) {
        return switch (token) {
            case "ann" -> Optional.of(caller(token, ANNS, Set.of("member", "reader")));
            case "rita" -> Optional.of(caller(token, ANNS, Set.of("reader")));
            case "bob" -> Optional.of(caller(token, BOBS, Set.of("member", "reader")));
            case "eve" -> Optional.of(caller(token, EVES, Set.of("member", "reader")));
            case "root" ->
                Optional.of(caller(token, "0d000000000000000000000000000000", Set.of("admin", "member", "reader")));
            default -> Optional.empty();
        };
    }

    private static Caller caller(String name, String project, Set<String> roles) {
        return new Caller(
                name,
                name,
                "default",
                Optional.of(project),
                Optional.of("project of " + name),
                Optional.of("default"),
                Optional.empty(),
                false,
                roles,
                "audit",
                Instant.MAX);
    }

    BuiltInImages images() {
        return images;
    }

    Database database() {
        return database;
    }

    int port() {
        return server.port();
    }

    /** The names of all files of the folder. */
    List<String> files() {
        try (Stream<Path> files = Files.list(options.folder())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    Reply send(String who, String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/image" + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body)
                .header("X-Auth-Token", who);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Reply(response.statusCode(), response.body(), response);
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(exception);
        }
    }

    Reply get(String who, String path, String... headers) {
        return send(who, "GET", path, HttpRequest.BodyPublishers.noBody(), headers);
    }

    Reply delete(String who, String path) {
        return send(who, "DELETE", path, HttpRequest.BodyPublishers.noBody());
    }

    Reply post(String who, String path, String json) {
        return send(who, "POST", path, HttpRequest.BodyPublishers.ofString(json), "Content-Type", "application/json");
    }

    Reply put(String who, String path, String json) {
        return send(who, "PUT", path, HttpRequest.BodyPublishers.ofString(json), "Content-Type", "application/json");
    }

    Reply patch(String who, String id, String json) {
        return send(who, "PATCH", "/v2/images/" + id, HttpRequest.BodyPublishers.ofString(json), "Content-Type", PATCH);
    }

    Reply put(String who, String path, byte[] bytes) {
        return send(
                who,
                "PUT",
                path,
                HttpRequest.BodyPublishers.ofByteArray(bytes),
                "Content-Type",
                "application/octet-stream");
    }

    /** Makes an image of a format, and gives its id. */
    String create(String who, String name, String format, String... more) {
        Reply reply = post(
                who,
                "/v2/images",
                "{\"name\": \"%s\", \"disk_format\": \"%s\", \"container_format\": \"bare\"%s}"
                        .formatted(name, format, more.length == 0 ? "" : ", " + String.join(", ", more)));
        if (reply.status() != 201) {
            throw new AssertionError(new String(reply.bytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
        return reply.id();
    }

    Reply upload(String who, String id, byte[] bytes) {
        return put(who, "/v2/images/" + id + "/file", bytes);
    }

    /** Makes an active raw image. */
    String active(String who, String name, byte[] bytes, String... more) {
        String id = create(who, name, "raw", more);
        Reply reply = upload(who, id, bytes);
        if (reply.status() != 204) {
            throw new AssertionError(reply.message());
        }
        return id;
    }

    JsonNode show(String who, String id) {
        return get(who, "/v2/images/" + id).json();
    }

    String status(String who, String id) {
        return show(who, id).path("status").asString();
    }

    @Override
    public void close() {
        server.close();
        database.close();
    }
}
