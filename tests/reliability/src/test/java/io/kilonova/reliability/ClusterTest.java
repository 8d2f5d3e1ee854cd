package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FakeGuest;
import io.kilonova.storage.PostgresqlServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    private final List<ClusterMember> members = new ArrayList<>();
    private Path configuration;
    private Path state;

    @BeforeEach
    void makeTheAuthority() throws Exception {
        configuration = folder.resolve("kilonova.conf");
        state = folder.resolve("state");
        Files.writeString(
                configuration,
                "[database]%nconnection = %s%n"
                        .formatted(
                                PostgresqlServer.shared().freshDatabase().url().substring("jdbc:".length())));
        member("init", state, "ca", "init").run();
    }

    @AfterEach
    void endAllProcesses() {
        members.forEach(ClusterMember::close);
    }

    @Test
    void a_server_whose_controller_is_killed_while_it_boots_is_finished_by_another() throws Exception {
        int gate = freePort();
        ClusterMember first = controller("first", gate);
        String firstAddress = first.start();
        String secondAddress = controller("second", freePort()).start();
        node("one", gate, 4_000).start();
        node("two", gate, 4_000).start();
        String server;
        try (CloudApi api = signIn(firstAddress)) {
            awaitHosts(api, 2);
            server = boot(api);
            await().atMost(PATIENCE).until(() -> "spawning".equals(taskState(api, server)));
        }

        first.close();

        try (CloudApi api = signIn(secondAddress)) {
            await().atMost(PATIENCE).until(() -> status(api, server).equals("ACTIVE"));
            api.post("/compute/v2.1/servers/%s/action".formatted(server), "{\"os-stop\": null}")
                    .orFail();
            await().atMost(PATIENCE).until(() -> status(api, server).equals("SHUTOFF"));
        }
        assertThat(guests())
                .singleElement()
                .satisfies(guest -> assertThat(guest.boots()).isEqualTo(1));
    }

    @Test
    void a_node_that_dies_is_seen_and_takes_its_guests_over_when_it_comes_back() throws Exception {
        int gate = freePort();
        String address = controller("only", gate).start();
        ClusterMember node = node("one", gate, 0);
        node.start();
        try (CloudApi api = signIn(address)) {
            awaitHosts(api, 1);
            String kept = boot(api);
            String deleted = boot(api);
            await().atMost(PATIENCE).until(() -> status(api, kept).equals("ACTIVE"));
            await().atMost(PATIENCE).until(() -> status(api, deleted).equals("ACTIVE"));

            node.close();
            await("the service to be down")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> serviceStates(api).equals(List.of("down")));
            assertThat(guests()).hasSize(2);

            node.start();
            awaitHosts(api, 1);
            assertThat(status(api, kept)).isEqualTo("ACTIVE");
            assertThat(guests()).allSatisfy(guest -> assertThat(guest.boots()).isEqualTo(1));
        }
    }

    private ClusterMember member(String name, Path where, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--state=" + where, "--config=" + configuration));
        ClusterMember member = new ClusterMember(folder.resolve(name + ".log"), all.toArray(String[]::new));
        members.add(member);
        return member;
    }

    private ClusterMember controller(String name, int gate) {
        return member(
                name, state, "controller", "--listen=127.0.0.1:0", "--cluster-listen=127.0.0.1:%d".formatted(gate));
    }

    private ClusterMember node(String name, int gate, int bootMillis) throws Exception {
        Path own = folder.resolve("node-" + name);
        String printed = member("token-" + name, state, "ca", "token").run();
        Path token = Files.writeString(
                folder.resolve("token"),
                printed.lines()
                        .filter(line -> line.startsWith("kilonova."))
                        .findFirst()
                        .orElseThrow());
        member(
                        "enroll-" + name,
                        own,
                        "node",
                        "enroll",
                        "--controller=127.0.0.1:" + gate,
                        "--token-file=" + token,
                        "--name=" + name)
                .run();
        return member(
                name,
                own,
                "node",
                "--hypervisor=fake",
                "--cluster-listen=127.0.0.1:0",
                "--fake-boot-millis=" + bootMillis);
    }

    private CloudApi signIn(String address) throws IOException {
        return CloudApi.signIn(
                URI.create("http://" + address),
                Files.readString(state.resolve("admin-password")).strip());
    }

    private static String boot(CloudApi api) throws IOException {
        api.post("/compute/v2.1/flavors", """
                {"flavor": {"id": "small", "name": "small", "ram": 64, "vcpus": 1, "disk": 0}}""");
        String image = api.post("/image/v2/images", """
                        {"name": "guest", "disk_format": "raw", "container_format": "bare"}""").orFail().path("id").stringValue();
        api.upload("/image/v2/images/%s/file".formatted(image), new byte[1024]);
        return api.post("/compute/v2.1/servers", """
                        {"server": {"name": "guest", "flavorRef": "small", "imageRef": "%s", "networks": "none"}}""".formatted(image))
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

    private static void awaitHosts(CloudApi api, int count) {
        await("hosts to be up")
                .atMost(PATIENCE)
                .until(() -> serviceStates(api).stream().filter("up"::equals).count() == count);
    }

    private static List<String> serviceStates(CloudApi api) throws IOException {
        List<String> states = new ArrayList<>();
        for (JsonNode service :
                api.get("/compute/v2.1/os-services?binary=nova-compute").path("services")) {
            states.add(service.path("state").stringValue());
        }
        return states;
    }

    private List<FakeGuest> guests() {
        return List.of("one", "two").stream()
                .map(name -> FakeFleet.census(folder.resolve("node-" + name).resolve("fake")))
                .flatMap(census -> census.values().stream())
                .flatMap(List::stream)
                .toList();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
