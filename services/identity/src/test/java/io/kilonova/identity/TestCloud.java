package io.kilonova.identity;

import io.kilonova.access.PolicyRules;
import io.kilonova.configuration.Secret;
import io.kilonova.http.HttpServer;
import io.kilonova.http.ListenAddress;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An identity service alone, over its own database, and a caller of it. Its clock stands still until it is moved. */
final class TestCloud implements AutoCloseable {
    static final String PASSWORD = "correct horse";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final HttpClient client = HttpClient.newHttpClient();
    private final Database database;
    private final Identity identity;
    private final HttpServer server;

    /** An answer, its body read. */
    record Answer(int status, JsonNode body, HttpResponse<String> response) {
        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String message() {
            return body.path("error").path("message").asString("");
        }

        String at(String pointer) {
            return body.at(pointer).asString("");
        }
    }

    private TestCloud(DatabaseOptions options, Path folder, boolean realClock) {
        InstantSource clock = realClock ? InstantSource.system() : now::get;
        this.database = Database.open(options, List.of(Identity.MIGRATIONS));
        this.identity = new Identity(
                database, IdentityOptions.in(folder).withBcryptCost(4).withChangeInterval(Duration.ZERO), clock);
        this.server = new HttpServer(new HttpServer.Setup(
                List.of(identity.api()),
                identity,
                PolicyRules.defaults(),
                entry -> {},
                ListenAddress.anyLoopbackPort(),
                Map.of(),
                Optional.empty(),
                Duration.ofSeconds(5)));
        server.start();
        identity.bootstrap(FirstCloud.of(
                Secret.of(PASSWORD),
                List.of(
                        FirstCloud.Service.at("identity", "keystone", url()),
                        FirstCloud.Service.at("compute", "nova", "http://127.0.0.1:1/compute/v2.1"),
                        FirstCloud.Service.at(
                                "block-storage", "cinder", "http://127.0.0.1:1/volume/v3/%(project_id)s"))));
    }

    static TestCloud in(Path folder) {
        return new TestCloud(DatabaseOptions.sqlite(folder.resolve("cloud.db")), folder, false);
    }

    static TestCloud withRealClock(Path folder) {
        return new TestCloud(DatabaseOptions.sqlite(folder.resolve("cloud.db")), folder, true);
    }

    static TestCloud over(DatabaseOptions options, Path folder) {
        return new TestCloud(options, folder, false);
    }

    Identity identity() {
        return identity;
    }

    Database database() {
        return database;
    }

    InstantSource clock() {
        return now::get;
    }

    void advance(Duration duration) {
        now.updateAndGet(time -> time.plus(duration));
    }

    String url() {
        return "http://127.0.0.1:" + server.port() + "/identity";
    }

    Answer send(String method, String path, String token, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("X-Auth-Token", token);
        }
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            String text = response.body();
            return new Answer(response.statusCode(), JSON.readTree(text.isEmpty() ? "null" : text), response);
        } catch (IOException exception) {
            throw new java.io.UncheckedIOException(exception);
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(exception);
        }
    }

    Answer get(String path, String token) {
        return send("GET", "/v3" + path, token, "");
    }

    Answer post(String path, String token, String body) {
        return send("POST", "/v3" + path, token, body);
    }

    Answer patch(String path, String token, String body) {
        return send("PATCH", "/v3" + path, token, body);
    }

    Answer put(String path, String token) {
        return send("PUT", "/v3" + path, token, "");
    }

    Answer delete(String path, String token) {
        return send("DELETE", "/v3" + path, token, "");
    }

    /** Logs in by name and password; {@code scope} is JSON, or empty. */
    Answer login(String user, String password, String scope) {
        return post("/auth/tokens", "", """
                {"auth": {"identity": {"methods": ["password"], "password": {"user":
                  {"name": "%s", "domain": {"id": "default"}, "password": "%s"}}}%s}}""".formatted(user, password, scope.isEmpty() ? "" : ", \"scope\": " + scope));
    }

    /** A token of a user in a project of the default domain. */
    String token(String user, String password, String project) {
        Answer answer = login(
                user,
                password,
                "{\"project\": {\"name\": \"%s\", \"domain\": {\"id\": \"default\"}}}".formatted(project));
        if (answer.status() != 201) {
            throw new AssertionError(answer.response().body());
        }
        return answer.header("X-Subject-Token");
    }

    /** A token of the administrator in their project. */
    String admin() {
        return token("admin", PASSWORD, "admin");
    }

    Answer show(String token, String subject) {
        return send("GET", "/v3/auth/tokens", token, "", "X-Subject-Token", subject);
    }

    /** Makes something and answers its id. */
    String make(String kind, String token, String fields) {
        Answer answer = post("/" + kind + "s", token, "{\"%s\": {%s}}".formatted(kind, fields));
        if (answer.status() != 201) {
            throw new AssertionError(answer.response().body());
        }
        return answer.at("/" + kind + "/id");
    }

    /** The id of a role. */
    String role(String name, String token) {
        return get("/roles?name=" + name, token).at("/roles/0/id");
    }

    /** A project with a user {@code name} in it who has a role; the password is {@link #PASSWORD}. */
    Member member(String name, String project, String role) {
        String admin = admin();
        String user = make("user", admin, "\"name\": \"%s\", \"password\": \"%s\"".formatted(name, PASSWORD));
        String projectId = get("/projects?name=" + project, admin).at("/projects/0/id");
        if (projectId.isEmpty()) {
            projectId = make("project", admin, "\"name\": \"%s\"".formatted(project));
        }
        put("/projects/%s/users/%s/roles/%s".formatted(projectId, user, role(role, admin)), admin);
        return new Member(user, projectId, token(name, PASSWORD, project));
    }

    /** A user with a role in a project, and a token. */
    record Member(String user, String project, String token) {}

    @Override
    public void close() {
        client.close();
        server.close();
        identity.close();
        database.close();
    }
}
