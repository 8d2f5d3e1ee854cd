package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.FakeGuest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Of two controllers one is cut off from a node, or from PostgreSQL, and from nothing else. Needs root. */
class CutOffControllerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int API = 8774;
    private static final int GATE = 8790;
    private static final int BOOT_MILLIS = 4_000;

    @TempDir
    private Path folder;

    private final List<CloudApi> clients = new ArrayList<>();
    private NetworkLab lab;
    private CrashingPostgresql database;
    private Cluster cluster;
    private CloudApi near;
    private CloudApi far;
    private String gate;
    private ClusterMember node;

    @BeforeEach
    void makeTheCluster() throws Exception {
        lab = new NetworkLab();
        database = new CrashingPostgresql(lab.machine("db", 0));
        cluster = new Cluster(folder, database.url(), Program.ofThisBuild());
        near = controller("near");
        far = controller("far");
        node = node("one");
        Cluster.awaitHosts(near, 1);
        Cluster.awaitHosts(far, 1);
    }

    private CloudApi controller(String name) throws IOException {
        Place place = lab.machine(name, API);
        gate = place.address() + ":" + GATE;
        String address =
                cluster.controller(Program.ofThisBuild(), place, name, GATE).start();
        clients.add(cluster.signIn(address));
        return clients.getLast();
    }

    private ClusterMember node(String name) throws IOException, InterruptedException {
        ClusterMember made =
                cluster.node(Program.ofThisBuild(), lab.machine(name, GATE), name, gate, Cluster.fake(BOOT_MILLIS));
        made.start();
        return made;
    }

    @AfterEach
    void endAllProcesses() throws IOException {
        clients.forEach(CloudApi::close);
        cluster.close();
        database.close();
        lab.close();
    }

    @Test
    void a_controller_that_is_cut_off_from_a_node_takes_it_for_what_the_other_hears_and_works_by_way_of_that()
            throws Exception {
        ClusterMember dying = node("two");
        Cluster.awaitHosts(far, 2);
        String body =
                far.smallServer().replace("{\"server\": {", "{\"server\": {\"availability_zone\": \"nova:one\", ");
        String interrupted = boot(far, body);
        await().atMost(PATIENCE).until(() -> taskState(far, interrupted).equals("spawning"));

        lab.separate("far", "one");
        dying.close();

        awaitActive(far, interrupted);
        for (CloudApi each : List.of(far, near)) {
            await("the host that has no power to be down")
                    .atMost(PATIENCE)
                    .until(() -> Cluster.states(each).get("two").equals("down"));
            // It has been silent here for as long as the other.
            assertThat(Cluster.states(each)).containsEntry("one", "up");
            CloudApi.Answer refused =
                    each.post("/compute/v2.1/servers/%s/action".formatted(interrupted), "{\"evacuate\": {}}");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.body().toString()).contains("still in use");
        }
        String farther = boot(far, body);
        String nearer = boot(near, body);
        awaitActive(near, nearer);
        awaitActive(far, farther);
        far.post("/compute/v2.1/servers/%s/action".formatted(nearer), "{\"os-stop\": null}")
                .orFail();
        await().atMost(PATIENCE).until(() -> status(far, nearer).equals("SHUTOFF"));
        assertThat(guests())
                .hasSize(3)
                .allSatisfy(guest -> assertThat(guest.boots()).isEqualTo(1));
        far.delete("/compute/v2.1/servers/" + nearer).orFail();
        near.delete("/compute/v2.1/servers/" + farther).orFail();
        awaitGone(far, nearer);
        awaitGone(near, farther);
        assertThat(guests()).extracting(FakeGuest::id).containsExactly(interrupted);

        lab.reunite("far", "one");
        await("the node to be heard again")
                .atMost(PATIENCE)
                .until(() -> node.log()
                                .lines()
                                .filter(line -> line.contains(" answers"))
                                .count()
                        >= 3);
        far.delete("/compute/v2.1/servers/" + interrupted).orFail();
        awaitGone(far, interrupted);
        assertThat(guests()).isEmpty();
        assertThat(cluster.check()).doesNotContain("✗");
    }

    @Test
    void what_a_controller_had_under_way_that_is_cut_off_from_the_database_goes_on_at_the_other_and_is_done_once()
            throws Exception {
        String body = far.smallServer();
        String interrupted = boot(far, body);
        await().atMost(PATIENCE).until(() -> taskState(near, interrupted).equals("spawning"));

        lab.separate("far", "db");

        awaitActive(near, interrupted);
        await("the controller to say that it can do nothing").atMost(PATIENCE).until(() -> fails(far));
        String nearer = boot(near, body);
        awaitActive(near, nearer);
        near.delete("/compute/v2.1/servers/" + interrupted).orFail();
        awaitGone(near, interrupted);
        assertThat(guests()).extracting(FakeGuest::id).containsExactly(nearer);
        assertThat(cluster.complaints()).contains("gives no sign of life; its operations are taken over");

        lab.reunite("far", "db");
        await("the controller to be back").atMost(PATIENCE).until(() -> !fails(far));
        String farther = boot(far, body);
        awaitActive(far, farther);
        assertThat(guests())
                .hasSize(2)
                .allSatisfy(guest -> assertThat(guest.boots()).isEqualTo(1));
        assertThat(guests()).extracting(FakeGuest::id).containsExactlyInAnyOrder(nearer, farther);
        assertThat(cluster.check()).doesNotContain("✗");
    }

    private static String boot(CloudApi api, String body) throws IOException {
        return api.post("/compute/v2.1/servers", body)
                .orFail()
                .path("server")
                .path("id")
                .stringValue();
    }

    private void awaitActive(CloudApi api, String server) {
        await("the server to be there")
                .atMost(PATIENCE)
                .until(() -> status(api, server).equals("ACTIVE"));
    }

    private static void awaitGone(CloudApi api, String server) {
        await("the server to be gone")
                .atMost(PATIENCE)
                .until(() -> api.look("/compute/v2.1/servers/" + server).status() == 404);
    }

    /** Whether a controller blames the cloud, or does not answer in time. */
    private static boolean fails(CloudApi api) {
        try {
            return api.look("/compute/v2.1/servers").status() >= 500;
        } catch (IOException noAnswer) {
            return true;
        }
    }

    private static String status(CloudApi api, String server) throws IOException {
        JsonNode shown = api.get("/compute/v2.1/servers/" + server).path("server");
        assertThat(shown.path("status").stringValue())
                .as(String.valueOf(shown.path("fault")))
                .isNotEqualTo("ERROR");
        return shown.path("status").stringValue();
    }

    private static String taskState(CloudApi api, String server) throws IOException {
        return api.get("/compute/v2.1/servers/" + server)
                .path("server")
                .path("OS-EXT-STS:task_state")
                .stringValue("");
    }

    private List<FakeGuest> guests() {
        return cluster.census().values().stream().flatMap(List::stream).toList();
    }
}
