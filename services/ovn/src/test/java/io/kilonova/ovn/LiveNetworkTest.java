package io.kilonova.ovn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.ovn.AccessControl.Direction;
import io.kilonova.ovn.AccessControl.Remote;
import io.kilonova.ovn.AccessControl.Traffic;
import io.kilonova.ovn.AccessControl.Transport;
import io.kilonova.ovn.AccessControl.Version;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Two guests on a real OVN. The network, its router and its rules are made once; each promise is looked at by itself. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LiveNetworkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String NET = "0a0b0c0d-1111-4222-8333-444455556666";
    private static final String MAC_1 = "fa:16:3e:00:00:11";
    private static final String MAC_2 = "fa:16:3e:00:00:12";
    private static final AccessControl OUT =
            new AccessControl("out", Direction.OUTWARD, Version.IP4, new Traffic.Any(), new Remote.Anywhere());
    private static final AccessControl PING_FROM_GROUP = new AccessControl(
            "ping",
            Direction.INWARD,
            Version.IP4,
            new Traffic.Icmp(Optional.empty(), Optional.empty()),
            new Remote.Group("sg"));
    private static final AccessControl WEB = new AccessControl(
            "web",
            Direction.INWARD,
            Version.IP4,
            new Traffic.Ports(Transport.TCP, 8080, 8081),
            new Remote.Network("172.24.4.0/24"));
    private static final PortGroup GROUP = new PortGroup("sg", List.of(OUT, PING_FROM_GROUP));
    private static final DhcpOptions DHCP = new DhcpOptions.Version4(
            "subnet",
            "10.70.0.0/24",
            new DhcpOptions.Server("10.70.0.1", "fa:16:3e:00:00:01"),
            Optional.of("10.70.0.1"),
            List.of("9.9.9.9"),
            List.of(new DhcpOptions.Route("169.254.169.254/32", "10.70.0.2")),
            1400,
            Duration.ofHours(1));
    private static final LogicalSwitchPort.Dhcp ANSWERED =
            new LogicalSwitchPort.Dhcp(Optional.of("subnet"), Optional.empty());
    private static final LogicalSwitchPort PORT_1 = LogicalSwitchPort.guest("port-1", NET, MAC_1, List.of("10.70.0.11"))
            .withGroups(Set.of("sg"))
            .withDhcp(ANSWERED);
    private static final LogicalSwitchPort PORT_2 = LogicalSwitchPort.guest("port-2", NET, MAC_2, List.of("10.70.0.12"))
            .withGroups(Set.of("sg"))
            .withDhcp(ANSWERED);
    private static final LogicalSwitchPort METADATA_PORT =
            LogicalSwitchPort.localport("port-meta", NET, "fa:16:3e:00:00:02", List.of("10.70.0.2"));
    private static final LogicalRouter ROUTER = new LogicalRouter(
            "router",
            "",
            true,
            List.of(
                    RouterPort.inner("rp-in", NET, "fa:16:3e:00:00:01", List.of("10.70.0.1/24")),
                    RouterPort.gateway(
                            "rp-out",
                            "ext",
                            "fa:16:3e:00:01:02",
                            List.of("172.24.4.2/24"),
                            List.of(new RouterPort.GatewayChassis(Lab.CHASSIS, 10)))),
            List.of(NatRule.source("172.24.4.2", "10.70.0.0/24"), NatRule.floating("172.24.4.50", "10.70.0.11")),
            List.of(StaticRoute.defaultThrough("172.24.4.1")));

    private static Lab lab;
    private static Lab.Guest guest1;
    private static Lab.Guest guest2;
    private static MetadataNamespaces namespaces;
    private static ExternalBridge bridge;
    private static final List<PortEvents.PortStatus> heard = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        lab = new Lab();
        lab.events.subscribe(heard::add);
        bridge = new ExternalBridge("br-ex", Optional.of(lab.namespace));
        bridge.ensure("172.24.4.1/24");
        lab.northbound.realise(LogicalSwitch.isolated(NET));
        lab.northbound.realise(LogicalSwitch.provider("ext", "physnet1"));
        lab.northbound.realise(DHCP);
        lab.northbound.realise(GROUP);
        lab.northbound.realise(PORT_1);
        lab.northbound.realise(PORT_2);
        lab.northbound.realise(METADATA_PORT);
        lab.northbound.realise(ROUTER);
        namespaces = new MetadataNamespaces(lab.localSwitch, Optional.of(lab.namespace));
        lab.later(() -> namespaces.remove(NET));
        guest1 = lab.guest(MAC_1);
        lab.localSwitch.plug("port-1", guest1.device);
        guest2 = lab.guest(MAC_2);
        lab.localSwitch.plug("port-2", guest2.device);
        lab.events.awaitUp("port-1", PATIENCE);
        lab.events.awaitUp("port-2", PATIENCE);
        lab.northbound.awaitRealised(PATIENCE);
        assertThat(guest1.askDhcp()).contains("told ip=10.70.0.11");
        assertThat(guest2.askDhcp()).contains("told ip=10.70.0.12");
    }

    @AfterAll
    static void stop() {
        lab.close();
        assertThat(lab.daemons.processes()).isEmpty();
        assertThat(Files.exists(NamespaceSockets.path(lab.namespace))).isFalse();
        assertThat(Files.exists(NamespaceSockets.path(MetadataNamespaces.namespace(NET))))
                .isFalse();
    }

    @Test
    @Order(1)
    void a_guest_is_told_its_address_gateway_name_server_mtu_and_lease() throws IOException {
        assertThat(guest1.askDhcp())
                .contains("ip=10.70.0.11 mask=24 router=10.70.0.1 dns=9.9.9.9 mtu=1400 lease=3600 server=10.70.0.1");
        assertThat(guest1.inside.run("ip", "route"))
                .contains("169.254.169.254 via 10.70.0.2")
                .contains("default via 10.70.0.1");
    }

    @Test
    @Order(2)
    void a_port_that_is_taken_is_told_of() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(heard)
                        .contains(
                                new PortEvents.PortStatus("port-1", true), new PortEvents.PortStatus("port-2", true)));
        assertThat(OvsdbClientTest.codeOf(() -> lab.events.awaitUp("port-nobody", Duration.ofMillis(100))))
                .isEqualTo(OvnError.PORT_NOT_UP);
    }

    @Test
    @Order(3)
    void guests_of_a_group_reach_each_other_as_its_rules_say_and_not_otherwise() {
        assertThat(guest1.reaches("10.70.0.12")).isTrue();
        lab.northbound.realise(new PortGroup("sg", List.of(OUT)));
        lab.northbound.awaitRealised(PATIENCE);
        assertThat(guest1.reaches("10.70.0.12")).isFalse();
        lab.northbound.realise(GROUP);
        lab.northbound.awaitRealised(PATIENCE);
        assertThat(guest1.reaches("10.70.0.12")).isTrue();
        lab.northbound.realise(PORT_1.withGroups(Set.of()));
        lab.northbound.awaitRealised(PATIENCE);
        assertThat(guest1.reaches("10.70.0.12"))
                .as("in no group, everything is denied")
                .isFalse();
        lab.northbound.realise(PORT_1);
        lab.northbound.awaitRealised(PATIENCE);
        assertThat(guest1.reaches("10.70.0.12")).isTrue();
    }

    @Test
    @Order(4)
    void a_guest_cannot_use_an_address_that_is_not_its_own() {
        guest1.address("10.70.0.66/24");
        assertThat(guest1.reaches("10.70.0.12", "-I", "10.70.0.11")).isTrue();
        assertThat(guest1.reaches("10.70.0.12", "-I", "10.70.0.66")).isFalse();
        lab.northbound.realise(PORT_1.withAllowedPairs(List.of(new AddressPair(MAC_1, List.of("10.70.0.66")))));
        // Who is in the group is known by its ports' fixed addresses: an allowed address needs a rule that names it.
        lab.northbound.realise(new PortGroup(
                "sg",
                List.of(
                        OUT,
                        PING_FROM_GROUP,
                        new AccessControl(
                                "ping-66",
                                Direction.INWARD,
                                Version.IP4,
                                new Traffic.Icmp(Optional.empty(), Optional.empty()),
                                new Remote.Network("10.70.0.66/32")))));
        lab.northbound.awaitRealised(PATIENCE);
        assertThat(guest1.reaches("10.70.0.12", "-I", "10.70.0.66"))
                .as("an allowed pair")
                .isTrue();
        lab.northbound.realise(PORT_1);
        lab.northbound.realise(GROUP);
        guest1.inside.run("ip", "address", "delete", "10.70.0.66/24", "dev", "eth0");
    }

    @Test
    @Order(5)
    void a_guest_cannot_use_a_hardware_address_that_is_not_its_own() {
        assertThat(guest1.reaches("10.70.0.12")).isTrue();
        guest1.inside.run("ip", "link", "set", "eth0", "address", "fa:16:3e:66:66:66");
        guest1.inside.run("ip", "neigh", "replace", "10.70.0.12", "lladdr", MAC_2, "dev", "eth0");
        long before = echoesHeardBy(guest2);
        assertThat(guest1.reaches("10.70.0.12")).isFalse();
        assertThat(echoesHeardBy(guest2))
                .as("what it sent was dropped on its way")
                .isEqualTo(before);
        lab.northbound.realise(PORT_1.withoutSecurity());
        lab.northbound.realise(PORT_2.withoutSecurity());
        lab.northbound.awaitRealised(PATIENCE);
        guest1.reaches("10.70.0.12");
        assertThat(echoesHeardBy(guest2)).as("without anti-spoofing it arrives").isGreaterThan(before);
        lab.northbound.realise(PORT_1);
        lab.northbound.realise(PORT_2);
        lab.northbound.awaitRealised(PATIENCE);
        guest1.inside.run("ip", "link", "set", "eth0", "address", MAC_1);
        guest1.inside.run("ip", "neigh", "flush", "all");
        guest2.inside.run("ip", "neigh", "flush", "all");
        assertThat(guest1.reaches("10.70.0.12")).isTrue();
    }

    /** How many requests of ping the guest's kernel has seen. */
    private static long echoesHeardBy(Lab.Guest guest) {
        List<String[]> lines = guest.inside
                .run("cat", "/proc/net/snmp")
                .lines()
                .filter(line -> line.startsWith("Icmp:"))
                .map(line -> line.split(" "))
                .toList();
        return Long.parseLong(lines.get(1)[List.of(lines.get(0)).indexOf("InEchos")]);
    }

    @Test
    @Order(6)
    void a_floating_ip_is_reached_from_the_host_where_a_rule_allows_it() throws IOException {
        assertThat(guest1.inside.run("ip", "route")).contains("default");
        assertThat(guest1.reaches("172.24.4.1"))
                .as("outward through the router")
                .isTrue();
        assertThat(guest2.reaches("172.24.4.1"))
                .as("outward with the router's address")
                .isTrue();
        assertThat(Lab.ping(lab.host, "172.24.4.50")).as("no rule allows it").isFalse();
        lab.northbound.realise(new PortGroup("sg", List.of(OUT, PING_FROM_GROUP, WEB)));
        lab.northbound.awaitRealised(PATIENCE);
        try (Server server = new Server(guest1, "10.70.0.11", 8080)) {
            assertThat(server.isOpen()).isTrue();
            assertThat(fetch(lab.host, "172.24.4.50", 8080)).contains("hello 172.24.4.1");
        }
        assertThat(Lab.ping(lab.host, "172.24.4.50")).as("the rule is for TCP").isFalse();
        lab.northbound.realise(GROUP);
    }

    @Test
    @Order(7)
    void metadata_is_asked_at_the_well_known_address_and_the_guest_known_by_its_own() throws IOException {
        MetadataPort port = new MetadataPort(NET, "port-meta", "fa:16:3e:00:00:02", List.of("10.70.0.2/24"));
        MetadataSocket socket = namespaces.open(port, 80);
        assertThat(namespaces.open(port, 80)).isEqualTo(socket);
        assertThat(namespaces.networkOf(socket.channel())).contains(NET);
        lab.events.awaitUp("port-1", PATIENCE);
        lab.northbound.awaitRealised(PATIENCE);
        List<String> askers = new ArrayList<>();
        Thread server = Thread.startVirtualThread(() -> serve(socket, askers, 2));
        assertThat(fetch(guest1.inside, MetadataNamespaces.ADDRESS, 80)).contains("hello 10.70.0.11");
        assertThat(fetch(guest2.inside, MetadataNamespaces.ADDRESS, 80)).contains("hello 10.70.0.12");
        await().atMost(PATIENCE).until(() -> !server.isAlive());
        assertThat(askers).containsExactly("10.70.0.11", "10.70.0.12");

        namespaces.close();
        MetadataNamespaces nextRun = new MetadataNamespaces(lab.localSwitch, Optional.of(lab.namespace));
        MetadataSocket again = nextRun.open(port, 80);
        Thread nextServer = Thread.startVirtualThread(() -> serve(again, askers, 1));
        assertThat(fetch(guest2.inside, MetadataNamespaces.ADDRESS, 80)).contains("hello 10.70.0.12");
        await().atMost(PATIENCE).until(() -> !nextServer.isAlive());
        nextRun.retainOnly(List.of());
        assertThat(again.channel().isOpen()).isFalse();
        assertThat(Files.exists(NamespaceSockets.path(MetadataNamespaces.namespace(NET))))
                .isFalse();
        nextRun.remove(NET);
    }

    @Test
    @Order(8)
    void a_device_that_is_plugged_before_it_is_there_is_taken_when_it_appears_and_when_it_comes_back() {
        assertThat(guest1.reaches("10.70.0.12")).isTrue();
        guest2.pullCard();
        guest2.insertCard();
        guest2.address("10.70.0.12/24");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(guest1.reaches("10.70.0.12")).isTrue());
        lab.events.awaitUp("port-2", PATIENCE);

        lab.localSwitch.unplug(guest2.device);
        lab.localSwitch.unplug(guest2.device);
        assertThat(guest1.reaches("10.70.0.12")).isFalse();
        guest2.pullCard();
        lab.localSwitch.plug("port-2", guest2.device);
        lab.localSwitch.plug("port-2", guest2.device);
        assertThat(lab.localSwitch.plugged()).containsEntry(guest2.device, "port-2");
        guest2.insertCard();
        guest2.address("10.70.0.12/24");
        lab.events.awaitUp("port-2", PATIENCE);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(guest1.reaches("10.70.0.12")).isTrue());
    }

    @Test
    @Order(9)
    void a_row_deleted_by_hand_is_repaired_and_the_guest_reachable_again() {
        assertThat(guest1.reaches("10.70.0.12")).isTrue();
        lab.northboundClient.transact(
                OvnNames.NORTHBOUND,
                OvsdbOperation.unlink(
                        OvnNames.SWITCH,
                        OvnNames.row(OvnNames.SWITCH, NET),
                        "ports",
                        OvnNames.row(OvnNames.PORT, "port-2")));
        lab.northbound.awaitRealised(PATIENCE);
        assertThat(guest1.reaches("10.70.0.12")).isFalse();
        Reconciliation repair = lab.northbound.reconcile(() -> new WantedState(
                List.of(LogicalSwitch.isolated(NET), LogicalSwitch.provider("ext", "physnet1")),
                List.of(DHCP),
                List.of(),
                List.of(GROUP),
                List.of(PORT_1, PORT_2, METADATA_PORT),
                List.of(ROUTER)));
        assertThat(repair).isEqualTo(new Reconciliation(1, 0, List.of()));
        lab.events.awaitUp("port-2", PATIENCE);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(guest1.reaches("10.70.0.12")).isTrue());
    }

    @Test
    @Order(10)
    void guests_go_on_while_the_northbound_database_is_dead_and_changes_go_on_when_it_is_back() throws Exception {
        ProcessHandle database =
                ProcessHandle.of(lab.daemons.processes().get("nb")).orElseThrow();
        database.destroyForcibly();
        database.onExit().get();
        assertThat(guest1.reaches("10.70.0.12")).isTrue();
        Thread change = Thread.startVirtualThread(() -> lab.northbound.realise(PORT_1.withEnabled(false)));
        lab.daemons.start();
        change.join();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(guest1.reaches("10.70.0.12")).isFalse());
        lab.northbound.realise(PORT_1);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(guest1.reaches("10.70.0.12")).isTrue());
    }

    @Test
    @Order(11)
    void what_is_removed_leaves_nothing_behind() {
        lab.northbound.removeRouter("router");
        lab.northbound.removePort("port-1");
        lab.northbound.removePort("port-2");
        lab.northbound.removePort("port-meta");
        lab.northbound.removeGroup("sg");
        lab.northbound.removeDhcpOptions("subnet");
        lab.northbound.removeSwitch(NET);
        lab.northbound.removeSwitch("ext");
        lab.localSwitch.unplug(guest1.device);
        lab.localSwitch.unplug(guest2.device);
        bridge.remove("172.24.4.1/24");
        bridge.remove("172.24.4.1/24");
        lab.northbound.awaitRealised(PATIENCE);
        assertThat(lab.localSwitch.plugged()).isEmpty();
        try (OvsdbClient southbound = new OvsdbClient(lab.daemons.endpoints().southbound())) {
            for (String table : List.of("Port_Binding", "Datapath_Binding")) {
                assertThat(southbound
                                .transact(
                                        "OVN_Southbound", new OvsdbOperation.Select(table, List.of(), List.of("_uuid")))
                                .rows(0))
                        .as(table)
                        .isEmpty();
            }
        }
    }

    /** Answers so many requests, each with who asks. */
    private static void serve(MetadataSocket socket, List<String> askers, int requests) {
        for (int request = 0; request < requests; request++) {
            try (SocketChannel connection = socket.channel().accept()) {
                String asker = ((InetSocketAddress) connection.getRemoteAddress())
                        .getAddress()
                        .getHostAddress();
                askers.add(asker);
                connection.write(ByteBuffer.wrap(("hello " + asker + "\n").getBytes(StandardCharsets.UTF_8)));
            } catch (IOException ended) {
                return;
            }
        }
    }

    private static String fetch(HostCommand from, String address, int port) {
        return from.attempt("timeout", "10", "busybox", "nc", "-w", "5", address, Integer.toString(port))
                .output();
    }

    /** A server inside a guest, opened by this very program. */
    private static final class Server implements AutoCloseable {
        private final MetadataSocket socket;

        Server(Lab.Guest guest, String address, int port) throws IOException {
            socket = new MetadataSocket(
                    "guest", NamespaceSockets.listen(guest.name, java.net.InetAddress.getByName(address), port));
            Thread.startVirtualThread(() -> serve(socket, new ArrayList<>(), 1));
        }

        boolean isOpen() {
            return socket.channel().isOpen();
        }

        @Override
        public void close() throws IOException {
            socket.channel().close();
        }
    }
}
