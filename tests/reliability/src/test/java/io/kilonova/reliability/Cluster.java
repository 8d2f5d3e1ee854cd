package io.kilonova.reliability;

import static org.awaitility.Awaitility.await;

import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FakeGuest;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** A cluster in a folder, as its processes: controllers that share one state directory and PostgreSQL, and nodes. */
final class Cluster implements AutoCloseable {
    /** What makes a node one with real guests. */
    static final List<String> LIBVIRT = List.of("--hypervisor=libvirt");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final Path configuration;
    private final Path state;
    private final List<ClusterMember> members = new ArrayList<>();
    private final Map<String, Path> nodes = new LinkedHashMap<>();

    /** A cluster over a database that nobody used before; its certificate authority is made at once. */
    Cluster(Path folder, String databaseUrl, Program program) throws IOException, InterruptedException {
        this.folder = folder;
        this.state = folder.resolve("state");
        this.configuration = Files.writeString(
                folder.resolve("kilonova.conf"), "[database]%nconnection = %s%n".formatted(databaseUrl));
        member(program, Place.LOOPBACK, "init", state, "ca", "init").run();
    }

    /** Where controllers keep what they share. */
    Path state() {
        return state;
    }

    /** Where a node keeps its own. */
    Path stateOf(String node) {
        return folder.resolve("node-" + node);
    }

    /** A controller that is not started yet. */
    ClusterMember controller(Program program, Place place, String name, int gate) {
        return member(
                program,
                place,
                name,
                state,
                "controller",
                "--listen=%s:%d".formatted(place.address(), place.port()),
                "--cluster-listen=%s:%d".formatted(place.address(), gate));
    }

    /** A controller of this build on this machine. */
    ClusterMember controller(String name, int gate) {
        return controller(Program.ofThisBuild(), Place.LOOPBACK, name, gate);
    }

    /** What makes a node one with a fake hypervisor, whose guests take so long to boot. */
    static List<String> fake(int bootMillis) {
        return List.of("--hypervisor=fake", "--fake-boot-millis=" + bootMillis);
    }

    /** A node, enrolled at the controller that listens at {@code gate}, and not started yet. */
    ClusterMember node(Program program, Place place, String name, String gate, List<String> hypervisor)
            throws IOException, InterruptedException {
        Path own = stateOf(name);
        String printed =
                member(program, place, "token-" + name, state, "ca", "token").run();
        Path token = Files.writeString(
                folder.resolve("token"),
                printed.lines()
                        .filter(line -> line.startsWith("kilonova."))
                        .findFirst()
                        .orElseThrow());
        member(
                        program,
                        place,
                        "enroll-" + name,
                        own,
                        "node",
                        "enroll",
                        "--controller=" + gate,
                        "--token-file=" + token,
                        "--name=" + name)
                .run();
        nodes.put(name, own);
        return enrolledNode(program, place, name, hypervisor);
    }

    /** A node of this build on this machine, with a fake hypervisor. */
    ClusterMember node(String name, int gate, int bootMillis) throws IOException, InterruptedException {
        return node(Program.ofThisBuild(), Place.LOOPBACK, name, "127.0.0.1:" + gate, fake(bootMillis));
    }

    /** The same node once more, perhaps by another program. */
    ClusterMember enrolledNode(Program program, Place place, String name, List<String> hypervisor) {
        List<String> arguments =
                new ArrayList<>(List.of("node", "--cluster-listen=%s:%d".formatted(place.address(), place.port())));
        arguments.addAll(hypervisor);
        return member(program, place, name, stateOf(name), arguments.toArray(String[]::new));
    }

    /** {@code kilonova check}, which has to find nothing. */
    String check() throws IOException, InterruptedException {
        return member(Program.ofThisBuild(), Place.LOOPBACK, "check", state, "check")
                .run();
    }

    /** What all processes warned of, for whoever wonders why a test failed. */
    String complaints() {
        StringBuilder text = new StringBuilder();
        for (ClusterMember member : members) {
            member.complaints().forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }

    private ClusterMember member(Program program, Place place, String name, Path where, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--state=" + where, "--config=" + configuration));
        List<String> command = new ArrayList<>(place.entry());
        command.addAll(program.with(all));
        ClusterMember member = new ClusterMember(folder.resolve(name + ".log"), command);
        members.add(member);
        return member;
    }

    /** An administrator's client of one controller. */
    CloudApi signIn(String address) throws IOException {
        return CloudApi.signIn(
                URI.create("http://" + address),
                Files.readString(state.resolve("admin-password")).strip());
    }

    /** Waits until so many hosts are up, as one controller sees them. */
    static void awaitHosts(CloudApi api, int count) {
        await("hosts to be up")
                .atMost(PATIENCE)
                .until(() -> serviceStates(api).stream().filter("up"::equals).count() == count);
    }

    /** Whether each host is up or down. */
    static List<String> serviceStates(CloudApi api) throws IOException {
        List<String> states = new ArrayList<>();
        for (JsonNode service : services(api)) {
            states.add(service.path("state").stringValue());
        }
        return states;
    }

    /** Whether each host is up or down, by its name. */
    static Map<String, String> states(CloudApi api) throws IOException {
        Map<String, String> states = new TreeMap<>();
        for (JsonNode service : services(api)) {
            states.put(service.path("host").stringValue(), service.path("state").stringValue());
        }
        return states;
    }

    /** What is said of each host. */
    static JsonNode services(CloudApi api) throws IOException {
        return api.get("/compute/v2.1/os-services?binary=nova-compute").path("services");
    }

    /** The guests that the nodes have, read past them, by node. */
    Map<String, List<FakeGuest>> census() {
        Map<String, List<FakeGuest>> guests = new TreeMap<>();
        nodes.values().forEach(own -> guests.putAll(FakeFleet.census(own.resolve("fake"))));
        return guests;
    }

    /** A port that nobody uses. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Ends all processes. */
    @Override
    public void close() {
        members.forEach(ClusterMember::close);
    }
}
