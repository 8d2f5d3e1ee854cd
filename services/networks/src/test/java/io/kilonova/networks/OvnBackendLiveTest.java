package io.kilonova.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.errors.ServiceException;
import io.kilonova.ovn.OvnHost;
import io.kilonova.storage.Database;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of the API becomes real on a real OVN: seen by two guests, and by whoever reaches for them. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OvnBackendLiveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String HOST = "lab-host";

    @TempDir
    private static Path folder;

    private static GuestHost lab;
    private static Database database;
    private static OvnHost host;
    private static OvnBackend backend;
    private static NetworkCloud cloud;
    private static final Map<String, ServerSocketChannel> sockets = new ConcurrentHashMap<>();

    private static String external;
    private static String blue;
    private static String router;
    private static String group;
    private static Guest one;
    private static Guest other;

    /** A guest with its port. */
    private record Guest(GuestHost.Machine machine, String port, String address) {}

    @BeforeAll
    static void start() throws IOException {
        lab = new GuestHost();
        OvnHost.Settings settings =
                OvnHost.Settings.in(HOST, lab.folder()).inside(lab.namespace()).checkedEvery(Duration.ofMillis(500));
        host = OvnHost.start(settings, OvnBackendLiveTest::answer);
        lab.later(host::stop);
        database = NetworkCloud.database(folder);
        backend = backend();
        cloud = new NetworkCloud(database, backend);

        external = cloud.external();
        blue = cloud.network("ann", "blue");
        String subnet = cloud.subnet("ann", blue, "10.0.0.0/24");
        String green = cloud.network("ann", "green");
        String greenSubnet = cloud.subnet("ann", green, "10.1.0.0/24");
        router = cloud.router("ann", external, subnet);
        cloud.put("ann", "routers/" + router + "/add_router_interface", "{'subnet_id': '%s'}", greenSubnet);
        group = cloud.make("ann", "security-groups", "{'security_group': {'name': 'web'}}");
        one = guest(blue);
        other = guest(green);
    }

    private static OvnBackend backend() {
        return new OvnBackend(
                database,
                host.northbound(),
                Optional.of(host),
                new OvnBackend.Settings("lab", () -> List.of(HOST), Duration.ofSeconds(30), Duration.ofMinutes(10)));
    }

    private static Guest guest(String network) {
        NetworkCloud.Reply port = cloud.post(
                "root",
                "ports",
                "{'port': {'network_id': '%s', 'project_id': '%s', 'binding:host_id': '%s', 'security_groups': ['%s']}}",
                network,
                NetworkCloud.ANNS,
                HOST,
                group);
        backend.settle();
        GuestHost.Machine machine = lab.machine(port.one().path("mac_address").asString());
        host.plug(port.id(), machine.device());
        return new Guest(
                machine,
                port.id(),
                port.one().path("fixed_ips").path(0).path("ip_address").asString());
    }

    @AfterAll
    static void stop() {
        cloud.close();
        backend.close();
        lab.close();
        database.close();
        assertThat(host.processes()).isEmpty();
    }

    /** Says to each caller which network it asked in. */
    private static void answer(String network, ServerSocketChannel socket) {
        sockets.put(network, socket);
        Thread.startVirtualThread(() -> {
            while (socket.isOpen()) {
                try (SocketChannel connection = socket.accept()) {
                    String text = "network %s caller %s\n".formatted(network, connection.getRemoteAddress());
                    connection.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                } catch (IOException ended) {
                    return;
                }
            }
        });
    }

    private static String rule(String json) {
        return cloud.make(
                "ann",
                "security-group-rules",
                "{'security_group_rule': {'security_group_id': '" + group + "', " + json + "}}");
    }

    @Test
    @Order(1)
    void a_guest_is_told_the_address_of_its_port() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(one.machine().askDhcp())
                        .contains("told ip=" + one.address() + " mask=24 router=10.0.0.1 mtu=1442"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(other.machine().askDhcp())
                        .contains("told ip=" + other.address() + " mask=24 router=10.1.0.1 mtu=1442"));
        assertThat(one.machine().run("ip", "route")).contains("169.254.169.254 via 10.0.0.2");
    }

    @Test
    @Order(1)
    void a_guest_is_told_what_its_port_says_for_it_alone() {
        for (String mtu : List.of("'1300'", "null")) {
            cloud.put(
                    "root",
                    "ports/" + one.port(),
                    "{'port': {'extra_dhcp_opts': [{'opt_name': 'mtu', 'opt_value': " + mtu + "}]}}");
            backend.settle();
            String told = mtu.equals("null") ? "mtu=1442" : "mtu=1300";
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(one.machine().askDhcp()).contains("router=10.0.0.1 " + told));
        }
    }

    @Test
    @Order(2)
    void a_rule_lets_guests_of_two_networks_reach_each_other_through_the_router_and_its_end_ends_that() {
        assertThat(one.machine().reaches(other.address())).isFalse();
        String rule = rule("'direction': 'ingress', 'protocol': 'icmp', 'remote_group_id': '" + group + "'");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(one.machine().reaches(other.address())).isTrue());
        assertThat(cloud.delete("ann", "security-group-rules/" + rule).status()).isEqualTo(204);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(one.machine().reaches(other.address())).isFalse());
    }

    @Test
    @Order(3)
    void metadata_is_asked_in_the_guests_own_network() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(one.machine().fetch("169.254.169.254", 80))
                        .contains("network " + blue + " caller /" + one.address() + ":"));
        assertThat(sockets).hasSize(2);
    }

    @Test
    @Order(4)
    void a_floating_ip_is_reached_from_the_host_and_leads_nowhere_when_it_is_taken_back() {
        rule("'direction': 'ingress', 'protocol': 'icmp', 'remote_ip_prefix': '172.24.4.0/24'");
        assertThat(one.machine().reaches("172.24.4.1")).as("outward").isTrue();
        NetworkCloud.Reply floating = cloud.post(
                "ann",
                "floatingips",
                "{'floatingip': {'floating_network_id': '%s', 'port_id': '%s'}}",
                external,
                one.port());
        String address = floating.one().path("floating_ip_address").asString();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lab.reaches(address)).isTrue());
        cloud.put("ann", "floatingips/" + floating.id(), "{'floatingip': {'port_id': null}}");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lab.reaches(address)).isFalse());
        assertThat(cloud.delete("ann", "floatingips/" + floating.id()).status()).isEqualTo(204);
    }

    @Test
    @Order(5)
    void what_changed_while_the_backend_was_down_is_real_when_it_is_back() {
        backend.close();
        String rule = rule("'direction': 'ingress', 'protocol': 'icmp', 'remote_group_id': '" + group + "'");
        assertThatThrownBy(backend::settle)
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        failure -> assertThat(failure.code()).isEqualTo(NetworkError.BACKEND_FAILED));
        assertThat(one.machine().reaches(other.address())).isFalse();
        cloud.close();
        backend = backend();
        cloud = new NetworkCloud(database, backend);
        backend.settle();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(one.machine().reaches(other.address())).isTrue());
        assertThat(cloud.delete("ann", "security-group-rules/" + rule).status()).isEqualTo(204);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(one.machine().reaches(other.address())).isFalse());
    }

    @Test
    @Order(6)
    void a_database_of_ovns_that_is_killed_comes_back_and_nothing_told_meanwhile_is_lost() throws Exception {
        ProcessHandle northbound = ProcessHandle.of(host.processes().get("nb")).orElseThrow();
        northbound.destroyForcibly();
        northbound.onExit().get();
        rule("'direction': 'ingress', 'protocol': 'icmp', 'remote_group_id': '" + group + "'");
        backend.settle();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(one.machine().reaches(other.address())).isTrue());
        assertThat(host.processes()).hasSize(6);
    }

    @Test
    @Order(7)
    void a_network_without_guests_on_the_host_is_not_served_there() {
        assertThat(cloud.delete("ann", "ports/" + one.port()).status()).isEqualTo(204);
        backend.settle();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(sockets.get(blue).isOpen()).isFalse());
    }
}
