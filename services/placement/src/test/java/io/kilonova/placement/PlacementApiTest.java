package io.kilonova.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.access.Caller;
import io.kilonova.access.PolicyRules;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PlacementApiTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String HOST = "4e8e5957-649f-477b-9e5b-f1f75b21c03c";
    private static final String CHILD = "4e8e5957-649f-477b-9e5b-f1f75b21c03d";
    private static final String SERVER = "a0f3c5de-1111-4222-8333-944444444444";

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private Database database;
    private HttpServer server;

    private record Reply(int status, JsonNode body, HttpResponse<String> raw) {}

    @BeforeEach
    void start() {
        database = Database.open(DatabaseOptions.sqlite(folder.resolve("placement.db")), List.of("db/placement"));
        server = new HttpServer(new HttpServer.Setup(
                List.of(PlacementApi.of(database, ConsumerOwners.unchecked(), Clock.systemUTC())),
                token -> Optional.of(caller(token)),
                PolicyRules.defaults(),
                entry -> {},
                ListenAddress.anyLoopbackPort(),
                Map.of(),
                Optional.empty(),
                Duration.ofSeconds(5)));
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
        database.close();
    }

    @Test
    void a_provider_is_made_given_an_inventory_claimed_and_freed() {
        Reply made =
                call("POST", "/resource_providers", "1.20", "{\"name\":\"host-1\",\"uuid\":\"%s\"}".formatted(HOST));
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.body().path("generation").longValue()).isZero();
        assertThat(made.raw().headers().firstValue("Location").orElse("")).endsWith("/resource_providers/" + HOST);
        assertThat(putInventories(HOST, 0).status()).isEqualTo(200);
        assertThat(claim(4).status()).isEqualTo(204);
        assertThat(call("GET", "/resource_providers/" + HOST + "/usages", "1.9", "")
                        .body()
                        .path("usages")
                        .path("VCPU")
                        .longValue())
                .isEqualTo(4);
        JsonNode held = call("GET", "/allocations/" + SERVER, "1.38", "").body();
        assertThat(held.path("allocations")
                        .path(HOST)
                        .path("resources")
                        .path("VCPU")
                        .longValue())
                .isEqualTo(4);
        assertThat(held.path("consumer_type").stringValue()).isEqualTo("INSTANCE");
        assertThat(held.path("consumer_generation").longValue()).isEqualTo(1);
        JsonNode usages = call("GET", "/usages?project_id=p", "1.38", "")
                .body()
                .path("usages")
                .path("INSTANCE");
        assertThat(usages.path("VCPU").longValue()).isEqualTo(4);
        assertThat(usages.path("consumer_count").longValue()).isEqualTo(1);
        assertThat(call("DELETE", "/resource_providers/" + HOST, "1.38", "").status())
                .isEqualTo(409);
        assertThat(call("DELETE", "/allocations/" + SERVER, "1.38", "").status())
                .isEqualTo(204);
        assertThat(call("DELETE", "/allocations/" + SERVER, "1.38", "").status())
                .isEqualTo(404);
        assertThat(call("DELETE", "/resource_providers/" + HOST, "1.38", "").status())
                .isEqualTo(204);
    }

    @Test
    void errors_have_the_form_and_the_codes_that_clients_read() {
        provider();
        Reply conflict = putInventories(HOST, 77);
        assertThat(conflict.status()).isEqualTo(409);
        JsonNode error = conflict.body().path("errors").path(0);
        assertThat(error.path("status").intValue()).isEqualTo(409);
        assertThat(error.path("code").stringValue()).isEqualTo("placement.concurrent_update");
        assertThat(error.path("request_id").stringValue()).startsWith("req-");
        putInventories(HOST, 0);
        assertThat(claim(9).status()).isEqualTo(409);
        assertThat(call("PUT", "/allocations/" + SERVER, "1.12", "{\"allocations\":{}}")
                        .status())
                .isEqualTo(400);
        assertThat(call("POST", "/resource_providers", "1.20", "{\"name\":\"host-1\"}")
                        .status())
                .isEqualTo(409);
        assertThat(call("POST", "/resource_providers", "1.20", "{\"nom\":\"x\"}")
                        .status())
                .isEqualTo(400);
        assertThat(call("GET", "/resource_providers/" + CHILD, "1.20", "").status())
                .isEqualTo(404);
        assertThat(call("GET", "/resource_providers?colour=red", "1.20", "").status())
                .isEqualTo(400);
        assertThat(call("GET", "/resource_providers?resources=NOPE:1", "1.20", "")
                        .status())
                .isEqualTo(400);
        assertThat(call("GET", "/resource_providers", "1.99", "").status()).isEqualTo(406);
    }

    @Test
    void routes_and_fields_are_there_from_their_version_on() {
        provider();
        assertThat(call("GET", "/traits", "1.5", "").status()).isEqualTo(404);
        assertThat(call("GET", "/traits", "1.6", "").status()).isEqualTo(200);
        assertThat(call("GET", "/resource_providers/" + HOST, "1.13", "").body().has("root_provider_uuid"))
                .isFalse();
        assertThat(call("GET", "/resource_providers/" + HOST, "1.14", "")
                        .body()
                        .path("root_provider_uuid")
                        .stringValue())
                .isEqualTo(HOST);
        assertThat(call("GET", "/allocation_candidates?resources=VCPU:1&required=HW_CPU_X86_AVX2", "1.16", "")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void traits_aggregates_and_classes_are_set_and_checked() {
        provider();
        assertThat(call("PUT", "/traits/CUSTOM_GOLD", "1.6", "").status()).isEqualTo(201);
        assertThat(call("PUT", "/traits/CUSTOM_GOLD", "1.6", "").status()).isEqualTo(204);
        assertThat(call("PUT", "/traits/gold", "1.6", "").status()).isEqualTo(400);
        String traits = "{\"traits\":[\"CUSTOM_GOLD\"],\"resource_provider_generation\":0}";
        assertThat(call("PUT", "/resource_providers/" + HOST + "/traits", "1.6", traits)
                        .status())
                .isEqualTo(200);
        assertThat(call("DELETE", "/traits/CUSTOM_GOLD", "1.6", "").status()).isEqualTo(409);
        String aggregates = "{\"aggregates\":[\"%s\"],\"resource_provider_generation\":1}".formatted(CHILD);
        assertThat(call("PUT", "/resource_providers/" + HOST + "/aggregates", "1.19", aggregates)
                        .status())
                .isEqualTo(200);
        assertThat(call("GET", "/resource_providers?member_of=" + CHILD, "1.3", "")
                        .body()
                        .path("resource_providers")
                        .size())
                .isEqualTo(1);
        assertThat(call("PUT", "/resource_classes/CUSTOM_BARE_METAL", "1.7", "").status())
                .isEqualTo(201);
        assertThat(call("GET", "/resource_classes", "1.7", "").body().toString())
                .contains("CUSTOM_BARE_METAL", "PCPU");
        assertThat(call("DELETE", "/resource_classes/VCPU", "1.7", "").status()).isEqualTo(400);
    }

    @Test
    void candidates_come_from_providers_that_have_room_and_traits() {
        provider();
        putInventories(HOST, 0);
        JsonNode found = call("GET", "/allocation_candidates?resources=VCPU:2&limit=5", "1.36", "")
                .body();
        assertThat(found.path("allocation_requests")
                        .path(0)
                        .path("allocations")
                        .path(HOST)
                        .path("resources")
                        .path("VCPU")
                        .longValue())
                .isEqualTo(2);
        assertThat(found.path("allocation_requests")
                        .path(0)
                        .path("mappings")
                        .path("")
                        .path(0)
                        .stringValue())
                .isEqualTo(HOST);
        assertThat(found.path("provider_summaries")
                        .path(HOST)
                        .path("resources")
                        .path("VCPU")
                        .path("capacity")
                        .longValue())
                .isEqualTo(8);
        claim(7);
        assertThat(candidates("resources=VCPU:2")).isZero();
        assertThat(candidates("resources=VCPU:1&required=HW_CPU_X86_AVX2")).isZero();
        assertThat(candidates("resources=VCPU:1&required=!HW_CPU_X86_AVX2")).isEqualTo(1);
        assertThat(candidates("resources1=VCPU:1&resources2=VCPU:1&group_policy=none"))
                .isZero();
    }

    @Test
    void numbered_groups_are_kept_apart_within_a_tree_when_asked() {
        provider();
        String child = "{\"name\":\"numa-1\",\"uuid\":\"%s\",\"parent_provider_uuid\":\"%s\"}".formatted(CHILD, HOST);
        assertThat(call("POST", "/resource_providers", "1.20", child).status()).isEqualTo(200);
        putInventories(HOST, 0);
        putInventories(CHILD, 0);
        assertThat(candidates("resources1=VCPU:1&resources2=VCPU:1&group_policy=isolate"))
                .isEqualTo(2);
        assertThat(candidates("resources1=VCPU:1&resources2=VCPU:1&group_policy=none"))
                .isEqualTo(4);
        assertThat(candidates("resources=VCPU:1&in_tree=" + SERVER)).isZero();
    }

    @Test
    void a_project_sees_its_own_use_and_nothing_else() {
        assertThat(call("GET", "/usages?project_id=p", "1.9", "", "reader").status())
                .isEqualTo(200);
        assertThat(call("GET", "/usages?project_id=other", "1.9", "", "reader").status())
                .isEqualTo(403);
        assertThat(call("GET", "/resource_providers", "1.9", "", "reader").status())
                .isEqualTo(403);
        assertThat(call("POST", "/reshaper", "1.30", "{\"inventories\":{},\"allocations\":{}}", "admin")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void the_reshaper_moves_inventory_and_allocations_at_once() {
        provider();
        putInventories(HOST, 0);
        claim(4);
        call(
                "POST",
                "/resource_providers",
                "1.20",
                "{\"name\":\"child\",\"uuid\":\"%s\",\"parent_provider_uuid\":\"%s\"}".formatted(CHILD, HOST));
        String body = """
                {"inventories": {
                   "%1$s": {"resource_provider_generation": 2, "inventories": {}},
                   "%2$s": {"resource_provider_generation": 0, "inventories": {"VCPU": {"total": 8}}}},
                 "allocations": {"%3$s": {"project_id": "p", "user_id": "u", "consumer_generation": 1,
                   "allocations": {"%2$s": {"resources": {"VCPU": 4}}}}}}""".formatted(HOST, CHILD, SERVER);
        assertThat(call("POST", "/reshaper", "1.30", body, "service").status()).isEqualTo(204);
        assertThat(call("GET", "/resource_providers/" + HOST + "/inventories", "1.30", "")
                        .body()
                        .path("inventories")
                        .size())
                .isZero();
        assertThat(call("GET", "/resource_providers/" + CHILD + "/usages", "1.30", "")
                        .body()
                        .path("usages")
                        .path("VCPU")
                        .longValue())
                .isEqualTo(4);
    }

    private int candidates(String query) {
        return call("GET", "/allocation_candidates?" + query, "1.36", "")
                .body()
                .path("allocation_requests")
                .size();
    }

    private void provider() {
        call("POST", "/resource_providers", "1.20", "{\"name\":\"host-1\",\"uuid\":\"%s\"}".formatted(HOST));
    }

    private Reply putInventories(String uuid, long generation) {
        String body = "{\"resource_provider_generation\":%d,\"inventories\":{\"VCPU\":{\"total\":8,\"max_unit\":8}}}"
                .formatted(generation);
        return call("PUT", "/resource_providers/" + uuid + "/inventories", "1.26", body);
    }

    private Reply claim(int virtualCpus) {
        String body = """
                {"allocations":{"%s":{"resources":{"VCPU":%d}}},"project_id":"p","user_id":"u","consumer_generation":null,"consumer_type":"INSTANCE"}""".formatted(HOST, virtualCpus);
        return call("PUT", "/allocations/" + SERVER, "1.38", body);
    }

    private Reply call(String method, String path, String version, String body) {
        return call(method, path, version, body, "admin");
    }

    private Reply call(String method, String path, String version, String body, String role) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/placement%s".formatted(server.port(), path)))
                .header("X-Auth-Token", role)
                .header("OpenStack-API-Version", "placement " + version)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> reply = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(reply.statusCode(), JSON.readTree(reply.body().isEmpty() ? "{}" : reply.body()), reply);
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interruption);
        }
    }

    private static Caller caller(String role) {
        return new Caller(
                "u",
                "ann",
                "default",
                Optional.of("p"),
                Optional.of("demo"),
                Optional.of("default"),
                Optional.empty(),
                false,
                Set.of(role),
                "audit",
                Instant.now().plusSeconds(60));
    }
}
