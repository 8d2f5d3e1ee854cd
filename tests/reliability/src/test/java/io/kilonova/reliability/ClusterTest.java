package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.FakeGuest;
import io.kilonova.storage.PostgresqlServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Controllers and nodes as processes of their own over PostgreSQL, killed at bad moments. */
class ClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private Cluster cluster;

    @BeforeEach
    void makeTheAuthority() throws Exception {
        cluster = new Cluster(
                folder,
                PostgresqlServer.shared().freshDatabase().url().substring("jdbc:".length()),
                Program.ofThisBuild());
    }

    @AfterEach
    void endAllProcesses() {
        cluster.close();
    }

    @Test
    void a_server_whose_controller_is_killed_while_it_boots_is_finished_by_another() throws Exception {
        int gate = Cluster.freePort();
        ClusterMember first = cluster.controller("first", gate);
        String firstAddress = first.start();
        String secondAddress = cluster.controller("second", Cluster.freePort()).start();
        List<ClusterMember> nodes = List.of(cluster.node("one", gate, 4_000), cluster.node("two", gate, 4_000));
        for (ClusterMember node : nodes) {
            node.start();
        }
        String server;
        String trace;
        try (CloudApi api = cluster.signIn(firstAddress)) {
            Cluster.awaitHosts(api, 2);
            trace = api.traceId();
            server = boot(api);
            await().atMost(PATIENCE).until(() -> "spawning".equals(taskState(api, server)));
        }

        first.close();

        try (CloudApi api = cluster.signIn(secondAddress)) {
            await().atMost(PATIENCE).until(() -> status(api, server).equals("ACTIVE"));
            api.post("/compute/v2.1/servers/%s/action".formatted(server), "{\"os-stop\": null}")
                    .orFail();
            await().atMost(PATIENCE).until(() -> status(api, server).equals("SHUTOFF"));
            assertThat(api.metrics())
                    .containsPattern("kilonova_node_commands_total\\{host=\"(one|two)\",outcome=\"done\"} [1-9]")
                    .containsPattern("kilonova_node_command_seconds_total\\{host=\"(one|two)\",outcome=\"done\"} [0-9]")
                    .contains("kilonova_operations_taken_over_total 1.0");
        }
        assertThat(guests())
                .singleElement()
                .satisfies(guest -> assertThat(guest.boots()).isEqualTo(1));
        await("the node to tell of its command under the ids of the request")
                .atMost(PATIENCE)
                .until(() -> told(nodes)
                        .anyMatch(line -> line.contains("command=spawn guest=" + server)
                                && line.contains(" request=req-")
                                && line.contains(" trace=" + trace)
                                && line.endsWith("outcome=done")));
    }

    private static Stream<String> told(List<ClusterMember> nodes) throws IOException {
        List<String> lines = new ArrayList<>();
        for (ClusterMember node : nodes) {
            lines.addAll(node.log().lines().toList());
        }
        return lines.stream();
    }

    @Test
    void a_node_that_dies_is_seen_and_evacuated_and_takes_its_guests_over_when_it_comes_back_by_whatever_name()
            throws Exception {
        int gate = Cluster.freePort();
        String address = cluster.controller("first", gate).start();
        String secondAddress = cluster.controller("second", Cluster.freePort()).start();
        ClusterMember node = cluster.node("one", gate, 0);
        node.start();
        try (CloudApi api = cluster.signIn(address);
                CloudApi other = cluster.signIn(secondAddress)) {
            Cluster.awaitHosts(api, 1);
            String kept = boot(api);
            String deleted = boot(api);
            String evacuated = boot(api);
            for (String server : List.of(kept, deleted, evacuated)) {
                awaitRest(api, server);
            }
            cluster.node("two", gate, 0).start();
            Cluster.awaitHosts(api, 2);
            assertThat(evacuate(api, evacuated).status()).isEqualTo(400);
            api.post("/compute/v2.1/os-aggregates", "{\"aggregate\": {\"name\": \"fast\"}}")
                    .orFail();
            api.post("/compute/v2.1/os-aggregates/1/action", "{\"add_host\": {\"host\": \"one\"}}")
                    .orFail();
            String service = service(api, "one");

            node.close();
            await("the service to be down")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Cluster.serviceStates(api).equals(List.of("down", "up")));
            assertThat(evacuate(api, evacuated).status()).isEqualTo(200);
            api.delete("/compute/v2.1/servers/" + deleted).orFail();
            await("the server to be gone without its host")
                    .atMost(PATIENCE)
                    .until(() -> api.look("/compute/v2.1/servers/" + deleted).status() == 404);
            awaitRest(api, evacuated);
            assertThat(host(api, evacuated)).isEqualTo("two");
            assertThat(cluster.census().get("one")).hasSize(3);

            called("one", "uno").start();
            Cluster.awaitHosts(api, 2);
            await("the guests that it has no more to be removed")
                    .atMost(PATIENCE)
                    .until(() -> guests().size() == 2);
            assertThat(live()).hasSize(2);
            assertThat(guests()).allSatisfy(guest -> assertThat(guest.boots()).isEqualTo(1));
            isAllOf("uno", service, kept, api);
            other.post("/compute/v2.1/servers/%s/action".formatted(kept), "{\"os-stop\": null}")
                    .orFail();
            await().atMost(PATIENCE).until(() -> status(other, kept).equals("SHUTOFF"));

            ClusterMember unused = cluster.node("three", gate, 0);
            assertThat(called("three", "uno").runAndFail())
                    .contains("Another node is called uno; nothing was changed.");
            assertThat(cluster.check()).doesNotContain("✗");
        }
    }

    private ClusterMember called(String node, String name) {
        return cluster.enrolledNode(
                Program.ofThisBuild(), Place.LOOPBACK, node, List.of("--hypervisor=fake", "--name=" + name));
    }

    private static CloudApi.Answer evacuate(CloudApi api, String server) throws IOException {
        return api.post("/compute/v2.1/servers/%s/action".formatted(server), "{\"evacuate\": {}}");
    }

    /** The id of the first host's service, which has to have a name. */
    private static String service(CloudApi api, String name) throws IOException {
        JsonNode service = Cluster.services(api).path(0);
        assertThat(service.path("host").stringValue()).isEqualTo(name);
        return service.path("id").stringValue();
    }

    /** Whatever is said of a host is said of it by its name, and what it gave away is still given away. */
    private static void isAllOf(String name, String service, String server, CloudApi api) throws IOException {
        assertThat(service(api, name)).isEqualTo(service);
        JsonNode shown = server(api, server);
        assertThat(shown.path("OS-EXT-SRV-ATTR:host").stringValue()).isEqualTo(name);
        assertThat(shown.path("OS-EXT-SRV-ATTR:hypervisor_hostname").stringValue())
                .isEqualTo(name);
        assertThat(api.get("/compute/v2.1/os-aggregates/1").path("aggregate").path("hosts"))
                .extracting(JsonNode::stringValue)
                .containsExactly(name);
        JsonNode provider = api.get("/placement/resource_providers/" + service);
        assertThat(provider.path("name").stringValue()).isEqualTo(name);
        JsonNode usages = api.get("/placement/resource_providers/%s/usages".formatted(service));
        assertThat(usages.path("usages").path("VCPU").asInt()).isEqualTo(1);
    }

    @Test
    void a_guest_that_moves_while_it_runs_is_never_on_two_nodes_whichever_of_them_is_killed() throws Exception {
        int gate = Cluster.freePort();
        String address = cluster.controller("only", gate).start();
        Map<String, ClusterMember> nodes = new TreeMap<>();
        for (String name : List.of("one", "two")) {
            nodes.put(name, cluster.node(name, gate, 0));
            nodes.get(name).start();
        }
        try (CloudApi api = cluster.signIn(address)) {
            Cluster.awaitHosts(api, 2);
            String server = boot(api);
            await().atMost(PATIENCE).until(() -> status(api, server).equals("ACTIVE"));
            String source = host(api, server);
            String destination = source.equals("one") ? "two" : "one";

            liveMigrate(api, server);
            awaitRest(api, server);
            assertThat(host(api, server)).isEqualTo(destination);

            for (String victim : List.of(source, destination)) {
                liveMigrate(api, server);
                nodes.get(victim).close();
                assertThat(live()).hasSizeLessThanOrEqualTo(1);
                nodes.get(victim).start();
                awaitRest(api, server);
                assertThat(host(api, server)).isIn("one", "two");
                assertThat(live()).containsExactly(host(api, server));
                Cluster.awaitHosts(api, 2);
            }
            assertThat(guests()).allSatisfy(guest -> assertThat(guest.boots()).isLessThanOrEqualTo(1));
        }
    }

    private static void liveMigrate(CloudApi api, String server) throws IOException {
        api.post(
                        "/compute/v2.1/servers/%s/action".formatted(server),
                        "{\"os-migrateLive\": {\"host\": null, \"block_migration\": \"auto\"}}")
                .orFail();
    }

    private static void awaitRest(CloudApi api, String server) {
        await("the move to end")
                .atMost(PATIENCE.multipliedBy(2))
                .until(() -> status(api, server).equals("ACTIVE")
                        && taskState(api, server).isEmpty());
    }

    private static String host(CloudApi api, String server) throws IOException {
        return server(api, server).path("OS-EXT-SRV-ATTR:host").stringValue();
    }

    /** The nodes that have a guest which runs. */
    private List<String> live() {
        return cluster.census().entrySet().stream()
                .filter(node -> node.getValue().stream().anyMatch(FakeGuest::live))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String boot(CloudApi api) throws IOException {
        return api.post("/compute/v2.1/servers", api.smallServer())
                .orFail()
                .path("server")
                .path("id")
                .stringValue();
    }

    private static String status(CloudApi api, String server) throws IOException {
        return server(api, server).path("status").stringValue();
    }

    private static String taskState(CloudApi api, String server) throws IOException {
        return server(api, server).path("OS-EXT-STS:task_state").stringValue("");
    }

    private static JsonNode server(CloudApi api, String server) throws IOException {
        return api.get("/compute/v2.1/servers/" + server).path("server");
    }

    private List<FakeGuest> guests() {
        return cluster.census().values().stream().flatMap(List::stream).toList();
    }
}
