package io.kilonova.ovn;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A port of a network. Made by {@link #guest} or {@link #localport} and refined with the {@code with…} methods.
 *
 * @param id the port's id, which is the {@code iface-id} of the interface that it is bound to
 * @param switchId the network
 * @param kind who is behind it
 * @param owned its hardware address and its fixed addresses
 * @param allowedPairs what it may use besides, with anti-spoofing
 * @param antiSpoofing whether other source addresses are dropped; without, it also gets what nobody else claims
 * @param defaultDeny whether everything is dropped that no group of the port allows
 * @param groups ids of the {@link PortGroup}s that it is in
 * @param dhcp ids of the {@link DhcpOptions} that it is answered with, at most one of each version
 * @param enabled whether traffic passes at all
 * @param hosts where it may be: nowhere in particular, on one host, or, while its guest moves, on that host and the next
 */
public record LogicalSwitchPort(
        String id,
        String switchId,
        Kind kind,
        AddressPair owned,
        List<AddressPair> allowedPairs,
        boolean antiSpoofing,
        boolean defaultDeny,
        Set<String> groups,
        Dhcp dhcp,
        boolean enabled,
        List<String> hosts) {
    /** Who is behind a port. */
    public enum Kind {
        /** A guest, on one chassis at a time. */
        GUEST(""),
        /** A service of each chassis for its own guests, such as metadata. */
        LOCALPORT("localport");

        private final String type;

        Kind(String type) {
            this.type = type;
        }

        String type() {
            return type;
        }
    }

    /** The DHCP options of a port, by id. */
    public record Dhcp(Optional<String> version4, Optional<String> version6) {
        /** No answers to DHCP. */
        public static final Dhcp NONE = new Dhcp(Optional.empty(), Optional.empty());
    }

    /** Checks the ids; {@link OvnError#VALUE_INVALID}. */
    public LogicalSwitchPort {
        Notation.identifier("The port's id", id);
        Notation.identifier("The network's id", switchId);
        allowedPairs = List.copyOf(allowedPairs);
        groups = Set.copyOf(groups);
        groups.forEach(group -> Notation.identifier("The security group's id", group));
        hosts = List.copyOf(hosts);
        hosts.forEach(host -> Notation.host(host));
    }

    /** A guest's port: anti-spoofing and default deny, in no group. */
    public static LogicalSwitchPort guest(String id, String switchId, String mac, List<String> addresses) {
        return new LogicalSwitchPort(
                id,
                switchId,
                Kind.GUEST,
                new AddressPair(mac, addresses),
                List.of(),
                true,
                true,
                Set.of(),
                Dhcp.NONE,
                true,
                List.of());
    }

    /** A port of the chassis itself, the same on each. */
    public static LogicalSwitchPort localport(String id, String switchId, String mac, List<String> addresses) {
        return new LogicalSwitchPort(
                id,
                switchId,
                Kind.LOCALPORT,
                new AddressPair(mac, addresses),
                List.of(),
                false,
                false,
                Set.of(),
                Dhcp.NONE,
                true,
                List.of());
    }

    /** The port in these groups. */
    public LogicalSwitchPort withGroups(Set<String> others) {
        return new LogicalSwitchPort(
                id, switchId, kind, owned, allowedPairs, antiSpoofing, defaultDeny, others, dhcp, enabled, hosts);
    }

    /** The port answered with these options. */
    public LogicalSwitchPort withDhcp(Dhcp other) {
        return new LogicalSwitchPort(
                id, switchId, kind, owned, allowedPairs, antiSpoofing, defaultDeny, groups, other, enabled, hosts);
    }

    /** The port with other addresses allowed. */
    public LogicalSwitchPort withAllowedPairs(List<AddressPair> others) {
        return new LogicalSwitchPort(
                id, switchId, kind, owned, others, antiSpoofing, defaultDeny, groups, dhcp, enabled, hosts);
    }

    /** The port without anti-spoofing, groups and default deny: Neutron's {@code port_security_enabled=false}. */
    public LogicalSwitchPort withoutSecurity() {
        return new LogicalSwitchPort(
                id, switchId, kind, owned, allowedPairs, false, false, Set.of(), dhcp, enabled, hosts);
    }

    /** The port with traffic passing, or not. */
    public LogicalSwitchPort withEnabled(boolean other) {
        return new LogicalSwitchPort(
                id, switchId, kind, owned, allowedPairs, antiSpoofing, defaultDeny, groups, dhcp, other, hosts);
    }

    /** The port on these hosts alone; the second is where its guest is moving to. */
    public LogicalSwitchPort onHosts(List<String> others) {
        return new LogicalSwitchPort(
                id, switchId, kind, owned, allowedPairs, antiSpoofing, defaultDeny, groups, dhcp, enabled, others);
    }

    /** What OVN is told of where it may be. */
    Map<String, String> options() {
        return switch (hosts.size()) {
            case 0 -> Map.of();
            case 1 -> Map.of("requested-chassis", hosts.getFirst());
            // The next host takes what comes for the guest from the moment at which the guest is heard there.
            default -> Map.of("requested-chassis", String.join(",", hosts), "activation-strategy", "rarp");
        };
    }
}
