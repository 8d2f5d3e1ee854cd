package io.kilonova.networks;

import io.kilonova.access.Visibility;
import io.kilonova.networks.IpAddresses.Cidr;
import io.kilonova.ovn.AddressPair;
import io.kilonova.ovn.DhcpOptions;
import io.kilonova.ovn.LogicalSwitch;
import io.kilonova.ovn.LogicalSwitchPort;
import io.kilonova.ovn.MetadataNamespaces;
import io.kilonova.ovn.MetadataPort;
import io.kilonova.ovn.PortGroup;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import tools.jackson.databind.JsonNode;

/**
 * What OVN shall hold of networks, ports and security groups, read from one snapshot of what is stored; routers are in
 * {@link OvnRouterTranslation}. Made for one snapshot and forgotten with it: what is looked up twice is read once.
 */
final class OvnTranslation {
    private static final Duration LEASE = Duration.ofDays(1);
    private static final String METADATA_NETWORK = MetadataNamespaces.ADDRESS + "/32";

    private final DSLContext sql;
    private final ResourceStore resources;
    private final Map<String, Optional<Resource>> known = new HashMap<>();
    private final Map<String, Optional<Resource>> metadataPorts = new HashMap<>();

    OvnTranslation(DSLContext sql, ResourceStore resources) {
        this.sql = sql;
        this.resources = resources;
    }

    DSLContext sql() {
        return sql;
    }

    ResourceStore resources() {
        return resources;
    }

    /** A resource of the snapshot. */
    Optional<Resource> find(Kind kind, String id) {
        return known.computeIfAbsent(kind.name() + id, _ -> resources.find(sql, kind, Visibility.everything(), id));
    }

    LogicalSwitch network(Resource network) {
        Optional<LogicalSwitch.Localnet> localnet =
                network.text("provider:network_type").equals("flat")
                        ? network.maybe("provider:physical_network")
                                .map(physical -> new LogicalSwitch.Localnet(physical, Optional.empty()))
                        : Optional.empty();
        return new LogicalSwitch(network.id(), network.text("name"), localnet);
    }

    /** What OVN answers the guests of a subnet; empty when it is silent there. */
    Optional<DhcpOptions> dhcp(Resource subnet) {
        Optional<Resource> network = find(Kind.NETWORK, subnet.text("network_id"));
        if (!subnet.is("enable_dhcp") || network.isEmpty()) {
            return Optional.empty();
        }
        return subnet.get("ip_version").asInt(4) == 4 ? dhcp4(network.get(), subnet) : dhcp6(subnet);
    }

    /** What OVN answers one port on a subnet: what it answers all there, unless the port has options of its own. */
    private Optional<DhcpOptions> dhcp(Resource port, Resource subnet) {
        Map<String, String> own =
                PortDhcpOptions.of(port, subnet.get("ip_version").asInt(4));
        Optional<DhcpOptions> usual = dhcp(subnet);
        return own.isEmpty()
                ? usual
                : usual.map(all -> new DhcpOptions.OfOnePort(
                        "%s-dhcp%d"
                                .formatted(port.id(), subnet.get("ip_version").asInt(4)),
                        all,
                        own));
    }

    /** What OVN answers a port in its own way. */
    List<DhcpOptions> ownDhcp(Resource port) {
        if (port.get(PortDhcpOptions.ATTRIBUTE).isEmpty()) {
            return List.of();
        }
        return port.get("fixed_ips")
                .valueStream()
                .flatMap(fixed -> find(Kind.SUBNET, fixed.path("subnet_id").asString("")).stream())
                .flatMap(subnet -> dhcp(port, subnet).stream())
                .filter(DhcpOptions.OfOnePort.class::isInstance)
                .toList();
    }

    private Optional<DhcpOptions> dhcp4(Resource network, Resource subnet) {
        Optional<String> metadata = metadataAddress(subnet);
        Optional<String> server = subnet.maybe("gateway_ip").or(() -> metadata);
        if (server.isEmpty()) {
            return Optional.empty();
        }
        List<DhcpOptions.Route> routes = new ArrayList<>();
        metadata.ifPresent(address -> routes.add(new DhcpOptions.Route(METADATA_NETWORK, address)));
        subnet.get("host_routes")
                .forEach(route -> routes.add(new DhcpOptions.Route(
                        route.path("destination").asString(),
                        route.path("nexthop").asString())));
        int mtu = network.get("mtu").asInt(0);
        return Optional.of(new DhcpOptions.Version4(
                subnet.id(),
                subnet.text("cidr"),
                new DhcpOptions.Server(server.get(), serverMac(subnet)),
                subnet.maybe("gateway_ip"),
                nameServers(subnet, 4),
                routes,
                mtu == 0 ? NetworkKindRules.USUAL_MTU : mtu,
                LEASE));
    }

    private Optional<DhcpOptions> dhcp6(Resource subnet) {
        String mode = subnet.text("ipv6_address_mode");
        if (!mode.startsWith("dhcpv6")) {
            return Optional.empty();
        }
        return Optional.of(new DhcpOptions.Version6(
                subnet.id(),
                subnet.text("cidr"),
                serverMac(subnet),
                nameServers(subnet, 6),
                mode.equals("dhcpv6-stateless")));
    }

