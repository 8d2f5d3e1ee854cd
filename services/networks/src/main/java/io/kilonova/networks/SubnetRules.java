package io.kilonova.networks;

import io.kilonova.networks.IpAddresses.Address;
import io.kilonova.networks.IpAddresses.Cidr;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The rules of subnets. */
final class SubnetRules implements KindRules {
    private static final List<String> MODES = List.of("dhcpv6-stateful", "dhcpv6-stateless", "slaac");
    /** Networks whose addresses mean something else: this host, many at once, only this link. */
    private static final List<Cidr> NOT_FOR_SUBNETS = List.of(
            IpAddresses.cidr("127.0.0.0/8").orElseThrow(),
            IpAddresses.cidr("224.0.0.0/3").orElseThrow(),
            IpAddresses.cidr("169.254.0.0/16").orElseThrow(),
            IpAddresses.cidr("0.0.0.0/8").orElseThrow(),
            IpAddresses.cidr("fe80::/10").orElseThrow(),
            IpAddresses.cidr("ff00::/8").orElseThrow());

    private final ResourceStore resources;
    private final AddressStore addresses;
    private final PortRules ports;
    private final SubnetPoolRules pools;

    SubnetRules(ResourceStore resources, AddressStore addresses, PortRules ports, SubnetPoolRules pools) {
        this.resources = resources;
        this.addresses = addresses;
        this.ports = ports;
        this.pools = pools;
    }

    @Override
    public Resource create(Edit edit, String projectId, ObjectNode asked) {
        Resource network = resources.get(
                edit.sql(),
                Kind.NETWORK,
                edit.visibility(),
                asked.path("network_id").asString());
        if (!edit.isPrivileged() && !network.projectId().equals(projectId)) {
            throw NetworkError.POLICY_NOT_AUTHORIZED.with("create_subnet");
        }
        resources.hold(edit.transaction(), network);
        Cidr cidr = cidr(edit, projectId, asked);
        requireVersion(asked, cidr);
        PortAddresses.requireServiceTypes(asked);
        requireModes(asked, cidr);
        for (Resource other : resources.of(edit.sql(), Kind.SUBNET, network.id())) {
            if (IpAddresses.cidr(other.text("cidr")).orElseThrow().overlaps(cidr)) {
                throw NetworkError.OVERLAPPING_SUBNET.with(cidr, network.id());
            }
        }
        asked.put("cidr", cidr.toString());
        chooseGateway(asked, cidr);
        choosePools(asked, cidr);
        requireNameServers(asked);
        Resource subnet = resources.insert(
                edit.transaction(), Kind.SUBNET, UUID.randomUUID().toString(), projectId, asked);
        ensureMetadata(edit, network, subnet);
        if (PortAddresses.isAutomatic(subnet)) {
            ports.joinSubnet(edit, subnet);
        }
        edit.tell(subnet);
        return subnet;
    }

    /** The network of a new subnet: named, or cut from a pool. */
    private Cidr cidr(Edit edit, String projectId, ObjectNode asked) {
        Optional<Resource> pool = pools.asked(edit, asked);
        Optional<Cidr> cidr = pool.map(known -> pools.cut(edit, known, projectId, asked))
                .or(() -> IpAddresses.cidr(asked.path("cidr").asString("")));
        pool.ifPresent(known -> asked.put("subnetpool_id", known.id()));
        if (pool.isEmpty() && !asked.path("prefixlen").isNull()) {
            throw NetworkError.INVALID_INPUT.with("prefixlen is of subnets that are cut from a subnet pool");
        }
        asked.remove(List.of("use_default_subnetpool", "prefixlen"));
        return cidr.orElseThrow(() -> NetworkError.INVALID_INPUT.with("a subnet needs a cidr or a subnet pool"));
    }

    @Override
    public Resource update(Edit edit, Resource before, ObjectNode changes) {
        Resource network = holdNetwork(edit, before);
        Cidr cidr = IpAddresses.cidr(before.text("cidr")).orElseThrow();
        Resource merged = before.with(changes);
        requireGatewayFree(edit, before, changes);
        if (changes.has("gateway_ip") || changes.has("allocation_pools")) {
            ObjectNode document = merged.document();
            chooseGateway(document, cidr);
            choosePools(document, cidr);
        }
        requireNameServers(merged.document());
        PortAddresses.requireServiceTypes(merged.document());
        Resource changed = resources.update(edit.transaction(), merged);
        ensureMetadata(edit, network, changed);
        if (changes.has("gateway_ip")) {
            resources.of(edit.sql(), Kind.PORT, changed.parentId()).stream()
                    .filter(port -> port.text("device_owner").startsWith(RouterRules.OWNERS))
                    .forEach(port -> edit.tell(Kind.ROUTER, port.text("device_id")));
        }
        edit.tell(changed);
        return changed;
    }

