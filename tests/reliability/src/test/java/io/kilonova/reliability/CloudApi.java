package io.kilonova.reliability;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An administrator's client of one start of a cloud. A call that gets no answer, since the cloud died, is an IOException. */
final class CloudApi implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI base;
    private final String traceId = UUID.randomUUID().toString().replace("-", "");
    private Optional<String> token = Optional.empty();

    /** What a call came to; {@code body} is a missing node when there was none. */
    record Answer(int status, JsonNode body) {
        /** The body of a success; anything else fails the test. */
        JsonNode orFail() {
            if (status >= 300) {
                throw new AssertionError("the API answers %d: %s".formatted(status, body));
            }
            return body;
        }
    }

    private CloudApi(URI base) {
        this.base = base;
    }

    /** A client that is signed in to the project {@code admin}. */
    static CloudApi signIn(URI base, String password) throws IOException {
        CloudApi api = new CloudApi(base);
        HttpResponse<String> answer =
                api.send("POST", "/identity/v3/auth/tokens", Optional.of("""
                {"auth": {
                  "identity": {"methods": ["password"], "password": {"user":
                    {"name": "admin", "domain": {"id": "default"}, "password": "%s"}}},
                  "scope": {"project": {"name": "admin", "domain": {"id": "default"}}}}}""".formatted(password)));
        api.token = answer.headers().firstValue("X-Subject-Token");
        if (api.token.isEmpty()) {
            throw new AssertionError("no token: " + answer.body());
        }
        return api;
    }

    /** The trace that all calls are part of. */
    String traceId() {
        return traceId;
    }

    /** The project of the token. */
    String project() throws IOException {
        return get("/identity/v3/auth/projects")
                .path("projects")
                .path(0)
                .path("id")
                .stringValue();
    }

    /** The body of a GET that succeeds. */
    JsonNode get(String path) throws IOException {
        return call("GET", path, Optional.empty()).orFail();
    }

    /** What a GET comes to. */
    Answer look(String path) throws IOException {
        return call("GET", path, Optional.empty());
    }

    /** What this controller measures, as Prometheus reads it. */
    String metrics() throws IOException {
        return send("GET", "/metrics", Optional.empty()).body();
    }

    /** What a POST of a JSON text comes to. */
    Answer post(String path, String body) throws IOException {
        return call("POST", path, Optional.of(body));
    }

    /** What a PUT of a JSON text comes to. */
    Answer put(String path, String body) throws IOException {
        return call("PUT", path, Optional.of(body));
    }

    /** What a DELETE comes to. */
    Answer delete(String path) throws IOException {
        return call("DELETE", path, Optional.empty());
    }

    /** A flavor and an image, made anew; answers the body of a POST of a server with them and without networks. */
    String smallServer() throws IOException {
        post("/compute/v2.1/flavors", """
                {"flavor": {"id": "small", "name": "small", "ram": 64, "vcpus": 1, "disk": 0}}""");
        String image = post("/image/v2/images", """
                        {"name": "guest", "disk_format": "raw", "container_format": "bare"}""").orFail().path("id").stringValue();
        upload("/image/v2/images/%s/file".formatted(image), new byte[1024]);
        return """
                {"server": {"name": "guest", "flavorRef": "small", "imageRef": "%s", "networks": "none"}}""".formatted(image);
    }

    /** Sends bytes to where an image's data goes. */
    void upload(String path, byte[] data) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .header("X-Auth-Token", token.orElseThrow())
                .header("Content-Type", "application/octet-stream")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(data))
                .build();
        answer(exchange(request)).orFail();
    }

    private Answer call(String method, String path, Optional<String> body) throws IOException {
        return answer(send(method, path, body));
    }

    private static Answer answer(HttpResponse<String> response) {
        String text = response.body();
        return new Answer(response.statusCode(), text.isEmpty() ? JSON.missingNode() : JSON.readTree(text));
    }

    private HttpResponse<String> send(String method, String path, Optional<String> body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .header("OpenStack-API-Version", "compute 2.79")
                .header("traceparent", "00-%s-00000000000000a1-01".formatted(traceId))
                .method(
                        method,
                        body.map(HttpRequest.BodyPublishers::ofString).orElseGet(HttpRequest.BodyPublishers::noBody));
        token.ifPresent(value -> request.header("X-Auth-Token", value));
        return exchange(request.build());
    }

    private HttpResponse<String> exchange(HttpRequest request) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
