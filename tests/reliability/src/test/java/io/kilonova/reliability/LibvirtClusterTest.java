package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Real guests on two machines, each with its own libvirt and Open vSwitch, and a controller on a third. A guest says each
 * second what it reads from the metadata service and from its neighbour, so that its console tells whether it runs, whether it
 * ever began anew, and whether its network is there.
 */
class LibvirtClusterTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int GATE = 8089;
    private static final int API = 8088;
    private static final Pattern TICK = Pattern.compile("TICK (\\d+) metadata=i-\\p{XDigit}+ neighbour=neighbour");
    private static final String READY = "KILONOVA-GUEST-READY";

    @TempDir
    private Path folder;

    private NetworkLab lab;
    private CrashingPostgresql database;
    private LibvirtMachine one;
    private LibvirtMachine two;
    private LibvirtMachine three;
    private Cluster cluster;

    @BeforeEach
    void makeMachines() throws Exception {
        lab = new NetworkLab();
        database = new CrashingPostgresql(lab.machine("db", 0));
        one = new LibvirtMachine(lab.machine("one", GATE), "one");
        two = new LibvirtMachine(lab.machine("two", GATE), "two");
        three = new LibvirtMachine(lab.machine("three", API), "three");
        cluster = new Cluster(folder, database.url(), Program.ofThisBuild());
    }

    @AfterEach
    void endAllMachines() throws Exception {
        cluster.close();
        one.close();
        two.close();
        three.close();
        database.close();
        lab.close();
    }

    @Test
    void a_guest_goes_from_machine_to_machine_while_it_runs_and_its_network_with_it() throws Exception {
        Place place = three.place();
        ClusterMember controller = cluster.controller(Program.ofThisBuild(), place, "c", GATE);
        String address = controller.start();
        ClusterMember first = node(one, "one", place);
        node(two, "two", place);
        try (CloudApi api = cluster.signIn(address)) {
            Cluster.awaitHosts(api, 2);
            String template = furnish(api);
            String neighbour = boot(api, template, "neighbour", "two", "#!/bin/sh\n");
            String guest = boot(api, template, "traveller", "one", ticking(addressOf(api, neighbour)));
            long before = awaitTickAfter(api, guest, 0);

            liveMigrate(api, guest, "two");
            assertThat(domains()).isEqualTo(List.of(0, 2));
            long there = awaitTickAfter(api, guest, before);

            liveMigrate(api, guest, "one");
            assertThat(domains()).isEqualTo(List.of(1, 1));
            long back = awaitTickAfter(api, guest, there);

            first.close();
            first.start();
            Cluster.awaitHosts(api, 2);
            long after = awaitTickAfter(api, guest, back);

            controller.close();
            controller.start();
            awaitTickAfter(api, guest, after);

            api.delete("/compute/v2.1/servers/" + guest).orFail();
            api.delete("/compute/v2.1/servers/" + neighbour).orFail();
            await("nothing to be left").atMost(PATIENCE).until(() -> domains().equals(List.of(0, 0)));
        }
    }

    private ClusterMember node(LibvirtMachine machine, String name, Place controller) throws Exception {
        ClusterMember node = cluster.node(
                Program.ofThisBuild(), machine.place(), name, controller.address() + ":" + GATE, Cluster.LIBVIRT);
        node.start();
        machine.sendTunnelsThrough(cluster.stateOf(name).resolve("network/run/conf.sock"));
        return node;
    }

    /** A network, an image and a flavor; answers the body of a POST of a server. */
    private String furnish(CloudApi api) throws Exception {
        String network = created(api, "/networking/v2.0/networks", "{\"network\": {\"name\": \"blue\"}}", "network");
        created(
                api,
                "/networking/v2.0/subnets",
                "{\"subnet\": {\"network_id\": \"%s\", \"ip_version\": 4, \"cidr\": \"10.77.0.0/24\"}}"
                        .formatted(network),
                "subnet");
        Shell.run(List.of("../guest/build-guest-image", folder.resolve("guest").toString()));
        String image = api.post("/image/v2/images", """
                        {"name": "guest", "disk_format": "qcow2", "container_format": "bare"}""").orFail().path("id").stringValue();
        api.upload(
                "/image/v2/images/%s/file".formatted(image), Files.readAllBytes(folder.resolve("guest/guest.qcow2")));
        api.post("/compute/v2.1/flavors", """
                {"flavor": {"id": "tiny", "name": "tiny", "ram": 128, "vcpus": 1, "disk": 1}}""").orFail();
        return """
                {"server": {"name": "%%s", "availability_zone": "nova:%%s", "user_data": "%%s", "flavorRef": "tiny",
                 "imageRef": "%s", "networks": [{"uuid": "%s"}]}}""".formatted(image, network);
    }

    private static String created(CloudApi api, String path, String body, String what) throws IOException {
        return api.post(path, body).orFail().path(what).path("id").stringValue();
    }

    private static String ticking(String neighbour) {
        return """
                #!/bin/sh
                get() { printf "GET $2 HTTP/1.0\\r\\n\\r\\n" | nc -w 3 $1 80 | tail -n 1; }
                ( count=0; while sleep 1; do count=$((count + 1))
                  echo "TICK $count metadata=$(get 169.254.169.254 /latest/meta-data/instance-id) neighbour=$(get %s /)" > /dev/console
                done ) &
                """.formatted(neighbour);
    }

    private String boot(CloudApi api, String template, String name, String host, String script) throws IOException {
        String data = Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8));
        String server = created(api, "/compute/v2.1/servers", template.formatted(name, host, data), "server");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(console(api, server)).contains(READY));
        return server;
    }

    private static String addressOf(CloudApi api, String server) throws IOException {
        return server(api, server)
                .path("addresses")
                .path("blue")
                .path(0)
                .path("addr")
                .stringValue();
    }

    private void liveMigrate(CloudApi api, String server, String host) throws IOException {
        api.post(
                        "/compute/v2.1/servers/%s/action".formatted(server),
                        "{\"os-migrateLive\": {\"host\": \"%s\", \"block_migration\": \"auto\"}}".formatted(host))
                .orFail();
        await("the move to end")
                .atMost(PATIENCE)
                .until(() -> server(api, server).path("OS-EXT-STS:task_state").isNull());
        assertThat(server(api, server).path("OS-EXT-SRV-ATTR:host").stringValue())
                .as(cluster.complaints())
                .isEqualTo(host);
    }

    /** Waits until a guest has counted on from a number; answers how far it is. */
    private static long awaitTickAfter(CloudApi api, String server, long number) {
        AtomicLong last = new AtomicLong();
        await().atMost(PATIENCE).untilAsserted(() -> {
            String said = console(api, server);
            last.set(lastTick(said));
            assertThat(last.get()).as(said).isGreaterThan(number);
        });
        return last.get();
    }

    /** The last number that a guest has said; it counts up, or it would have begun anew. */
    private static long lastTick(String said) {
        List<Long> numbers = TICK.matcher(said)
                .results()
                .map(tick -> Long.parseLong(tick.group(1)))
                .toList();
        assertThat(numbers).isSorted();
        return numbers.isEmpty() ? 0 : numbers.getLast();
    }

    private static String console(CloudApi api, String server) throws IOException {
        return api.post("/compute/v2.1/servers/%s/action".formatted(server), "{\"os-getConsoleOutput\": {}}")
                .orFail()
                .path("output")
                .stringValue();
    }

    private static JsonNode server(CloudApi api, String server) throws IOException {
        return api.get("/compute/v2.1/servers/" + server).path("server");
    }

    /** How many guests each machine's libvirt knows. */
    private List<Integer> domains() {
        return List.of(one.domains().size(), two.domains().size());
    }
}
