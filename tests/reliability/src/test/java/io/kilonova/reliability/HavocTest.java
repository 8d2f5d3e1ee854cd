package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FakeGuest;
import io.kilonova.reliability.Havoc.Misfortune;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A cluster of real processes, each on a machine of its own as far as the network knows, on which everything breaks again and
 * again while users work. Nothing that was accepted is lost. {@code -Dhavoc.servers=1000} makes it long, and
 * {@code -Dhavoc.program=./kilonova} runs the program as it is installed; needs root.
 */
class HavocTest {
    private static final int SERVERS = Integer.getInteger("havoc.servers", 60);
    private static final long PAUSE_MILLIS = Long.getLong("havoc.pause.millis", 3_000);
    private static final int CONTROLLERS = 3;
    private static final int NODES = 4;
    private static final int API = 8774;
    private static final int GATE = 8790;
    private static final int BOOT_MILLIS = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    private Path folder;

    private final Program program = System.getProperty("havoc.program") == null
            ? Program.ofThisBuild()
            : new Program(List.of(System.getProperty("havoc.program")));
    private final Map<String, ClusterMember> members = new TreeMap<>();

    @Test
    void whatever_breaks_what_was_accepted_ends_and_nothing_is_left_over() throws Exception {
        long seed = Long.getLong("havoc.seed", System.nanoTime());
        System.out.println("HavocTest: seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        try (NetworkLab lab = new NetworkLab();
                CrashingPostgresql database = new CrashingPostgresql(lab.machine("database", 0));
                SmallDisk shared = SmallDisk.at(folder.resolve("state"), 64);
                SmallDisk own = SmallDisk.at(folder.resolve("node-n1"), 16);
                Cluster cluster = new Cluster(folder, database.url(), program)) {
            List<String> addresses = start(cluster, lab);
            List<CloudApi> controllers = new ArrayList<>();
            for (String address : addresses) {
                controllers.add(cluster.signIn(address));
            }
            Cluster.awaitHosts(controllers.getFirst(), NODES);
            String body = HavocTest.furnish(controllers.getFirst());
            long begin = System.nanoTime();
            try (Users users = new Users(controllers, body, random.split(), SERVERS)) {
                try (Havoc processes = new Havoc(kills(), random.split(), Duration.ofMillis(PAUSE_MILLIS));
                        Havoc world = new Havoc(
                                misfortunes(lab, database, shared, own),
                                random.split(),
                                Duration.ofMillis(3 * PAUSE_MILLIS))) {
                    await("users to have done their work")
                            .atMost(Duration.ofMillis(60_000 + SERVERS * 3_000L))
                            .until(users::areDone);
                    System.out.println("HavocTest: " + processes.counts() + world.counts());
                } finally {
                    keepLogs();
                }
                System.out.println("HavocTest: " + users.counts() + " in "
                        + Duration.ofNanos(System.nanoTime() - begin).toSeconds() + " s");
                judge(cluster, database, controllers.getFirst(), users);
            } finally {
                controllers.forEach(CloudApi::close);
                keepLogs();
            }
        } catch (AssertionError | Exception wrong) {
            throw new AssertionError("with seed %d: %s".formatted(seed, wrong.getMessage()), wrong);
        }
    }

    private List<String> start(Cluster cluster, NetworkLab lab) throws IOException, InterruptedException {
        List<String> addresses = new ArrayList<>();
        List<String> gates = new ArrayList<>();
        for (int number = 1; number <= CONTROLLERS; number++) {
            String name = "c" + number;
            Place place = lab.machine(name, API);
            members.put(name, cluster.controller(program, place, name, GATE));
            addresses.add(members.get(name).start());
            gates.add(place.address() + ":" + GATE);
        }
        for (int number = 1; number <= NODES; number++) {
            String name = "n" + number;
            Place place = lab.machine(name, GATE);
            members.put(name, cluster.node(program, place, name, gates.getFirst(), Cluster.fake(BOOT_MILLIS)));
            members.get(name).start();
        }
        return addresses;
    }

    private List<Misfortune> kills() {
        List<Misfortune> kills = new ArrayList<>();
        members.forEach((name, member) -> kills.add(Havoc.misfortune(
                name.startsWith("c") ? "controller killed" : "node killed",
                Duration.ofSeconds(4),
                member::close,
                () -> restart(member))));
        return kills;
    }

    /** A process that finds its disk full or its database away ends with a sentence; its supervisor starts it again. */
    private static void restart(ClusterMember member) {
        await("a process to come back").atMost(PATIENCE).until(() -> {
            member.launchUnlessAlive();
            return member.address().isPresent();
        });
    }

    /** What it held at PostgreSQL hears no farewell. */
    private void losePower(NetworkLab lab, String name) throws Exception {
        lab.drop(name);
        member(name).close();
    }

    private void givePower(NetworkLab lab, String name) throws Exception {
        lab.connect(name);
        restart(member(name));
    }

    private ClusterMember member(String name) {
        return Objects.requireNonNull(members.get(name));
    }