    /** The subnets of a network change one after the other: they share its metadata port, and may not overlap. */
    private Resource holdNetwork(Edit edit, Resource subnet) {
        Resource network = resources.get(edit.sql(), Kind.NETWORK, subnet.parentId());
        resources.hold(edit.transaction(), network);
        return network;
    }

    private void ensureMetadata(Edit edit, Resource network, Resource subnet) {
        if (subnet.get("ip_version").asInt() == 4 && subnet.is("enable_dhcp") && !network.is("router:external")) {
            ports.ensureMetadataPort(edit, network, subnet);
        }
    }

    /** A gateway address that a router has stays: guests were told it. */
    private void requireGatewayFree(Edit edit, Resource subnet, ObjectNode changes) {
        Optional<String> gateway = subnet.maybe("gateway_ip");
        if (gateway.isEmpty()
                || !changes.has("gateway_ip")
                || changes.path("gateway_ip").asString("").equals(gateway.get())) {
            return;
        }
        addresses
                .portAt(edit.sql(), subnet.parentId(), gateway.get())
                .map(port -> resources.get(edit.sql(), Kind.PORT, port))
                .filter(port -> port.text("device_owner").startsWith(RouterRules.OWNERS))
                .ifPresent(port -> {
                    throw NetworkError.GATEWAY_IP_IN_USE.with(gateway.get(), port.id());
                });
    }

    private static void requireModes(ObjectNode asked, Cidr cidr) {
        Set<String> modes = new TreeSet<>();
        for (String attribute : List.of("ipv6_ra_mode", "ipv6_address_mode")) {
            String mode = asked.path(attribute).asString("");
            if (mode.isEmpty()) {
                continue;
            }
            if (cidr.first().version() == 4) {
                throw NetworkError.INVALID_INPUT.with(attribute + " is of subnets of IPv6");
            }
            if (!MODES.contains(mode)) {
                throw NetworkError.INVALID_INPUT.with("%s must be one of %s".formatted(attribute, MODES));
            }
            modes.add(mode);
        }
        if (modes.size() > 1) {
            throw NetworkError.INVALID_INPUT.with(
                    "ipv6_ra_mode and ipv6_address_mode have to be the same if both are set");
        }
        if (!modes.isEmpty()
                && !modes.contains("dhcpv6-stateful")
                && cidr.prefixLength() != PortAddresses.AUTOMATIC_PREFIX_LENGTH) {
            throw NetworkError.INVALID_INPUT.with(
                    "Invalid CIDR %s for IPv6 address mode: addresses made by EUI-64 need a prefix of /64"
                            .formatted(cidr));
        }
    }

    @Override
    public void delete(Edit edit, Resource subnet) {
        holdNetwork(edit, subnet);
        remove(edit, subnet);
        List<Resource> holders = addresses.portsOf(edit.sql(), subnet.id()).stream()
                .map(port -> resources.get(edit.sql(), Kind.PORT, port))
                .toList();
        boolean automatic = PortAddresses.isAutomatic(subnet);
        if (!holders.stream()
                .allMatch(port -> PortRules.isOfTheNetworkItself(port)
                        || automatic && PortAddresses.makesItsOwn(port.document()))) {
            throw NetworkError.SUBNET_IN_USE.with(subnet.id());
        }
        holders.forEach(port -> ports.leaveSubnet(edit, port, subnet.id()));
    }

    /** Removes a subnet, of which no address may be taken. */
    void remove(Edit edit, Resource subnet) {
        resources.delete(edit.transaction(), subnet);
        edit.tell(subnet);
    }

