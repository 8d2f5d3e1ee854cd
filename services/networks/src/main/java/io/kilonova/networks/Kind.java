package io.kilonova.networks;

import static io.kilonova.networks.Attribute.list;
import static io.kilonova.networks.Attribute.number;
import static io.kilonova.networks.Attribute.of;
import static io.kilonova.networks.Attribute.optional;
import static io.kilonova.networks.Attribute.text;
import static io.kilonova.networks.Attribute.truth;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.StringNode;

/** The kinds of resources with their attributes: the Networking API v2.0 as a table. */
enum Kind {
    NETWORK(
            "network",
            "networks",
            NetworkError.NETWORK_NOT_FOUND,
            List.of(
                    text("name", ""),
                    text("description", ""),
                    truth("admin_state_up", true),
                    truth("shared", false).byAdmins(),
                    truth("router:external", false).byAdmins(),
                    truth("is_default", false).byAdmins(),
                    truth("port_security_enabled", true),
                    truth("vlan_transparent", false).fixed(),
                    number("mtu", NetworkKindRules.USUAL_MTU),
                    text("dns_domain", ""),
                    optional("provider:network_type", ValueType.TEXT).byAdmins().fixed(),
                    optional("provider:physical_network", ValueType.TEXT)
                            .byAdmins()
                            .fixed(),
                    optional("provider:segmentation_id", ValueType.NUMBER)
                            .byAdmins()
                            .fixed(),
                    list("availability_zone_hints", ValueType.TEXTS).fixed())),
    SUBNET(
            "subnet",
            "subnets",
            NetworkError.SUBNET_NOT_FOUND,
            List.of(
                    text("name", ""),
                    text("description", ""),
                    optional("network_id", ValueType.UUID).required().fixed(),
                    of("ip_version", ValueType.IP_VERSION, IntNode.valueOf(4)).fixed(),
                    optional("cidr", ValueType.CIDR).fixed(),
                    of("gateway_ip", ValueType.IP_ADDRESS, StringNode.valueOf("automatic")),
                    truth("enable_dhcp", true),
                    list("allocation_pools", ValueType.LIST),
                    list("dns_nameservers", ValueType.TEXTS),
                    list("host_routes", ValueType.LIST),
                    optional("ipv6_ra_mode", ValueType.TEXT).fixed(),
                    optional("ipv6_address_mode", ValueType.TEXT).fixed(),
                    optional("subnetpool_id", ValueType.UUID).fixed(),
                    truth("use_default_subnetpool", false).fixed(),
                    optional("prefixlen", ValueType.NUMBER).fixed(),
                    truth("dns_publish_fixed_ip", false),
                    list("service_types", ValueType.TEXTS))),
    SUBNET_POOL(
            "subnetpool",
            "subnetpools",
            NetworkError.SUBNET_POOL_NOT_FOUND,
            List.of(
                    text("name", ""),
                    text("description", ""),
                    of("prefixes", ValueType.TEXTS, JsonNodeFactory.instance.arrayNode())
                            .required(),
                    optional("default_prefixlen", ValueType.NUMBER),
                    optional("min_prefixlen", ValueType.NUMBER),
                    optional("max_prefixlen", ValueType.NUMBER),
                    optional("default_quota", ValueType.NUMBER),
                    optional("address_scope_id", ValueType.UUID),
                    truth("shared", false).byAdmins().fixed(),
                    truth("is_default", false).byAdmins(),
                    number("ip_version", 4).computed())),
    PORT(
            "port",
            "ports",
            NetworkError.PORT_NOT_FOUND,
            List.of(
                    text("name", ""),
                    text("description", ""),
                    optional("network_id", ValueType.UUID).required().fixed(),
                    truth("admin_state_up", true),
                    of("mac_address", ValueType.MAC_ADDRESS, StringNode.valueOf("automatic"))
                            .byAdminsLater(),
                    of("fixed_ips", ValueType.LIST, StringNode.valueOf("automatic")),
                    text("device_id", ""),
                    text("device_owner", ""),
                    of("security_groups", ValueType.TEXTS, StringNode.valueOf("automatic")),
                    list("allowed_address_pairs", ValueType.LIST),
                    list("extra_dhcp_opts", ValueType.LIST),
                    of("port_security_enabled", ValueType.TRUTH, StringNode.valueOf("automatic")),
                    of("binding:vnic_type", ValueType.TEXT, StringNode.valueOf("normal")),
                    text("binding:host_id", "").byAdmins(),
                    of("binding:profile", ValueType.OBJECT, JsonNodeFactory.instance.objectNode())
                            .byAdmins(),
                    text("dns_name", ""),
                    text("dns_domain", ""))),
    SECURITY_GROUP(
            "security_group",
            "security_groups",
            NetworkError.SECURITY_GROUP_NOT_FOUND,
            List.of(
                    text("name", ""),
                    text("description", ""),
                    truth("stateful", true),
                    truth("shared", false).computed())),
    SECURITY_GROUP_RULE(
            "security_group_rule",
            "security_group_rules",
            NetworkError.SECURITY_GROUP_RULE_NOT_FOUND,
            List.of(
                    optional("security_group_id", ValueType.UUID).required().fixed(),
                    optional("direction", ValueType.DIRECTION).required().fixed(),
                    of("ethertype", ValueType.ETHER_TYPE, StringNode.valueOf("IPv4"))
                            .fixed(),
                    optional("protocol", ValueType.PROTOCOL).fixed(),
                    optional("port_range_min", ValueType.NUMBER).fixed(),
                    optional("port_range_max", ValueType.NUMBER).fixed(),
                    optional("remote_ip_prefix", ValueType.TEXT).fixed(),
                    optional("remote_group_id", ValueType.TEXT).fixed(),
                    optional("remote_address_group_id", ValueType.UUID).fixed(),
                    text("description", "").fixed())),
    ROUTER(
            "router",
            "routers",
            NetworkError.ROUTER_NOT_FOUND,
            List.of(
                    text("name", ""),
                    text("description", ""),
                    truth("admin_state_up", true),
                    optional("external_gateway_info", ValueType.OBJECT),
                    list("routes", ValueType.LIST),
                    truth("distributed", false).byAdmins(),
                    truth("ha", false).byAdmins(),
                    optional("flavor_id", ValueType.UUID).fixed(),
                    list("availability_zone_hints", ValueType.TEXTS).fixed())),
    FLOATING_IP(
            "floatingip",
            "floatingips",
            NetworkError.FLOATING_IP_NOT_FOUND,
            List.of(
                    text("description", ""),
                    optional("floating_network_id", ValueType.UUID).required().fixed(),
                    optional("subnet_id", ValueType.UUID).fixed(),
                    optional("floating_ip_address", ValueType.IP_ADDRESS).fixed(),
                    optional("port_id", ValueType.UUID),
                    optional("fixed_ip_address", ValueType.IP_ADDRESS),
                    text("dns_name", "").fixed(),
                    text("dns_domain", "").fixed()));

    private final String singular;
    private final String plural;
    private final NetworkError notFound;
    private final Map<String, Attribute> attributes;

    Kind(String singular, String plural, NetworkError notFound, List<Attribute> attributes) {
        this.singular = singular;
        this.plural = plural;
        this.notFound = notFound;
        this.attributes = attributes.stream()
                .collect(Collectors.toMap(
                        Attribute::name, Function.identity(), (one, other) -> one, java.util.LinkedHashMap::new));
    }

    /** The kind of a name such as {@code floatingip}. */
    static java.util.Optional<Kind> named(String singular) {
        return java.util.Arrays.stream(values())
                .filter(kind -> kind.singular.equals(singular))
                .findFirst();
    }

    /** The name of one in a body, for example {@code floatingip}. */
    String singular() {
        return singular;
    }

    /** The name of a list in a body, for example {@code floatingips}. */
    String plural() {
        return plural;
    }

    /** The part of the path, for example {@code security-group-rules}. */
    String collection() {
        return plural.replace('_', '-');
    }

    /** What an unknown id is told. */
    NetworkError notFound() {
        return notFound;
    }

    /** The attributes by name. */
    Map<String, Attribute> attributes() {
        return attributes;
    }
}
