package io.kilonova.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.access.Caller;
import io.kilonova.access.Policy;
import io.kilonova.access.PolicyRules;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The frame from outside: what a caller sees of a small service. */
class HttpServerTest {
    private static final String PROJECT = "0123456789abcdef0123456789abcdef";
    private static final Policy READ = Policy.reader("things:read", "Read things");
    private static final Policy ADMIN = Policy.admin("things:admin", "Do all with things");

    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server;

    @BeforeEach
    void start() {
        ServiceApi things = new ServiceApi(
                "compute",
                "/compute",
                FaultFormat.COMPUTE,
                Optional.of(new MicroversionNegotiation(
                        "compute",
                        new Microversion(2, 1),
                        new Microversion(2, 104),
                        Optional.of("X-OpenStack-Nova-API-Version"))),
                List.of("x-openstack-request-id", "x-compute-request-id"),
                1000,
                true,
                new SchemaLibrary("schemas/none"),
                Map.of(
                        "",
                        new ServiceApi.Root(List.of(HttpServerTest::versions), false),
                        "/v2.1",
                        new ServiceApi.Root(List.of(HttpServerTest::things), true),
                        "/v2",
                        new ServiceApi.Root(List.of(HttpServerTest::things), false)));
        server = new HttpServer(new HttpServer.Setup(
                List.of(things),
                token -> token.equals("good") ? Optional.of(caller()) : Optional.empty(),
                PolicyRules.defaults(),
                entry -> {},
                ListenAddress.anyLoopbackPort(),
                Stream.of("compute", "identity", "image", "network", "placement", "volume")
                        .collect(Collectors.toMap(name -> name, name -> ListenAddress.anyLoopbackPort())),
                Optional.empty(),
                Duration.ofSeconds(5)));
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Caller caller() {
        return new Caller(
                "u1",
                "ann",
                "default",
                Optional.of(PROJECT),
                Optional.of("demo"),
                Optional.of("default"),
                Optional.empty(),
                false,
                Set.of("reader"),
                "audit",
                Instant.MAX);
    }

    private static void versions(Routes routes) {
        routes.get("/")
                .unauthenticated()
                .answers(300)
                .to(request -> Answer.json(json -> json.object(() -> json.field("base", request.baseUrl()))));
    }

    private static void things(Routes routes) {
        routes.get("/things/{id}")
                .policy(READ)
                .to(request -> Answer.json(json -> json.object(() -> json.field("id", request.path("id")))));
        routes.get("/things")
                .policy(READ)
                .to(request -> Answer.json(json -> json.array(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        json.element("thing-" + i);
                    }
                })));
        routes.get("/new").policy(READ).since(2, 50).to(request -> Answer.empty());
        routes.get("/broken").policy(READ).to(request -> {
            throw new IllegalStateException("the password is hunter2");
        });
        routes.delete("/things/{id}").policy(ADMIN).answers(204).to(request -> Answer.empty());
        Routes.Actions actions = routes.actions("/things/{id}/action");
        actions.action("start").policy(READ).answers(202).to(request -> Answer.empty());
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        String[] all = new String[headers.length + 2];
        all[0] = "X-Auth-Token";
        all[1] = "good";
        System.arraycopy(headers, 0, all, 2, headers.length);
        return send("GET", path, "", all);
    }

    @Test
    void a_public_route_needs_no_token_and_knows_its_own_address() throws Exception {
        HttpResponse<String> response = send("GET", "/compute/", "");
        assertThat(response.statusCode()).isEqualTo(300);
        assertThat(response.body()).isEqualTo("{\"base\":\"http://127.0.0.1:%d/compute\"}".formatted(server.port()));
    }

    @Test
    void a_service_is_at_the_root_of_its_own_port() throws Exception {
        int port = server.port("compute").orElseThrow();
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.body()).isEqualTo("{\"base\":\"http://127.0.0.1:%d\"}".formatted(port));
    }

    @Test
    void without_a_good_token_nothing_is_told() throws Exception {
        assertThat(send("GET", "/compute/v2.1/things/7", "").statusCode()).isEqualTo(401);
        HttpResponse<String> forged = send("GET", "/compute/v2.1/nowhere", "", "X-Auth-Token", "bad");
        assertThat(forged.statusCode()).isEqualTo(401);
        assertThat(forged.body()).contains("\"error\"");
        assertThat(forged.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(value -> assertThat(value).startsWith("Keystone uri="));
    }

    @Test
    void who_is_not_known_is_sent_to_identity_also_from_a_services_own_port() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + server.port("compute").orElseThrow() + "/v2.1/things"))
                .build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                        .headers()
                        .firstValue("WWW-Authenticate"))
                .contains("Keystone uri=\"http://localhost:%d/identity\"".formatted(server.port()));
    }

    @Test
    void a_folder_without_microversions_answers_as_the_oldest_version() throws Exception {
        assertThat(get("/compute/v2/new", "OpenStack-API-Version", "compute 2.50")
                        .statusCode())
                .isEqualTo(404);
        assertThat(get("/compute/v2/things/7").statusCode()).isEqualTo(200);
    }

    @Test
    void identity_headers_of_the_caller_are_ignored() throws Exception {
        assertThat(send("GET", "/compute/v2.1/things/7", "", "X-User-Id", "u1", "X-Roles", "admin")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void a_path_may_name_the_callers_own_project_only() throws Exception {
        assertThat(get("/compute/v2.1/" + PROJECT + "/things/7").body()).isEqualTo("{\"id\":\"7\"}");
        HttpResponse<String> other = get("/compute/v2.1/" + PROJECT.replace('0', '1') + "/things/7");
        assertThat(other.statusCode()).isEqualTo(400);
        assertThat(other.body()).contains("doesn't match Context's project_id");
    }

    @Test
    void versions_are_negotiated_as_the_clients_expect() throws Exception {
        HttpResponse<String> latest = get("/compute/v2.1/new", "OpenStack-API-Version", "compute latest");
        assertThat(latest.statusCode()).isEqualTo(200);
        assertThat(latest.headers().firstValue("OpenStack-API-Version")).contains("compute 2.104");
        assertThat(latest.headers().firstValue("X-OpenStack-Nova-API-Version")).contains("2.104");
        assertThat(latest.headers().allValues("Vary")).hasSize(2);
        assertThat(get("/compute/v2.1/new").statusCode()).isEqualTo(404);
        assertThat(get("/compute/v2.1/new", "X-OpenStack-Nova-API-Version", "2.50")
                        .statusCode())
                .isEqualTo(200);
        assertThat(get("/compute/v2.1/new", "OpenStack-API-Version", "compute 2.105")
                        .body())
                .isEqualTo("{\"computeFault\":{\"code\":406,\"message\":\"Version 2.105 is not supported by the API."
                        + " Minimum is 2.1 and maximum is 2.104.\"}}");
        assertThat(get("/compute/v2.1/new", "OpenStack-API-Version", "compute 2.x")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void unknown_paths_methods_and_actions_have_their_codes() throws Exception {
        assertThat(get("/compute/v2.1/nowhere").statusCode()).isEqualTo(404);
        assertThat(send("PUT", "/compute/v2.1/things/7", "", "X-Auth-Token", "good")
                        .statusCode())
                .isEqualTo(405);
        HttpResponse<String> unknown =
                send("POST", "/compute/v2.1/things/7/action", "{\"explode\":null}", "X-Auth-Token", "good");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("There is no such action: explode");
        assertThat(send("POST", "/compute/v2.1/things/7/action", "{\"start\":null}", "X-Auth-Token", "good")
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void bodies_are_bounded_in_size_and_depth_and_must_be_json() throws Exception {
        String path = "/compute/v2.1/things/7/action";
        assertThat(send("POST", path, "x".repeat(1001), "X-Auth-Token", "good").statusCode())
                .isEqualTo(413);
        assertThat(send("POST", path, "[".repeat(900), "X-Auth-Token", "good").statusCode())
                .isEqualTo(400);
        assertThat(send("POST", path, "{\"start\":", "X-Auth-Token", "good").body())
                .contains("Malformed request body");
        assertThat(send("POST", path, "<start/>", "X-Auth-Token", "good", "Content-Type", "application/xml")
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void a_policy_that_says_no_is_named() throws Exception {
        HttpResponse<String> response = send("DELETE", "/compute/v2.1/things/7", "", "X-Auth-Token", "good");
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).contains("Policy doesn't allow things:admin to be performed.");
    }

    @Test
    void an_unexpected_failure_keeps_its_cause_to_itself() throws Exception {
        HttpResponse<String> response = get("/compute/v2.1/broken");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).doesNotContain("hunter2").contains("req-");
        assertThat(response.headers().firstValue("x-openstack-request-id")).isPresent();
    }

    @Test
    void a_long_list_is_streamed_whole() throws Exception {
        HttpResponse<String> response = get("/compute/v2.1/things");
        assertThat(response.body()).startsWith("[\"thing-0\"").endsWith("\"thing-99999\"]");
        assertThat(response.headers().firstValue("Content-Length")).isEmpty();
    }
}
