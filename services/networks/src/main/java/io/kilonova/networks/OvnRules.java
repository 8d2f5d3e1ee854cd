package io.kilonova.networks;

import io.kilonova.ovn.AccessControl;
import io.kilonova.ovn.AccessControl.Direction;
import io.kilonova.ovn.AccessControl.Remote;
import io.kilonova.ovn.AccessControl.Traffic;
import io.kilonova.ovn.AccessControl.Transport;
import io.kilonova.ovn.AccessControl.Version;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Security group rules as OVN's. */
final class OvnRules {
    private static final int LAST_PORT = 65_535;
    /** The assigned numbers of the protocols that rules may name (IANA). */
    static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("ah", 51),
            Map.entry("dccp", 33),
            Map.entry("egp", 8),
            Map.entry("esp", 50),
            Map.entry("gre", 47),
            Map.entry("icmp", 1),
            Map.entry("icmpv6", 58),
            Map.entry("igmp", 2),
            Map.entry("ipip", 4),
            Map.entry("ipv6-encap", 41),
            Map.entry("ipv6-frag", 44),
            Map.entry("ipv6-icmp", 58),
            Map.entry("ipv6-nonxt", 59),
            Map.entry("ipv6-opts", 60),
            Map.entry("ipv6-route", 43),
            Map.entry("ospf", 89),
            Map.entry("pgm", 113),
            Map.entry("rsvp", 46),
            Map.entry("sctp", 132),
            Map.entry("tcp", 6),
            Map.entry("udp", 17),
            Map.entry("udplite", 136),
            Map.entry("vrrp", 112));

    private OvnRules() {}

    static AccessControl of(Resource rule) {
        Version version = rule.text("ethertype").equals("IPv6") ? Version.IP6 : Version.IP4;
        return new AccessControl(
                rule.id(),
                rule.text("direction").equals("egress") ? Direction.OUTWARD : Direction.INWARD,
                version,
                traffic(rule),
                remote(rule));
    }

    /** The number of a protocol by name or number; empty for all protocols. */
    static Optional<Integer> protocol(String text) {
        if (text.isEmpty() || text.equals("any")) {
            return Optional.empty();
        }
        Integer number = NUMBERS.get(text);
        return Optional.of(number == null ? Integer.valueOf(Integer.parseInt(text)) : number);
    }

    private static Traffic traffic(Resource rule) {
        Optional<Integer> protocol = protocol(rule.text("protocol"));
        Optional<Integer> first = number(rule.get("port_range_min"));
        Optional<Integer> last = number(rule.get("port_range_max"));
        if (protocol.isEmpty()) {
            return new Traffic.Any();
        }
        return switch (protocol.get()) {
            case 1, 58 -> new Traffic.Icmp(first, last);
            case 6 -> new Traffic.Ports(Transport.TCP, first.orElse(1), last.orElse(LAST_PORT));
            case 17 -> new Traffic.Ports(Transport.UDP, first.orElse(1), last.orElse(LAST_PORT));
            case 132 -> new Traffic.Ports(Transport.SCTP, first.orElse(1), last.orElse(LAST_PORT));
            default -> new Traffic.Protocol(protocol.get());
        };
    }

    private static Remote remote(Resource rule) {
        return rule.maybe("remote_group_id")
                .<Remote>map(Remote.Group::new)
                .or(() -> rule.maybe("remote_ip_prefix").map(Remote.Network::new))
                .orElseGet(Remote.Anywhere::new);
    }

    private static Optional<Integer> number(JsonNode node) {
        return node.isNumber() ? Optional.of(node.asInt()) : Optional.empty();
    }
}
