package io.kilonova.networks;

import io.kilonova.access.Visibility;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import tools.jackson.databind.JsonNode;

/** The ports of a server as compute sees them. */
final class ServerCards {
    private static final int TAP_ID_CHARACTERS = 11;
    /** The cloud's own note of the server that compute connected a port to. A tenant cannot write it. */
    static final String SERVER = "kilonova:server";

    private final ResourceStore resources;

    ServerCards(ResourceStore resources) {
        this.resources = resources;
    }

    /** The server that a port serves. */
    static Optional<String> serverOf(Resource port) {
        return port.maybe(SERVER).filter(server -> server.equals(port.text("device_id")));
    }

    /** The device on the host that a port is connected by. */
    static String tapName(String portId) {
        return "tap" + portId.substring(0, TAP_ID_CHARACTERS);
    }

    /** The cards of a server, in the order in which they were asked for. */
    List<ServerCard> of(DSLContext sql, String serverId) {
        return ports(sql, serverId).stream().map(port -> card(sql, port)).toList();
    }

    /** The ports that compute connected to a server, in their order; never one that only claims to be. */
    List<Resource> ports(DSLContext sql, String serverId) {
        return resources.serving(sql, Kind.PORT, serverId).stream()
                .filter(port -> serverOf(port).equals(Optional.of(serverId)))
                .sorted((one, other) -> Integer.compare(place(one), place(other)))
                .toList();
    }

    /** The place of a port among its server's, from 0. */
    static int place(Resource port) {
        return port.get("kilonova:place").asInt(Integer.MAX_VALUE);
    }

    /** One card. */
    ServerCard card(DSLContext sql, Resource port) {
        Resource network = resources.get(sql, Kind.NETWORK, port.text("network_id"));
        List<Resource> floating = resources.serving(sql, Kind.FLOATING_IP, port.id());
        Map<String, Resource> subnets = resources.of(sql, Kind.SUBNET, network.id()).stream()
                .collect(Collectors.toMap(Resource::id, subnet -> subnet));
        List<ServerCard.FixedAddress> fixed = new ArrayList<>();
        for (JsonNode node : port.get("fixed_ips")) {
            String address = node.path("ip_address").asString();
            String subnetId = node.path("subnet_id").asString();
            Optional<Resource> subnet = Optional.ofNullable(subnets.get(subnetId));
            fixed.add(new ServerCard.FixedAddress(
                    address,
                    subnetId,
                    subnet.map(known -> known.text("cidr")).orElse(""),
                    subnet.flatMap(known -> known.maybe("gateway_ip")),
                    subnet.map(known -> known.texts("dns_nameservers")).orElse(List.of()),
                    floating.stream()
                            .filter(candidate ->
                                    candidate.text("fixed_ip_address").equals(address))
                            .map(candidate -> candidate.text("floating_ip_address"))
                            .toList(),
                    subnet.map(known -> known.is("enable_dhcp")).orElse(false),
                    subnet.flatMap(known -> known.maybe("ipv6_address_mode")),
                    subnet.map(ServerCards::routes).orElse(List.of())));
        }
        List<String> groups = port.texts("security_groups").stream()
                .flatMap(id -> resources.find(sql, Kind.SECURITY_GROUP, Visibility.everything(), id).stream())
                .map(group -> group.text("name"))
                .toList();
        return new ServerCard(
                port.id(),
                network.id(),
                network.text("name"),
                port.text("mac_address"),
                fixed,
                network.get("mtu").asInt(),
                tapName(port.id()),
                groups,
                port.maybe("kilonova:tag"),
                port.is("kilonova:made_by_compute"),
                port.text("status").equals("ACTIVE"));
    }

    private static List<ServerCard.Route> routes(Resource subnet) {
        List<ServerCard.Route> routes = new ArrayList<>();
        subnet.get("host_routes")
                .forEach(route -> routes.add(new ServerCard.Route(
                        route.path("destination").asString(),
                        route.path("nexthop").asString())));
        return routes;
    }
}
