package io.kilonova.metadata;

import io.kilonova.networks.ServerCard;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code network_data.json}: the guest's links, what addresses they have or how they come by them, and name servers. As
 * in Nova, of each card the first IPv4 and the first IPv6 address.
 */
final class NetworkDocument {
    private final ArrayNode links = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode networks = JsonNodeFactory.instance.arrayNode();
    private final Set<String> nameServers = new LinkedHashSet<>();

    private NetworkDocument() {}

    static ObjectNode of(List<ServerCard> cards) {
        NetworkDocument document = new NetworkDocument();
        cards.stream().filter(card -> !card.fixedAddresses().isEmpty()).forEach(document::add);
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.set("links", document.links);
        root.set("networks", document.networks);
        root.set("services", services(document.nameServers));
        return root;
    }

    private void add(ServerCard card) {
        links.addObject()
                .put("id", card.tapName())
                .put("vif_id", card.portId())
                .put("type", "ovs")
                .put("mtu", card.maximumTransmissionUnit())
                .put("ethernet_mac_address", card.macAddress());
        first(card, 4).ifPresent(address -> add(card, address));
        first(card, 6).ifPresent(address -> add(card, address));
    }

    private void add(ServerCard card, ServerCard.FixedAddress address) {
        nameServers.addAll(address.nameServers());
        String id = "network%d".formatted(networks.size());
        ObjectNode network = networks.addObject()
                .put("id", id)
                .put("type", type(address))
                .put("link", card.tapName())
                .put("network_id", card.networkId());
        if (address.version() == 4 && address.dynamic()) {
            return;
        }
        network.put("ip_address", address.address())
                .put("netmask", netmask(prefixLength(address.cidr()), address.version()));
        ArrayNode routes = network.putArray("routes");
        String everywhere = address.version() == 4 ? "0.0.0.0" : "::";
        address.gateway().ifPresent(gateway -> route(routes, everywhere, everywhere, gateway));
        address.routes()
                .forEach(route -> route(
                        routes,
                        route.destination().split("/", 2)[0],
                        netmask(
                                prefixLength(route.destination()),
                                route.destination().indexOf(':') < 0 ? 4 : 6),
                        route.gateway()));
        network.set("services", services(address.nameServers()));
    }

    /** An IPv6 address without a mode is announced by nobody here, so the guest has to be told it. */
    private static String type(ServerCard.FixedAddress address) {
        if (address.version() == 4) {
            return address.dynamic() ? "ipv4_dhcp" : "ipv4";
        }
        return address.version6Mode().map(mode -> "ipv6_" + mode).orElse("ipv6");
    }

    private static Optional<ServerCard.FixedAddress> first(ServerCard card, int version) {
        return card.fixedAddresses().stream()
                .filter(address -> address.version() == version)
                .findFirst();
    }

    private static void route(ArrayNode routes, String network, String netmask, String gateway) {
        routes.addObject().put("network", network).put("netmask", netmask).put("gateway", gateway);
    }

    private static ArrayNode services(Iterable<String> nameServers) {
        ArrayNode services = JsonNodeFactory.instance.arrayNode();
        nameServers.forEach(address -> services.addObject().put("type", "dns").put("address", address));
        return services;
    }

    private static int prefixLength(String cidr) {
        int slash = cidr.indexOf('/');
        if (slash >= 0) {
            return Integer.parseInt(cidr.substring(slash + 1));
        }
        return cidr.indexOf(':') < 0 ? 32 : 128;
    }

    /** The mask as an address, such as {@code 255.255.255.0} or {@code ffff:ffff:ffff:ffff::}. */
    static String netmask(int prefixLength, int version) {
        byte[] mask = new byte[version == 4 ? 4 : 16];
        for (int bit = 0; bit < Math.min(prefixLength, mask.length * 8); bit++) {
            mask[bit / 8] = (byte) (mask[bit / 8] | 0x80 >> bit % 8);
        }
        if (version == 4) {
            try {
                return InetAddress.getByAddress(mask).getHostAddress();
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        StringBuilder text = new StringBuilder();
        for (int group = 0; group < 8; group++) {
            int value = (mask[2 * group] & 0xff) << 8 | mask[2 * group + 1] & 0xff;
            if (value == 0) {
                // What is zero comes last, so that one abbreviation holds all of it.
                return text.append(group == 0 ? "::" : ":").toString();
            }
            text.append(Integer.toHexString(value)).append(group == 7 ? "" : ":");
        }
        return text.toString();
    }
}