    private List<Misfortune> misfortunes(NetworkLab lab, CrashingPostgresql database, SmallDisk shared, SmallDisk own) {
        List<Misfortune> all = new ArrayList<>();
        all.add(Havoc.misfortune("database restarted", Duration.ofSeconds(1), database::restart, () -> {}));
        all.add(Havoc.misfortune("database killed", Duration.ofSeconds(3), database::kill, database::resume));
        all.add(Havoc.misfortune("database's disk full", Duration.ofSeconds(5), database.disk()::fill, () -> {
            database.disk().empty();
            database.resume();
        }));
        all.add(Havoc.misfortune("controllers' disk full", Duration.ofSeconds(5), shared::fill, shared::empty));
        all.add(Havoc.misfortune("node's disk full", Duration.ofSeconds(5), own::fill, own::empty));
        for (String name : List.of("n1", "n2", "n3", "c2")) {
            all.add(Havoc.misfortune(
                    name.startsWith("c") ? "controller cut off" : "node cut off",
                    Duration.ofSeconds(name.equals("n2") ? 40 : 12),
                    () -> lab.drop(name),
                    () -> lab.connect(name)));
        }
        all.add(Havoc.misfortune(
                "controller without power",
                Duration.ofSeconds(20),
                () -> losePower(lab, "c3"),
                () -> givePower(lab, "c3")));
        all.add(Havoc.misfortune(
                "node unplugged", Duration.ofSeconds(10), () -> lab.unplug("n4"), () -> lab.connect("n4")));
        return all;
    }

    /** All is well again: what was promised has to be so soon, and nothing else. */
    private void judge(Cluster cluster, CrashingPostgresql database, CloudApi api, Users users) throws Exception {
        members.values().forEach(HavocTest::restart);
        Cluster.awaitHosts(api, NODES);
        await("all operations to end")
                .atMost(PATIENCE)
                .until(() -> database.column("SELECT subject || operation FROM operations")
                        .isEmpty());
        Map<String, JsonNode> servers = servers(api);
        Set<String> lost = new TreeSet<>(users.accepted());
        lost.removeAll(users.deleted());
        lost.removeAll(servers.keySet());
        assertThat(lost).as("accepted and not there").isEmpty();
        Set<String> left = new TreeSet<>(users.deleted());
        left.retainAll(servers.keySet());
        assertThat(left).as("deleted and still there").isEmpty();
        Map<String, Long> ends = servers.values().stream()
                .collect(Collectors.groupingBy(HavocTest::end, TreeMap::new, Collectors.counting()));
        System.out.println("HavocTest: " + ends);
        assertThat(ends.keySet()).allMatch(end -> end.matches("ACTIVE|VERIFY_RESIZE|ERROR because .+"));
        // There is room on each of the hosts: who finds none has not waited for those that live.
        assertThat(ends.keySet())
                .noneMatch(end -> end.contains("No valid host") && !end.contains("The last host said"));
        await("hosts to have the guests of the servers that are there, each once")
                .atMost(PATIENCE)
                .untilAsserted(() -> guestsAreThoseOf(cluster, database));
        assertThat(cluster.check()).doesNotContain("✗");
        assertThat(database.column("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
                .as("transactions that waited for each other since the database began last")
                .containsExactly("0");
    }

    private static String end(JsonNode server) {
        String status = server.path("status").stringValue();
        return status.equals("ERROR")
                ? "ERROR because " + server.path("fault").path("message").stringValue("")
                : status;
    }

    private static Map<String, JsonNode> servers(CloudApi api) throws IOException {
        Map<String, JsonNode> servers = new HashMap<>();
        String marker = "";
        while (true) {
            JsonNode page =
                    api.get("/compute/v2.1/servers/detail?limit=1000" + marker).path("servers");
            if (page.isEmpty()) {
                return servers;
            }
            for (JsonNode server : page) {
                servers.put(server.path("id").stringValue(), server);
                marker = "&marker=" + server.path("id").stringValue();
            }
        }
    }

    private static void guestsAreThoseOf(Cluster cluster, CrashingPostgresql database) throws SQLException {
        Map<String, List<FakeGuest>> census = cluster.census();
        assertThat(FakeFleet.doubleRuns(census)).isEmpty();
        Set<String> guests = new TreeSet<>();
        census.forEach((host, own) -> own.forEach(guest -> guests.add(guest.id() + " on " + host)));
        assertThat(guests)
                .containsAll(database.column(
                        "SELECT id || ' on ' || host FROM servers WHERE vm_state IN ('active', 'resized')"));
        // Until it is confirmed or reverted a move keeps what there was at its source; a server in error what there may
        // be.
        assertThat(
                        database.column(
                                "SELECT id || ' on ' || host FROM servers WHERE host IS NOT NULL UNION"
                                        + " SELECT server_id || ' on ' || source_host FROM migrations WHERE status IN ('finished', 'error')"))
                .containsAll(guests);
    }

    /** Bounds that nobody meets, a flavor, an image and a network; answers the body of a create. */
    private static String furnish(CloudApi api) throws IOException {
        api.put("/compute/v2.1/os-quota-sets/" + api.project(), """
                        {"quota_set": {"instances": -1, "cores": -1, "ram": -1}}""").orFail();
        api.put("/networking/v2.0/quotas/" + api.project(), """
                        {"quota": {"port": -1}}""").orFail();
        String network = api.post("/networking/v2.0/networks", """
                        {"network": {"name": "tenant"}}""")
                .orFail()
                .path("network")
                .path("id")
                .stringValue();
        api.post("/networking/v2.0/subnets", """
                        {"subnet": {"network_id": "%s", "ip_version": 4, "cidr": "10.20.0.0/16"}}""".formatted(network)).orFail();
        return api.smallServer().replace("\"none\"", "[{\"uuid\": \"%s\"}]".formatted(network));
    }

    /** Where {@code -Dhavoc.logs} says, for whoever wants to know what happened. */
    private void keepLogs() {
        String logs = System.getProperty("havoc.logs");
        if (logs != null) {
            Shell.run(List.of("bash", "-c", "mkdir -p '%s' && cp '%s'/*.log '%s'".formatted(logs, folder, logs)));
        }
    }
}