    private static void requireVersion(ObjectNode asked, Cidr cidr) {
        int version = asked.path("ip_version").asInt();
        if (version != cidr.first().version()) {
            throw NetworkError.INVALID_INPUT.with("cidr %s is not of ip_version %d".formatted(cidr, version));
        }
        if (NOT_FOR_SUBNETS.stream().anyMatch(cidr::overlaps)) {
            throw NetworkError.INVALID_INPUT.with("cidr %s is not for a subnet".formatted(cidr));
        }
        int longest = version == 4 ? 30 : 126;
        if (cidr.prefixLength() > longest || cidr.prefixLength() < 8) {
            throw NetworkError.INVALID_INPUT.with("the prefix length of a subnet must be 8 to " + longest);
        }
    }

    private static void chooseGateway(ObjectNode document, Cidr cidr) {
        String asked = document.path("gateway_ip").asString("");
        if (asked.equals("automatic")) {
            document.put("gateway_ip", cidr.first().plus(1).toString());
        } else if (!asked.isEmpty()) {
            Address gateway = IpAddresses.parse(asked).orElseThrow();
            if (!cidr.isForHosts(gateway)) {
                throw NetworkError.INVALID_INPUT.with("Gateway is not valid on subnet");
            }
            document.put("gateway_ip", gateway.toString());
        }
    }

    private static void choosePools(ObjectNode document, Cidr cidr) {
        Optional<Address> gateway =
                IpAddresses.parse(document.path("gateway_ip").asString(""));
        JsonNode asked = document.path("allocation_pools");
        if (asked.isEmpty()) {
            Address last = cidr.last().plus(cidr.first().version() == 4 ? -1 : 0);
            document.set("allocation_pools", around(cidr.first().plus(1), last, gateway));
            return;
        }
        Optional<Address> before = Optional.empty();
        for (JsonNode pool : sorted(asked)) {
            Optional<Address> start = IpAddresses.parse(pool.path("start").asString(""));
            Optional<Address> end = IpAddresses.parse(pool.path("end").asString(""));
            boolean valid = start.isPresent()
                    && end.isPresent()
                    && cidr.isForHosts(start.get())
                    && cidr.isForHosts(end.get())
                    && start.get().compareTo(end.get()) <= 0;
            if (!valid) {
                throw NetworkError.INVALID_INPUT.with(
                        "The allocation pool %s is not valid on subnet %s".formatted(pool, cidr));
            }
            boolean overlaps = before.isPresent() && before.get().compareTo(start.get()) >= 0;
            boolean holdsGateway = gateway.isPresent()
                    && gateway.get().compareTo(start.get()) >= 0
                    && gateway.get().compareTo(end.get()) <= 0;
            if (overlaps || holdsGateway) {
                throw NetworkError.INVALID_INPUT.with(
                        "The allocation pool %s overlaps another one or holds the gateway".formatted(pool));
            }
            before = end;
        }
    }

    private static List<JsonNode> sorted(JsonNode pools) {
        return pools.valueStream()
                .sorted(Comparator.comparing(
                        pool -> IpAddresses.parse(pool.path("start").asString(""))
                                .map(Address::number)
                                .orElse(BigInteger.ZERO)))
                .toList();
    }

    private static ArrayNode around(Address first, Address last, Optional<Address> gateway) {
        ArrayNode pools = JsonNodeFactory.instance.arrayNode();
        if (gateway.isEmpty()
                || gateway.get().compareTo(first) < 0
                || gateway.get().compareTo(last) > 0) {
            return pools.add(pool(first, last));
        }
        if (gateway.get().compareTo(first) > 0) {
            pools.add(pool(first, gateway.get().plus(-1)));
        }
        if (gateway.get().compareTo(last) < 0) {
            pools.add(pool(gateway.get().plus(1), last));
        }
        return pools;
    }

    private static ObjectNode pool(Address first, Address last) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("start", first.toString())
                .put("end", last.toString());
    }

    private static void requireNameServers(ObjectNode document) {
        document.path("dns_nameservers").forEach(server -> {
            if (IpAddresses.parse(server.asString("")).isEmpty()) {
                throw NetworkError.INVALID_INPUT.with("dns_nameservers must be addresses");
            }
        });
        document.path("host_routes").forEach(route -> {
            if (IpAddresses.cidr(route.path("destination").asString("")).isEmpty()
                    || IpAddresses.parse(route.path("nexthop").asString("")).isEmpty()) {
                throw NetworkError.INVALID_INPUT.with("host_routes need a destination and a nexthop");
            }
        });
    }
}
