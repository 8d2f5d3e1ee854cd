package io.kilonova.networks;

import io.kilonova.networks.IpAddresses.Address;
import io.kilonova.networks.IpAddresses.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Chooses the addresses of ports: those that are asked for, or one free address of each IP version. On subnets of
 * automatic addresses ({@code slaac}, {@code dhcpv6-stateless}) it is the one that a guest makes of its card's MAC address,
 * and each such subnet gives one (Networking API v2.0, {@code ipv6_address_mode}).
 */
final class PortAddresses {
    /** As long as the prefix has to be, for the rest is made of the MAC address. */
    static final int AUTOMATIC_PREFIX_LENGTH = 64;

    private static final Set<String> AUTOMATIC_MODES = Set.of("slaac", "dhcpv6-stateless");

    /** What the owner of a port begins with. */
    private static final List<String> OWNERS = List.of("network:", "compute:", "baremetal:");

    private final ResourceStore resources;
    private final AddressStore addresses;

    PortAddresses(ResourceStore resources, AddressStore addresses) {
        this.resources = resources;
        this.addresses = addresses;
    }

    /** Whether guests of a subnet make their addresses themselves. */
    static boolean isAutomatic(Resource subnet) {
        return AUTOMATIC_MODES.contains(subnet.text("ipv6_address_mode"))
                || AUTOMATIC_MODES.contains(subnet.text("ipv6_ra_mode"));
    }

    /** Routers have the addresses that they are given, and the cloud's own ports need none that a guest would make. */
    static boolean makesItsOwn(JsonNode port) {
        return !port.path("device_owner").asString("").startsWith("network:");
    }

    /** A subnet of service types is chosen for ports of such owners alone; one without for all. */
    private static boolean isFor(Resource subnet, JsonNode port) {
        List<String> types = subnet.texts("service_types");
        return types.isEmpty() || types.contains(port.path("device_owner").asString(""));
    }

    /** Checks that owners of ports can be of a subnet's service types. */
    static void requireServiceTypes(JsonNode subnet) {
        for (JsonNode type : subnet.path("service_types")) {
            if (OWNERS.stream().noneMatch(type.asString("")::startsWith)) {
                throw NetworkError.INVALID_INPUT.with(
                        "Subnet service type %s does not correspond to a valid device owner"
                                .formatted(type.asString("")));
            }
        }
    }

    /** Takes the addresses that a port's document asks for in {@code fixed_ips}, and writes there what was taken. */
    void choose(Edit edit, Resource network, String portId, ObjectNode port) {
        List<Resource> subnets = resources.keepAllOf(edit.transaction(), Kind.SUBNET, network.id());
        JsonNode asked = port.path("fixed_ips");
        ArrayNode chosen = JsonNodeFactory.instance.arrayNode();
        if (asked.isArray()) {
            for (JsonNode fixed : asked) {
                if (!fixed.isObject() || !(fixed.has("subnet_id") || fixed.has("ip_address"))) {
                    throw NetworkError.INVALID_INPUT.with("fixed_ips need a subnet_id or an ip_address");
                }
            }
            for (JsonNode fixed : asked) {
                chosen.add(one(edit, network, subnets, portId, port, fixed));
            }
        } else {
            for (int version : new int[] {4, 6}) {
                List<Resource> ofVersion = subnets.stream()
                        .filter(subnet -> subnet.get("ip_version").asInt() == version && !isAutomatic(subnet))
                        .filter(subnet -> isFor(subnet, port))
                        .toList();
                if (!ofVersion.isEmpty()) {
                    chosen.add(firstFree(edit, network, ofVersion, portId));
                }
            }
            if (makesItsOwn(port)) {
                subnets.stream()
                        .filter(PortAddresses::isAutomatic)
                        .forEach(subnet -> chosen.add(automatic(edit, subnet, portId, port)));
            }
        }
        port.set("fixed_ips", chosen);
    }

