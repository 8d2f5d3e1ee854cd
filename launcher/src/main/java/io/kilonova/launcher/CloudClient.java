package io.kilonova.launcher;

import io.kilonova.configuration.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client of a cloud's public APIs, as any user has them: it signs in at the identity service and finds the others in its
 * catalog. Every call blocks, has a deadline, and throws {@link io.kilonova.errors.ServiceException} with a
 * {@link LauncherError} when the answer is not a success.
 */
final class CloudClient implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration CALL_DEADLINE = Duration.ofSeconds(60);
    private static final Duration UPLOAD_DEADLINE = Duration.ofMinutes(30);
    private static final int SHOWN_BODY_LENGTH = 500;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final URI identity;
    private final Map<String, URI> services = new HashMap<>();
    private Optional<String> token = Optional.empty();
    private String project = "";

    /** A client of the cloud whose identity service is at {@code identity}, such as {@code http://127.0.0.1:8088/identity}. */
    CloudClient(URI identity) {
        this.identity = identity;
    }

    /** An empty JSON object to fill. */
    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** Whether the identity service answers at all. */
    boolean answers() {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(identity + "/v3"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Signs in to the project {@code admin} as its administrator and learns where the services are. */
    void signIn(String user, Secret password) {
        ObjectNode body = object();
        ObjectNode auth = body.putObject("auth");
        ObjectNode method = auth.putObject("identity");
        method.putArray("methods").add("password");
        ObjectNode account = method.putObject("password").putObject("user");
        account.put("name", user)
                .put("password", password.reveal())
                .putObject("domain")
                .put("name", "Default");
        auth.putObject("scope")
                .putObject("project")
                .put("name", "admin")
                .putObject("domain")
                .put("name", "Default");
        URI url = URI.create(identity + "/v3/auth/tokens");
        HttpResponse<String> answer = send("POST", url, json(body), CALL_DEADLINE);
        token = answer.headers().firstValue("X-Subject-Token");
        JsonNode meaning = parse("POST", url, answer).path("token");
        project = meaning.path("project").path("id").stringValue("");
        for (JsonNode service : meaning.path("catalog")) {
            for (JsonNode endpoint : service.path("endpoints")) {
                if (endpoint.path("interface").stringValue("").equals("public")) {
                    services.put(
                            service.path("type").stringValue(""),
                            URI.create(endpoint.path("url").stringValue("")));
                }
            }
        }
    }

    /** The id of the project that was signed in to. */
    String project() {
        return project;
    }

    /** The JSON at {@code path} of the service of this type of the catalog. */
    JsonNode get(String service, String path) {
        return call("GET", service, path, HttpRequest.BodyPublishers.noBody());
    }

    /** What the service answers to {@code body}; a missing node when the answer has no body. */
    JsonNode post(String service, String path, JsonNode body) {
        return call("POST", service, path, json(body));
    }

    /** What the service answers to {@code body} in the place of what is at {@code path}. */
    JsonNode put(String service, String path, JsonNode body) {
        return call("PUT", service, path, json(body));
    }

    /** Deletes what is at {@code path}. */
    void delete(String service, String path) {
        call("DELETE", service, path, HttpRequest.BodyPublishers.noBody());
    }

    /** Sends a file's bytes. */
    void upload(String service, String path, Path file) throws IOException {
        URI url = url(service, path);
        HttpRequest.Builder request = request("PUT", url, HttpRequest.BodyPublishers.ofFile(file), UPLOAD_DEADLINE)
                .setHeader("Content-Type", "application/octet-stream");
        parse("PUT", url, send(request.build()));
    }

    private JsonNode call(String method, String service, String path, HttpRequest.BodyPublisher body) {
        URI url = url(service, path);
        return parse(method, url, send(method, url, body, CALL_DEADLINE));
    }

    /** Catalogs name services with and without their version; the paths here always begin with one. */
    private URI url(String service, String path) {
        URI base = services.get(service);
        if (base == null) {
            throw LauncherError.NO_SUCH_SERVICE.with(service);
        }
        String root = base.toString()
                .replaceFirst("/v[0-9][0-9.]*(/[0-9a-f-]{32,36})?/?$", "")
                .replaceFirst("/$", "");
        return URI.create(root + path);
    }

    private HttpResponse<String> send(String method, URI url, HttpRequest.BodyPublisher body, Duration deadline) {
        return send(request(method, url, body, deadline).build());
    }

    private HttpRequest.Builder request(String method, URI url, HttpRequest.BodyPublisher body, Duration deadline) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(deadline)
                .method(method, body)
                .setHeader("Content-Type", "application/json")
                .setHeader("Accept", "application/json");
        token.ifPresent(value -> request.setHeader("X-Auth-Token", value));
        return request;
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw LauncherError.CLOUD_UNREACHABLE.because(failure, request.uri(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw LauncherError.CLOUD_UNREACHABLE.because(interrupted, request.uri(), "interrupted");
        }
    }

    private static HttpRequest.BodyPublisher json(JsonNode body) {
        return HttpRequest.BodyPublishers.ofString(body.toString());
    }

    private static JsonNode parse(String method, URI url, HttpResponse<String> answer) {
        JsonNode body;
        try {
            body = JSON.readTree(answer.body());
        } catch (JacksonException noJson) {
            body = JSON.missingNode();
        }
        if (answer.statusCode() >= 300) {
            throw LauncherError.API_REFUSED.with(method, url, answer.statusCode(), message(body, answer.body()));
        }
        return body;
    }

    /** The sentence of a fault: each service has it in an object of another name. */
    private static String message(JsonNode body, String text) {
        Stream<JsonNode> faults = Stream.concat(Stream.of(body), body.valueStream());
        return faults.map(fault -> fault.path("message").stringValue(""))
                .filter(message -> !message.isEmpty())
                .findFirst()
                .orElse(text.length() <= SHOWN_BODY_LENGTH ? text : text.substring(0, SHOWN_BODY_LENGTH) + "…");
    }

    @Override
    public void close() {
        http.close();
    }
}