    /** Always the same for a subnet, so that a lease is renewed where it was given. */
    private static String serverMac(Resource subnet) {
        UUID hash = UUID.nameUUIDFromBytes(("dhcp/" + subnet.id()).getBytes(StandardCharsets.UTF_8));
        long bits = hash.getLeastSignificantBits();
        return "fa:16:3e:%02x:%02x:%02x".formatted(bits & 0xff, bits >> 8 & 0xff, bits >> 16 & 0xff);
    }

    private static List<String> nameServers(Resource subnet, int version) {
        return subnet.texts("dns_nameservers").stream()
                .filter(address -> IpAddresses.parse(address)
                        .filter(parsed -> parsed.version() == version)
                        .isPresent())
                .toList();
    }

    private Optional<String> metadataAddress(Resource subnet) {
        return metadataOf(subnet.text("network_id")).stream()
                .flatMap(port -> port.get("fixed_ips").valueStream())
                .filter(fixed -> fixed.path("subnet_id").asString("").equals(subnet.id()))
                .map(fixed -> fixed.path("ip_address").asString())
                .findFirst();
    }

    private Optional<Resource> metadataOf(String networkId) {
        return metadataPorts.computeIfAbsent(
                networkId,
                _ -> resources.serving(sql, Kind.PORT, PortRules.metadataDevice(networkId)).stream()
                        .filter(PortRules::isOfTheNetworkItself)
                        .findFirst());
    }

    /** What a host needs to serve metadata on a network; empty when nothing serves it there. */
    Optional<MetadataPort> metadata(String networkId) {
        return metadataOf(networkId)
                .map(port -> new MetadataPort(networkId, port.id(), port.text("mac_address"), withPrefix(port)));
    }

    /** A port's addresses, each with the prefix length of its subnet. */
    List<String> withPrefix(Resource port) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode fixed : port.get("fixed_ips")) {
            find(Kind.SUBNET, fixed.path("subnet_id").asString(""))
                    .flatMap(subnet -> IpAddresses.cidr(subnet.text("cidr")))
                    .ifPresent(cidr -> addresses.add(fixed.path("ip_address").asString() + "/" + cidr.prefixLength()));
        }
        return addresses;
    }

    /** A port of a network; empty for those that are made with their router or are only an address. */
    Optional<LogicalSwitchPort> port(Resource port) {
        String owner = port.text("device_owner");
        if (owner.startsWith(RouterRules.OWNERS) || owner.equals(FloatingIpRules.OWNER)) {
            return Optional.empty();
        }
        String mac = port.text("mac_address");
        List<String> addresses = port.get("fixed_ips")
                .valueStream()
                .map(fixed -> fixed.path("ip_address").asString())
                .toList();
        String networkId = port.text("network_id");
        if (PortRules.isOfTheNetworkItself(port)) {
            return Optional.of(LogicalSwitchPort.localport(port.id(), networkId, mac, addresses));
        }
        boolean networkUp = find(Kind.NETWORK, networkId)
                .map(network -> network.is("admin_state_up"))
                .orElse(true);
        LogicalSwitchPort guest = LogicalSwitchPort.guest(port.id(), networkId, mac, addresses)
                .withDhcp(dhcpOf(port))
                .withAllowedPairs(pairs(port, mac))
                .withEnabled(networkUp && port.is("admin_state_up"))
                .onHosts(hosts(port));
        return Optional.of(
                port.is("port_security_enabled")
                        ? guest.withGroups(Set.copyOf(port.texts("security_groups")))
                        : guest.withoutSecurity());
    }

    /** Where a port is bound, and where to its guest is on its way. */
    private static List<String> hosts(Resource port) {
        return Stream.of(
                        port.text("binding:host_id"),
                        port.get("binding:profile").path("migrating_to").asString(""))
                .filter(host -> !host.isEmpty())
                .distinct()
                .toList();
    }

    private LogicalSwitchPort.Dhcp dhcpOf(Resource port) {
        Optional<String> version4 = Optional.empty();
        Optional<String> version6 = Optional.empty();
        for (JsonNode fixed : port.get("fixed_ips")) {
            Optional<Resource> subnet =
                    find(Kind.SUBNET, fixed.path("subnet_id").asString(""));
            Optional<String> options =
                    subnet.flatMap(known -> dhcp(port, known)).map(DhcpOptions::id);
            if (subnet.isPresent() && subnet.get().get("ip_version").asInt(4) == 4) {
                version4 = version4.or(() -> options);
            } else {
                version6 = version6.or(() -> options);
            }
        }
        return new LogicalSwitchPort.Dhcp(version4, version6);
    }

    private static List<AddressPair> pairs(Resource port, String mac) {
        List<AddressPair> pairs = new ArrayList<>();
        for (JsonNode pair : port.get("allowed_address_pairs")) {
            String address = pair.path("ip_address").asString();
            String text = IpAddresses.cidr(address).map(Cidr::toString).orElse(address);
            pairs.add(new AddressPair(pair.path("mac_address").asString(mac), List.of(text)));
        }
        return pairs;
    }

    PortGroup group(Resource group) {
        return new PortGroup(
                group.id(),
                resources.of(sql, Kind.SECURITY_GROUP_RULE, group.id()).stream()
                        .map(OvnRules::of)
                        .toList());
    }
}
