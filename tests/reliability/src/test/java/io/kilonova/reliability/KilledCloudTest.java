package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FakeGuest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What was accepted is carried out, and nothing is left over, whenever the process is killed. */
class KilledCloudTest {
    private static final int SERVERS = 200;
    private static final int KILLS_WHILE_BOOTING = 10;
    private static final int KILLS_WHILE_DELETING = 3;
    private static final int CLIENTS = 4;
    private static final Duration QUIET = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final Queue<String> wanted = new ConcurrentLinkedQueue<>();

    /** One call of a client; an IOException says that the cloud died on it. */
    private interface Errand {
        void run(CloudApi api, String subject) throws IOException;
    }

    @Test
    void two_hundred_boots_and_deletes_survive_kills_at_random_moments_and_leave_nothing() throws Exception {
        long seed = System.nanoTime();
        System.out.println("KilledCloudTest: seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        try (CloudProcess cloud = new CloudProcess(folder)) {
            String body = furnish(cloud);
            IntStream.range(0, SERVERS).forEach(number -> wanted.add("server-" + number));

            keepKilling(cloud, random, KILLS_WHILE_BOOTING, (api, name) -> {
                JsonNode answer =
                        api.post("/compute/v2.1/servers", body.formatted(name)).orFail();
                accepted.add(answer.path("server").path("id").stringValue());
            });
            assertThat(accepted).hasSizeGreaterThanOrEqualTo(SERVERS);
            everyServerCameUp(cloud);

            wanted.addAll(new StoredState(cloud.state()).column("SELECT id FROM servers"));
            keepKilling(cloud, random, KILLS_WHILE_DELETING, (api, id) -> {
                CloudApi.Answer answer = api.delete("/compute/v2.1/servers/" + id);
                assertThat(answer.status()).as("%s", answer.body()).isIn(204, 404);
            });
            nothingIsLeft(cloud);
        } catch (AssertionError wrong) {
            throw new AssertionError("with seed %d: %s".formatted(seed, wrong.getMessage()), wrong);
        }
    }

    /** A flavor, an image, a network; answers the body of a create with a place for the name. */
    private String furnish(CloudProcess cloud) throws IOException {
        cloud.start();
        try (CloudApi api = CloudApi.signIn(cloud.awaitServing(), cloud.password())) {
            api.put("/compute/v2.1/os-quota-sets/" + api.project(), """
                            {"quota_set": {"instances": -1, "cores": -1, "ram": -1}}""").orFail();
            api.put("/networking/v2.0/quotas/" + api.project(), """
                            {"quota": {"port": -1}}""").orFail();
            api.post("/compute/v2.1/flavors", """
                            {"flavor": {"id": "small", "name": "small", "ram": 64, "vcpus": 2, "disk": 0}}""").orFail();
            JsonNode image = api.post("/image/v2/images", """
                            {"name": "guest", "disk_format": "raw", "container_format": "bare"}""").orFail();
            String imageId = image.path("id").stringValue();
            api.upload("/image/v2/images/%s/file".formatted(imageId), new byte[65_536]);
            JsonNode network = api.post("/networking/v2.0/networks", """
                            {"network": {"name": "tenant"}}""").orFail();
            String networkId = network.path("network").path("id").stringValue();
            api.post("/networking/v2.0/subnets", """
                            {"subnet": {"network_id": "%s", "ip_version": 4, "cidr": "10.20.0.0/16"}}""".formatted(networkId)).orFail();
            return """
                    {"server": {"name": "%%s", "flavorRef": "small", "imageRef": "%s", "networks": [{"uuid": "%s"}]}}""".formatted(imageId, networkId);
        } finally {
            cloud.close();
        }
    }

