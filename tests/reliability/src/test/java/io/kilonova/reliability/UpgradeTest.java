package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.FakeGuest;
import io.kilonova.storage.PostgresqlServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A cluster goes from the release before to this one, process by process, and its users do not notice. */
class UpgradeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_SERVERS = 120;

    /** So many requests show that it goes on. */
    private static final int SOME = 100;

    @TempDir
    private Path folder;

    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final Queue<String> standing = new ConcurrentLinkedQueue<>();

    @Test
    void two_releases_share_a_database_and_the_older_one_leaves_without_a_failed_request() throws Exception {
        Program before = PreviousProgram.build(folder.resolve("previous"));
        Program now = Program.ofThisBuild();
        String database = PostgresqlServer.shared().freshDatabase().url().substring("jdbc:".length());
        try (Cluster cluster = new Cluster(folder, database, before);
                RollingClient client = new RollingClient()) {
            int gate = Cluster.freePort();
            ClusterMember older = cluster.controller(before, Place.LOOPBACK, "older", gate);
            String olderAddress = older.start();
            ClusterMember one = cluster.node(before, Place.LOOPBACK, "one", "127.0.0.1:" + gate, Cluster.fake(50));
            one.start();
            cluster.node(before, Place.LOOPBACK, "two", "127.0.0.1:" + gate, Cluster.fake(50))
                    .start();
            CloudApi api = cluster.signIn(olderAddress);
            Cluster.awaitHosts(api, 2);
            String body = furnish(api);
            client.add(olderAddress, api);
            client.begin(user -> work(user, body));
            awaitMore(client);

            String newerAddress = cluster.controller(now, Place.LOOPBACK, "newer", Cluster.freePort())
                    .start();
            client.add(newerAddress, cluster.signIn(newerAddress));
            await().atMost(PATIENCE).until(() -> client.uses(newerAddress));
            awaitMore(client);

            older.stop();
            assertThat(client.uses(olderAddress)).isFalse();
            awaitMore(client);

            one.stop();
            cluster.enrolledNode(now, Place.LOOPBACK, "one", Cluster.fake(50)).start();
            awaitMore(client);

            client.close();
            assertThat(client.failures()).isEmpty();
            try (CloudApi last = cluster.signIn(newerAddress)) {
                everythingAcceptedIsThere(last);
                assertThat(guests(cluster))
                        .extracting(FakeGuest::id)
                        .containsExactlyInAnyOrderElementsOf(standingServers());
                assertThat(guests(cluster)).allMatch(guest -> guest.boots() == 1);
            }
            assertThat(cluster.check()).doesNotContain("✗");
        }
    }

    /** What one user does at once: makes a server, looks at what there is, or deletes one that stands. */
    private void work(CloudApi api, String body) throws IOException {
        if (accepted.size() < MOST_SERVERS) {
            String id = api.post("/compute/v2.1/servers", body)
                    .orFail()
                    .path("server")
                    .path("id")
                    .stringValue();
            accepted.add(id);
            standing.add(id);
        }
        api.get("/compute/v2.1/servers/detail?limit=10");
        String oldest = standing.poll();
        if (oldest != null) {
            String status = api.get("/compute/v2.1/servers/" + oldest)
                    .path("server")
                    .path("status")
                    .stringValue();
            if (status.equals("ACTIVE") && deleted.size() * 3 < accepted.size()) {
                deleted.add(oldest);
                api.delete("/compute/v2.1/servers/" + oldest).orFail();
            } else {
                standing.add(oldest);
            }
        }
    }

    private static void awaitMore(RollingClient client) {
        long before = client.answered();
        await("users to go on")
                .atMost(PATIENCE)
                .until(() ->
                        client.answered() - before >= SOME || !client.failures().isEmpty());
        assertThat(client.failures()).isEmpty();
    }

    private void everythingAcceptedIsThere(CloudApi api) {
        await("all servers to be as they were asked for").atMost(PATIENCE).untilAsserted(() -> {
            List<JsonNode> servers = api.get("/compute/v2.1/servers/detail?limit=1000")
                    .path("servers")
                    .valueStream()
                    .toList();
            assertThat(servers)
                    .allSatisfy(server -> assertThat(server.path("status").stringValue())
                            .as("%s", server.path("fault"))
                            .isEqualTo("ACTIVE"));
            assertThat(servers)
                    .extracting(server -> server.path("id").stringValue())
                    .containsExactlyInAnyOrderElementsOf(standingServers());
        });
    }

    private Set<String> standingServers() {
        return accepted.stream().filter(id -> !deleted.contains(id)).collect(Collectors.toSet());
    }

    private static List<FakeGuest> guests(Cluster cluster) {
        return cluster.census().values().stream().flatMap(List::stream).toList();
    }

    /** No bounds, a flavor and an image; answers the body of a create. */
    private static String furnish(CloudApi api) throws IOException {
        api.put("/compute/v2.1/os-quota-sets/" + api.project(), """
                        {"quota_set": {"instances": -1, "cores": -1, "ram": -1}}""").orFail();
        return api.smallServer();
    }
}
