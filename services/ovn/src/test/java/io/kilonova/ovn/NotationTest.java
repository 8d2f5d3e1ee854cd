package io.kilonova.ovn;

import static io.kilonova.ovn.OvsdbClientTest.codeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.ovn.AccessControl.Direction;
import io.kilonova.ovn.AccessControl.Remote;
import io.kilonova.ovn.AccessControl.Traffic;
import io.kilonova.ovn.AccessControl.Transport;
import io.kilonova.ovn.AccessControl.Version;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NotationTest {
    @Test
    void a_rule_is_written_in_the_language_of_matches() {
        assertThat(match(Direction.INWARD, Version.IP4, new Traffic.Any(), new Remote.Anywhere()))
                .isEqualTo("outport == @pg_sg_1 && ip4");
        assertThat(match(
                        Direction.INWARD,
                        Version.IP4,
                        new Traffic.Ports(Transport.TCP, 80, 90),
                        new Remote.Network("10.0.0.0/8")))
                .isEqualTo(
                        "outport == @pg_sg_1 && ip4 && ip4.src == 10.0.0.0/8 && tcp && tcp.dst >= 80 && tcp.dst <= 90");
        assertThat(match(
                        Direction.OUTWARD,
                        Version.IP6,
                        new Traffic.Ports(Transport.UDP, 53, 53),
                        new Remote.Group("sg-2")))
                .isEqualTo("inport == @pg_sg_1 && ip6 && ip6.dst == $pg_sg_2_ip6 && udp && udp.dst == 53");
        assertThat(match(
                        Direction.INWARD,
                        Version.IP6,
                        new Traffic.Icmp(Optional.of(128), Optional.of(0)),
                        new Remote.Set("ag.1")))
                .isEqualTo(
                        "outport == @pg_sg_1 && ip6 && ip6.src == $as_ag_1 && icmp6 && icmp6.type == 128 && icmp6.code == 0");
        assertThat(match(
                        Direction.OUTWARD,
                        Version.IP4,
                        new Traffic.Ports(Transport.SCTP, 1, 65_535),
                        new Remote.Anywhere()))
                .isEqualTo("inport == @pg_sg_1 && ip4 && sctp");
        assertThat(match(Direction.INWARD, Version.IP4, new Traffic.Protocol(112), new Remote.Anywhere()))
                .endsWith("ip.proto == 112");
    }

    @Test
    void nothing_that_a_tenant_names_can_become_part_of_a_rule() {
        for (String attack : List.of(
                "10.0.0.0/8 || ip4",
                "0.0.0.0/0 && 1",
                "$pg_other_ip4",
                "",
                "10.0.0.256/8",
                "10.0.0.0/33",
                "::/129",
                "{1.2.3.4}")) {
            assertThat(codeOf(() -> new Remote.Network(attack))).as(attack).isEqualTo(OvnError.VALUE_INVALID);
        }
        for (String attack : List.of("x || 1", "a\"b", "", "-a", "../x", "a".repeat(64), "a\nb", "a b")) {
            assertThat(codeOf(() -> new PortGroup(attack, List.of())))
                    .as(attack)
                    .isEqualTo(OvnError.VALUE_INVALID);
            assertThat(codeOf(() -> new Remote.Group(attack))).as(attack).isEqualTo(OvnError.VALUE_INVALID);
            assertThat(codeOf(() -> LogicalSwitchPort.guest(attack, "n", "fa:16:3e:00:00:01", List.of())))
                    .as(attack)
                    .isEqualTo(OvnError.VALUE_INVALID);
        }
        assertThat(codeOf(() -> new AddressPair("fa:16:3e:00:00:01 unknown", List.of())))
                .isEqualTo(OvnError.VALUE_INVALID);
        assertThat(codeOf(() -> new PortGroup(OvnNames.DEFAULT_DENY, List.of())))
                .isEqualTo(OvnError.VALUE_INVALID);
        assertThat(codeOf(() ->
                        NamespaceSockets.listen("../../proc/1/ns/net", java.net.InetAddress.getLoopbackAddress(), 0)))
                .isEqualTo(OvnError.VALUE_INVALID);
    }

    @Test
    void ranges_that_cannot_be_are_refused() {
        assertThat(codeOf(() -> new Traffic.Ports(Transport.TCP, 90, 80))).isEqualTo(OvnError.VALUE_INVALID);
        assertThat(codeOf(() -> new Traffic.Ports(Transport.TCP, 1, 70_000))).isEqualTo(OvnError.VALUE_INVALID);
        assertThat(codeOf(() -> new Traffic.Protocol(256))).isEqualTo(OvnError.VALUE_INVALID);
        assertThat(codeOf(() -> new LogicalSwitch.Localnet("physnet1", Optional.of(4095))))
                .isEqualTo(OvnError.VALUE_INVALID);
    }

    @Test
    void a_client_that_gets_routes_gets_the_default_route_as_one_of_them() {
        DhcpOptions options = new DhcpOptions.Version4(
                "s",
                "10.0.0.0/24",
                new DhcpOptions.Server("10.0.0.1", "FA:16:3E:00:00:01"),
                Optional.of("10.0.0.1"),
                List.of("9.9.9.9", "1.1.1.1"),
                List.of(new DhcpOptions.Route("169.254.169.254/32", "10.0.0.2")),
                1442,
                Duration.ofMinutes(2));
        DhcpOptions ofOne = new DhcpOptions.OfOnePort("p", options, Map.of("domain_name", "\"cloud\"", "mtu", "1400"));
        assertThat(ofOne.options())
                .containsOnly(
                        Map.entry("server_id", "10.0.0.1"),
                        Map.entry("server_mac", "fa:16:3e:00:00:01"),
                        Map.entry("router", "10.0.0.1"),
                        Map.entry("dns_server", "{9.9.9.9, 1.1.1.1}"),
                        Map.entry("classless_static_route", "{169.254.169.254/32,10.0.0.2, 0.0.0.0/0,10.0.0.1}"),
                        Map.entry("mtu", "1400"),
                        Map.entry("lease_time", "120"),
                        Map.entry("domain_name", "\"cloud\""));
    }

    @Test
    void a_port_may_use_what_it_owns_and_what_it_is_allowed() {
        LogicalSwitchPort port = LogicalSwitchPort.guest("p", "n", "FA:16:3E:00:00:01", List.of("10.0.0.5", "fd00::5"))
                .withAllowedPairs(List.of(new AddressPair("fa:16:3e:00:00:02", List.of("10.0.0.0/24"))))
                .withGroups(Set.of());
        Plan plan = new OvnPlans("o").port(port);
        Map<String, Datum> columns = plan.rows().getLast().columns();
        assertThat(columns.get("port_security").texts())
                .containsExactlyInAnyOrder("fa:16:3e:00:00:01 10.0.0.5 fd00::5", "fa:16:3e:00:00:02 10.0.0.0/24");
        assertThat(columns.get("addresses").texts())
                .containsExactlyInAnyOrder("fa:16:3e:00:00:01 10.0.0.5 fd00::5", "fa:16:3e:00:00:02");
    }

    private static String match(Direction direction, Version version, Traffic traffic, Remote remote) {
        return new AccessControl("r", direction, version, traffic, remote).match("sg-1");
    }
}