    /** Has all errands run, over so many kills: some while the cloud starts, most under load; the last start is left alive. */
    private void keepKilling(CloudProcess cloud, SplittableRandom random, int kills, Errand errand) throws Exception {
        int share = wanted.size() / kills;
        cloud.close();
        for (int kill = 0; kill < kills; kill++) {
            cloud.start();
            if (kill % 5 == 2) {
                assertThat(cloud.killAfter(Duration.ofMillis(random.nextLong(300, 2_500))))
                        .as("%s", cloud.log())
                        .isTrue();
                cloud.start();
            }
            try (CloudApi api = CloudApi.signIn(cloud.awaitServing(), cloud.password());
                    ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                CountDownLatch firstDone = new CountDownLatch(1);
                Errand counted = (client, subject) -> {
                    errand.run(client, subject);
                    firstDone.countDown();
                };
                // No more than their share, so that something is left to do before the last kill, too.
                List<Future<?>> running = clients(clients, api, counted, share / CLIENTS);
                assertThat(firstDone.await(QUIET.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(cloud.killAfter(Duration.ofMillis(random.nextLong(0, 500))))
                        .as("%s", cloud.log())
                        .isTrue();
                for (Future<?> client : running) {
                    client.get();
                }
            }
        }
        cloud.start();
        try (CloudApi api = CloudApi.signIn(cloud.awaitServing(), cloud.password());
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<?> client : clients(clients, api, errand, Integer.MAX_VALUE)) {
                client.get();
            }
        }
        assertThat(wanted).isEmpty();
    }

    private List<Future<?>> clients(ExecutorService threads, CloudApi api, Errand errand, int mostEach) {
        return IntStream.range(0, CLIENTS)
                .<Future<?>>mapToObj(client -> threads.submit(() -> {
                    for (int done = 0; done < mostEach; done++) {
                        String subject = wanted.poll();
                        if (subject == null) {
                            return;
                        }
                        try {
                            errand.run(api, subject);
                        } catch (IOException died) {
                            // Nobody knows whether it was accepted: it is asked for again, as a user would.
                            wanted.add(subject);
                            return;
                        }
                    }
                }))
                .toList();
    }

    private void everyServerCameUp(CloudProcess cloud) throws IOException {
        StoredState stored = new StoredState(cloud.state());
        awaitQuiet(stored);
        try (CloudApi api = CloudApi.signIn(cloud.awaitServing(), cloud.password())) {
            Map<String, String> statuses = api.get("/compute/v2.1/servers/detail?limit=1000")
                    .path("servers")
                    .valueStream()
                    .collect(Collectors.toMap(
                            server -> server.path("id").stringValue(),
                            server -> server.path("status").stringValue()));
            assertThat(statuses.keySet()).containsAll(accepted);
            assertThat(statuses.values()).containsOnly("ACTIVE");
            assertThat(stored.wrongs()).isEmpty();
            Map<String, List<FakeGuest>> census = FakeFleet.census(cloud.state().resolve("fake"));
            assertThat(FakeFleet.doubleRuns(census)).isEmpty();
            List<FakeGuest> guests =
                    census.values().stream().flatMap(List::stream).toList();
            assertThat(guests).extracting(FakeGuest::id).containsExactlyInAnyOrderElementsOf(statuses.keySet());
            assertThat(guests).allMatch(FakeGuest::live).allMatch(guest -> guest.boots() == 1);
        }
    }

    private void nothingIsLeft(CloudProcess cloud) {
        StoredState stored = new StoredState(cloud.state());
        awaitQuiet(stored);
        assertThat(stored.wrongs()).isEmpty();
        assertThat(stored.number("SELECT count(*) FROM servers")).isZero();
        // The network keeps the port from which it serves metadata.
        assertThat(stored.column("SELECT document FROM network_resources WHERE kind = 'PORT'"))
                .allMatch(port -> port.contains("network:distributed"));
        assertThat(stored.number("SELECT count(*) FROM placement_allocations")).isZero();
        assertThat(stored.number("SELECT count(*) FROM placement_decisions")).isZero();
        assertThat(stored.number("SELECT coalesce(sum(instances + cores + ram_mebibytes), 0) FROM quota_usages"))
                .isZero();
        assertThat(FakeFleet.census(cloud.state().resolve("fake")).values())
                .allSatisfy(guests -> assertThat(guests).isEmpty());
    }

    /** No condition but the work's own end: whatever was accepted ends by itself. */
    private static void awaitQuiet(StoredState stored) {
        await("all operations to end").atMost(QUIET).until(() -> stored.number("SELECT count(*) FROM operations") == 0);
    }
}
