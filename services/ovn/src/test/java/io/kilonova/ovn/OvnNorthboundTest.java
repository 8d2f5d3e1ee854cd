package io.kilonova.ovn;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.ovn.AccessControl.Direction;
import io.kilonova.ovn.AccessControl.Remote;
import io.kilonova.ovn.AccessControl.Traffic;
import io.kilonova.ovn.AccessControl.Version;
import io.kilonova.ovn.OvsdbOperation.Condition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OvnNorthboundTest {
    private static final String NB = "OVN_Northbound";
    private static final LogicalSwitch NETWORK = LogicalSwitch.isolated("net-a");
    private static final LogicalSwitch OUTSIDE = LogicalSwitch.provider("net-out", "physnet1");
    private static final AccessControl PING = new AccessControl(
            "rule-ping",
            Direction.INWARD,
            Version.IP4,
            new Traffic.Icmp(Optional.empty(), Optional.empty()),
            new Remote.Group("sg-a"));
    private static final PortGroup GROUP = new PortGroup("sg-a", List.of(PING));
    private static final PortGroup OTHER_GROUP = new PortGroup("sg-b", List.of());
    private static final DhcpOptions DHCP = new DhcpOptions.Version4(
            "subnet-a",
            "10.70.0.0/24",
            new DhcpOptions.Server("10.70.0.1", "fa:16:3e:00:00:01"),
            Optional.of("10.70.0.1"),
            List.of("9.9.9.9"),
            List.of(new DhcpOptions.Route("169.254.169.254/32", "10.70.0.2")),
            1442,
            Duration.ofHours(1));
    private static final LogicalSwitchPort PORT = LogicalSwitchPort.guest(
                    "port-1", "net-a", "fa:16:3e:00:00:11", List.of("10.70.0.11"))
            .withGroups(Set.of("sg-a"))
            .withDhcp(new LogicalSwitchPort.Dhcp(Optional.of("subnet-a"), Optional.empty()));
    private static final LogicalRouter ROUTER = new LogicalRouter(
            "router-a",
            "",
            true,
            List.of(
                    RouterPort.inner("rp-in", "net-a", "fa:16:3e:00:01:01", List.of("10.70.0.1/24")),
                    RouterPort.gateway(
                            "rp-out",
                            "net-out",
                            "fa:16:3e:00:01:02",
                            List.of("172.24.4.2/24"),
                            List.of(new RouterPort.GatewayChassis("chassis-a", 10)))),
            List.of(NatRule.source("172.24.4.2", "10.70.0.0/24"), NatRule.floating("172.24.4.50", "10.70.0.11")),
            List.of(StaticRoute.defaultThrough("172.24.4.1")));
    private static final WantedState WANTED = new WantedState(
            List.of(NETWORK, OUTSIDE),
            List.of(DHCP),
            List.of(new AddressSet("ag-a", Set.of("10.9.0.0/24"))),
            List.of(GROUP, OTHER_GROUP),
            List.of(PORT),
            List.of(ROUTER));

    private DatabaseServer server;
    private OvsdbClient client;
    private OvnNorthbound northbound;

    @BeforeEach
    void start() throws IOException {
        server = new DatabaseServer(DatabaseServer.shortFolder());
        client = new OvsdbClient(server.endpoint());
        northbound = new OvnNorthbound(client, "cloud-a");
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private void realiseAll() {
        northbound.realise(NETWORK);
        northbound.realise(OUTSIDE);
        northbound.realise(DHCP);
        northbound.realise(GROUP);
        northbound.realise(OTHER_GROUP);
        northbound.realise(PORT);
        northbound.realise(ROUTER);
    }

    @Test
    void what_is_realised_again_changes_nothing() {
        realiseAll();
        assertThat(northbound.realise(NETWORK)).isFalse();
        assertThat(northbound.realise(OUTSIDE)).isFalse();
        assertThat(northbound.realise(DHCP)).isFalse();
        assertThat(northbound.realise(GROUP)).isFalse();
        assertThat(northbound.realise(PORT)).isFalse();
        assertThat(northbound.realise(ROUTER)).isFalse();
        assertThat(count("Logical_Switch_Port")).isEqualTo(4);
        assertThat(count("NAT")).isEqualTo(2);
    }

    @Test
    void only_what_differs_is_written() {
        realiseAll();
        assertThat(northbound.realise(PORT.withEnabled(false))).isTrue();
        assertThat(port("port-1").get("enabled")).isEqualTo(Datum.flag(false));
        assertThat(northbound.realise(
                        new LogicalRouter("router-a", "", true, ROUTER.ports().subList(0, 1), List.of(), List.of())))
                .isTrue();
        assertThat(count("NAT")).isZero();
        assertThat(count("Gateway_Chassis")).isZero();
        assertThat(count("Logical_Router_Port")).isEqualTo(1);
        assertThat(count("Logical_Switch_Port"))
                .as("the end in the outer network went too")
                .isEqualTo(3);
    }

    @Test
    void a_port_leaves_the_groups_that_it_is_no_more_in() {
        realiseAll();
        northbound.realise(PORT.withGroups(Set.of("sg-b")));
        assertThat(members("sg-a")).isEmpty();
        assertThat(members("sg-b")).containsExactly(OvnNames.row("Logical_Switch_Port", "port-1"));
        assertThat(members(OvnNames.DEFAULT_DENY)).hasSize(1);
        northbound.realise(PORT.withoutSecurity());
        assertThat(members("sg-b")).isEmpty();
        assertThat(members(OvnNames.DEFAULT_DENY)).isEmpty();
        assertThat(port("port-1").get("port_security")).isEqualTo(Datum.nothing());
        assertThat(port("port-1").get("addresses").texts()).contains("unknown");
    }

    @Test
    void what_is_removed_leaves_nothing_and_may_be_removed_again() {
        realiseAll();
        for (int round = 0; round < 2; round++) {
            northbound.removeRouter("router-a");
            northbound.removePort("port-1");
            northbound.removeGroup("sg-a");
            northbound.removeGroup("sg-b");
            northbound.removeDhcpOptions("subnet-a");
            northbound.removeSwitch("net-a");
            northbound.removeSwitch("net-out");
        }
        for (String table : List.of(
                "Logical_Switch",
                "Logical_Switch_Port",
                "DHCP_Options",
                "Logical_Router",
                "Logical_Router_Port",
                "NAT",
                "Logical_Router_Static_Route",
                "Gateway_Chassis")) {
            assertThat(count(table)).as(table).isZero();
        }
        assertThat(count("Port_Group")).as("the default deny alone").isEqualTo(1);
    }

    @Test
    void what_refers_to_something_missing_is_refused_and_writes_nothing() {
        assertThat(OvsdbClientTest.codeOf(() -> northbound.realise(PORT))).isEqualTo(OvnError.REFERENCE_MISSING);
        assertThat(OvsdbClientTest.codeOf(() -> northbound.realise(ROUTER))).isEqualTo(OvnError.REFERENCE_MISSING);
        northbound.realise(NETWORK);
        northbound.realise(DHCP);
        assertThat(OvsdbClientTest.codeOf(() -> northbound.realise(PORT))).isEqualTo(OvnError.REFERENCE_MISSING);
        assertThat(count("Logical_Switch_Port")).isZero();
        assertThat(count("Logical_Router")).isZero();
    }

    @Test
    void a_row_of_somebody_else_with_our_name_is_not_taken_over() {
        northbound.realise(NETWORK);
        client.transact(
                NB,
                new OvsdbOperation.Insert(
                        "Logical_Switch_Port",
                        Optional.empty(),
                        Optional.of("theirs"),
                        Map.of("name", Datum.text("port-9"))),
                OvsdbOperation.insert("Logical_Switch", UUID.randomUUID(), Map.of("ports", Datum.namedRow("theirs"))));
        assertThat(OvsdbClientTest.codeOf(() -> northbound.realise(
                        LogicalSwitchPort.guest("port-9", "net-a", "fa:16:3e:00:00:99", List.of("10.70.0.9")))))
                .isEqualTo(OvnError.NAME_TAKEN);
    }

    @Test
    void many_who_realise_the_same_port_at_once_make_one() throws InterruptedException {
        northbound.realise(NETWORK);
        northbound.realise(GROUP);
        northbound.realise(DHCP);
        List<Thread> callers = IntStream.range(0, 32)
                .mapToObj(_ -> Thread.startVirtualThread(() -> northbound.realise(PORT)))
                .toList();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(northbound.realise(PORT)).isFalse();
        assertThat(count("Logical_Switch_Port")).isEqualTo(1);
    }

    @Test
    void reconciling_makes_everything_and_then_finds_nothing_to_do() {
        Reconciliation first = northbound.reconcile(() -> WANTED);
        assertThat(first.failures()).isEmpty();
        assertThat(first.repaired()).isEqualTo(9);
        assertThat(northbound.reconcile(() -> WANTED)).isEqualTo(new Reconciliation(0, 0, List.of()));
    }

    @Test
    void reconciling_repairs_what_hands_deleted_or_changed() {
        northbound.reconcile(() -> WANTED);
        UUID network = OvnNames.row("Logical_Switch", "net-a");
        UUID port = OvnNames.row("Logical_Switch_Port", "port-1");
        client.transact(
                NB,
                OvsdbOperation.unlink("Logical_Switch", network, "ports", port),
                OvsdbOperation.link(
                        "Port_Group",
                        OvnNames.row("Port_Group", "sg-b"),
                        "ports",
                        OvnNames.row("Logical_Switch_Port", "rp-in")),
                new OvsdbOperation.Update(
                        "ACL",
                        List.of(Condition.identity(OvnNames.row("ACL", "sg-a/rule-ping"))),
                        Map.of("match", Datum.text("ip4"))),
                new OvsdbOperation.Mutate(
                        "Logical_Router",
                        List.of(),
                        List.of(new OvsdbOperation.Mutation(
                                "nat",
                                "delete",
                                Datum.row(OvnNames.row("NAT", "router-a/snat/172.24.4.2/10.70.0.0/24"))))));
        Reconciliation repair = northbound.reconcile(() -> WANTED);
        assertThat(repair.failures()).isEmpty();
        assertThat(repair.repaired()).isEqualTo(3);
        assertThat(repair.removed()).as("the member that nobody wanted").isEqualTo(1);
        assertThat(northbound.realise(PORT)).isFalse();
        assertThat(northbound.realise(GROUP)).isFalse();
        assertThat(northbound.realise(ROUTER)).isFalse();
        assertThat(members("sg-b")).isEmpty();
    }

    @Test
    void reconciling_removes_what_nobody_wants_but_nothing_of_others_and_nothing_made_meanwhile() {
        northbound.reconcile(() -> WANTED);
        OvnNorthbound others = new OvnNorthbound(client, "cloud-b");
        others.realise(LogicalSwitch.isolated("net-of-b"));
        client.transact(
                NB, OvsdbOperation.insert("Logical_Switch", UUID.randomUUID(), Map.of("name", Datum.text("by-hand"))));
        Reconciliation result = northbound.reconcile(() -> {
            northbound.realise(LogicalSwitch.isolated("net-new"));
            return WantedState.NOTHING;
        });
        assertThat(result.failures()).isEmpty();
        assertThat(client.transact(NB, new OvsdbOperation.Select("Logical_Switch", List.of(), List.of("name")))
                        .rows(0))
                .extracting(row -> row.get("name").text().orElseThrow())
                .containsExactlyInAnyOrder("kilonova-net-of-b", "by-hand", "kilonova-net-new");
        assertThat(count("Logical_Router")).isZero();
        assertThat(count("Logical_Switch_Port")).isZero();
    }

    @Test
    void one_thing_that_cannot_be_repaired_does_not_keep_the_rest_from_it() {
        LogicalSwitchPort lost =
                LogicalSwitchPort.guest("port-2", "no-such-net", "fa:16:3e:00:00:12", List.of("10.70.0.12"));
        WantedState wanted = new WantedState(
                List.of(NETWORK), List.of(DHCP), List.of(), List.of(GROUP), List.of(lost, PORT), List.of());
        Reconciliation result = northbound.reconcile(() -> wanted);
        assertThat(result.failures())
                .singleElement()
                .asString()
                .contains("port-2")
                .contains("no-such-net");
        assertThat(northbound.realise(PORT)).isFalse();
    }

    private long count(String table) {
        return client.transact(NB, new OvsdbOperation.Select(table, List.of(), List.of("_uuid")))
                .rows(0)
                .size();
    }

    private Map<String, Datum> port(String id) {
        return client.transact(
                        NB,
                        OvsdbOperation.select(
                                "Logical_Switch_Port",
                                OvnNames.row("Logical_Switch_Port", id),
                                "enabled",
                                "port_security",
                                "addresses"))
                .rows(0)
                .getFirst();
    }

    private Set<UUID> members(String group) {
        return client.transact(NB, OvsdbOperation.select("Port_Group", OvnNames.row("Port_Group", group), "ports"))
                .rows(0)
                .getFirst()
                .get("ports")
                .rows();
    }
}
