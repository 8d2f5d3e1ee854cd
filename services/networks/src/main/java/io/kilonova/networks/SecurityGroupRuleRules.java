package io.kilonova.networks;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** The rules of security group rules. */
final class SecurityGroupRuleRules implements KindRules {
    private static final Set<String> WITH_PORTS = Set.of("tcp", "udp", "sctp", "6", "17", "132");
    private static final Set<String> ICMP = Set.of("icmp", "icmpv6", "ipv6-icmp", "1", "58");
    private static final List<String> COMPARED = List.of(
            "direction",
            "ethertype",
            "protocol",
            "port_range_min",
            "port_range_max",
            "remote_ip_prefix",
            "remote_group_id");

    private final ResourceStore resources;

    SecurityGroupRuleRules(ResourceStore resources) {
        this.resources = resources;
    }

    @Override
    public Resource create(Edit edit, String projectId, ObjectNode asked) {
        Resource group = resources.get(
                edit.sql(),
                Kind.SECURITY_GROUP,
                edit.visibility(),
                asked.path("security_group_id").asString());
        if (asked.path("protocol").asString("").equals("any")) {
            asked.putNull("protocol");
        }
        requireOneVersion(asked);
        requirePorts(asked);
        requireRemote(edit, asked);
        resources.hold(edit.transaction(), group);
        for (Resource other : resources.of(edit.sql(), Kind.SECURITY_GROUP_RULE, group.id())) {
            if (COMPARED.stream().allMatch(name -> other.get(name).equals(asked.path(name)))) {
                throw NetworkError.SECURITY_GROUP_RULE_EXISTS.with(other.id());
            }
        }
        Resource rule = resources.insert(
                edit.transaction(), Kind.SECURITY_GROUP_RULE, UUID.randomUUID().toString(), group.projectId(), asked);
        edit.tell(group);
        return rule;
    }

    @Override
    public Resource update(Edit edit, Resource before, ObjectNode changes) {
        throw NetworkError.HTTP_BAD_REQUEST.with(
                "A security group rule cannot be changed: delete it and create another");
    }

    @Override
    public void delete(Edit edit, Resource rule) {
        resources.delete(edit.transaction(), rule);
        edit.tell(resources.get(edit.sql(), Kind.SECURITY_GROUP, rule.text("security_group_id")));
    }

    /** ICMP of the one version in a rule for the other would never match anything. */
    private static void requireOneVersion(ObjectNode asked) {
        String protocol = asked.path("protocol").asString("");
        boolean version4 = asked.path("ethertype").asString().equals("IPv4");
        if (version4 && OvnRules.protocol(protocol).equals(Optional.of(58))) {
            throw NetworkError.INVALID_INPUT.with("ethertype IPv4 does not go with protocol " + protocol);
        }
    }

    private static void requirePorts(ObjectNode asked) {
        boolean hasFirst = asked.path("port_range_min").isNumber();
        boolean hasLast = asked.path("port_range_max").isNumber();
        if (!hasFirst && !hasLast) {
            return;
        }
        String protocol = asked.path("protocol").asString("");
        int first = asked.path("port_range_min").asInt(-1);
        int last = asked.path("port_range_max").asInt(-1);
        if (ICMP.contains(protocol)) {
            if (!hasFirst || first < 0 || first > 255 || last > 255 || (hasLast && last < 0)) {
                throw NetworkError.INVALID_INPUT.with("ICMP type and code must be 0 to 255");
            }
        } else if (WITH_PORTS.contains(protocol)) {
            if (hasFirst && hasLast) {
                requirePort(first);
                requirePort(last);
            }
            if (!hasFirst || !hasLast || first > last) {
                throw NetworkError.INVALID_INPUT.with(
                        "For TCP/UDP protocols, port_range_min must be <= port_range_max");
            }
        } else {
            throw NetworkError.INVALID_INPUT.with("Port range requires a protocol that has ports");
        }
    }

    private static void requirePort(int port) {
        if (port < 1 || port > 65_535) {
            throw NetworkError.SECURITY_GROUP_INVALID_PORT.with(port);
        }
    }

    private void requireRemote(Edit edit, ObjectNode asked) {
        String prefix = asked.path("remote_ip_prefix").asString("");
        String group = asked.path("remote_group_id").asString("");
        if (!asked.path("remote_address_group_id").asString("").isEmpty()) {
            throw NetworkError.NOT_BUILT.with("address groups");
        }
        if (!prefix.isEmpty() && !group.isEmpty()) {
            throw NetworkError.INVALID_INPUT.with("Only remote_ip_prefix or remote_group_id may be provided");
        }
        if (!group.isEmpty()) {
            resources.keep(edit.transaction(), Kind.SECURITY_GROUP, edit.visibility(), group);
        }
        if (!prefix.isEmpty()) {
            Optional<IpAddresses.Cidr> cidr = IpAddresses.cidr(prefix)
                    .or(() -> IpAddresses.parse(prefix)
                            .map(address -> new IpAddresses.Cidr(address, address.version() == 4 ? 32 : 128)));
            int version = asked.path("ethertype").asString().equals("IPv4") ? 4 : 6;
            if (cidr.isEmpty() || cidr.get().first().version() != version) {
                throw NetworkError.SECURITY_GROUP_RULE_CONFLICT.with(
                        asked.path("ethertype").asString(), prefix);
            }
            asked.put("remote_ip_prefix", cidr.get().toString());
        }
    }
}