    /** Takes, for a port whose MAC address is another now, the addresses that its guest makes of that. */
    void followMac(Edit edit, Resource network, String portId, ObjectNode port) {
        ArrayNode chosen = JsonNodeFactory.instance.arrayNode();
        for (JsonNode fixed : port.path("fixed_ips")) {
            Optional<Resource> subnet = resources.of(edit.sql(), Kind.SUBNET, network.id()).stream()
                    .filter(candidate ->
                            candidate.id().equals(fixed.path("subnet_id").asString("")))
                    .filter(candidate -> isAutomatic(candidate) && makesItsOwn(port))
                    .findFirst();
            if (subnet.isPresent()) {
                addresses.release(
                        edit.transaction(), portId, fixed.path("ip_address").asString());
                chosen.add(automatic(edit, subnet.get(), portId, port));
            } else {
                chosen.add(fixed);
            }
        }
        port.set("fixed_ips", chosen);
    }

    private ObjectNode one(
            Edit edit, Resource network, List<Resource> subnets, String portId, ObjectNode port, JsonNode fixed) {
        String subnetId = fixed.path("subnet_id").asString("");
        Optional<Address> address = IpAddresses.parse(fixed.path("ip_address").asString(""));
        if (fixed.has("ip_address") && address.isEmpty()) {
            throw NetworkError.INVALID_IP_FOR_SUBNET.with(
                    fixed.path("ip_address").asString(""));
        }
        List<Resource> fitting = new ArrayList<>(subnets);
        fitting.removeIf(subnet -> !subnetId.isEmpty() && !subnet.id().equals(subnetId));
        if (!subnetId.isEmpty() && fitting.isEmpty()) {
            throw NetworkError.INVALID_INPUT.with(
                    "Failed to create port on network %s, because fixed_ips included invalid subnet %s"
                            .formatted(network.id(), subnetId));
        }
        if (address.isEmpty()) {
            Resource subnet = fitting.getFirst();
            return isAutomatic(subnet) && makesItsOwn(port)
                    ? automatic(edit, subnet, portId, port)
                    : firstFree(edit, network, fitting, portId);
        }
        Resource subnet = fitting.stream()
                .filter(candidate -> cidr(candidate).contains(address.get()))
                .findFirst()
                .orElseThrow(() -> NetworkError.INVALID_IP_FOR_SUBNET.with(address.get()));
        if (!cidr(subnet).isForHosts(address.get())) {
            throw NetworkError.INVALID_IP_FOR_SUBNET.with(address.get());
        }
        if (isAutomatic(subnet) && makesItsOwn(port) && !address.get().equals(ofCard(subnet, port))) {
            throw NetworkError.INVALID_INPUT.with(
                    "IPv6 address %s can not be directly assigned to a port on subnet %s as the subnet is configured for automatic addresses"
                            .formatted(address.get(), subnet.id()));
        }
        return take(edit, subnet, portId, address.get());
    }

    /** Takes the address that a port's guest makes for itself on a subnet. */
    ObjectNode automatic(Edit edit, Resource subnet, String portId, JsonNode port) {
        return take(edit, subnet, portId, ofCard(subnet, port));
    }

    private static Address ofCard(Resource subnet, JsonNode port) {
        return cidr(subnet).ofCard(port.path("mac_address").asString());
    }

    private static Cidr cidr(Resource subnet) {
        return IpAddresses.cidr(subnet.text("cidr")).orElseThrow();
    }

    private ObjectNode take(Edit edit, Resource subnet, String portId, Address address) {
        if (!addresses.take(edit.transaction(), subnet, address.toString(), portId)) {
            throw NetworkError.IP_ADDRESS_ALREADY_ALLOCATED.with(address, subnet.id());
        }
        return fixed(subnet, address.toString());
    }

    /** Takes the lowest free address of the first subnet that has one. */
    ObjectNode firstFree(Edit edit, Resource network, List<Resource> subnets, String portId) {
        for (Resource subnet : subnets) {
            Optional<String> free = addresses.takeFree(edit.transaction(), subnet, portId);
            if (free.isPresent()) {
                return fixed(subnet, free.get());
            }
        }
        throw NetworkError.IP_ADDRESS_GENERATION_FAILURE.with(network.id());
    }

    private static ObjectNode fixed(Resource subnet, String address) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("subnet_id", subnet.id())
                .put("ip_address", address);
    }
}
