package io.kilonova.ovn;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What OVN itself answers to DHCP requests of the ports that refer to it. */
public sealed interface DhcpOptions {
    /** A route that a client is to have. */
    record Route(String network, String nextHop) {
        /** Checks both; {@link OvnError#VALUE_INVALID}. */
        public Route {
            Notation.network(network);
            Notation.address(nextHop);
        }
    }

    /**
     * Answers of DHCPv4.
     *
     * @param cidr the subnet
     * @param server the address and hardware address that answers come from
     * @param router the default gateway
     * @param routes further routes, such as that to 169.254.169.254. With any, the default route is sent as one of them
     *     too, because a client that gets routes must ignore the router option (RFC 3442).
     */
    record Version4(
            String id,
            String cidr,
            Server server,
            Optional<String> router,
            List<String> nameServers,
            List<Route> routes,
            int mtu,
            Duration lease)
            implements DhcpOptions {
        /** Checks the values; {@link OvnError#VALUE_INVALID}. */
        public Version4 {
            Notation.identifier("The id of DHCP options", id);
            Notation.network(cidr);
            router.ifPresent(Notation::address);
            nameServers = nameServers.stream().map(Notation::address).toList();
            routes = List.copyOf(routes);
            if (mtu < 68 || mtu > 65_535) {
                throw OvnError.VALUE_INVALID.with("The MTU", mtu);
            }
        }
    }

    /** The address and the hardware address of who answers. */
    record Server(String address, String mac) {
        /** Checks both; {@link OvnError#VALUE_INVALID}. */
        public Server {
            Notation.address(address);
            mac = Notation.hardwareAddress(mac);
        }
    }

    /**
     * Answers of DHCPv6.
     *
     * @param serverMac names the server
     * @param stateless only options, no addresses
     */
    record Version6(String id, String cidr, String serverMac, List<String> nameServers, boolean stateless)
            implements DhcpOptions {
        /** Checks the values; {@link OvnError#VALUE_INVALID}. */
        public Version6 {
            Notation.identifier("The id of DHCP options", id);
            Notation.network(cidr);
            serverMac = Notation.hardwareAddress(serverMac);
            nameServers = nameServers.stream().map(Notation::address).toList();
        }
    }

    /**
     * Answers to one port, which is told some things otherwise than all on its subnet.
     *
     * @param usual what all are told
     * @param own options by OVN's name, as it writes them (see {@code ovn-nb(5)})
     */
    record OfOnePort(String id, DhcpOptions usual, Map<String, String> own) implements DhcpOptions {
        /** Checks the id; {@link OvnError#VALUE_INVALID}. */
        public OfOnePort {
            Notation.identifier("The id of DHCP options", id);
            own = Map.copyOf(own);
        }

        @Override
        public String cidr() {
            return usual.cidr();
        }
    }

    /** The id that ports refer to. */
    String id();

    /** The subnet. */
    String cidr();

    /** The options as OVN names and writes them. */
    default Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        switch (this) {
            case Version4 version4 -> {
                options.put("server_id", version4.server().address());
                options.put("server_mac", version4.server().mac());
                options.put("lease_time", Long.toString(version4.lease().toSeconds()));
                options.put("mtu", Integer.toString(version4.mtu()));
                version4.router().ifPresent(router -> options.put("router", router));
                if (!version4.nameServers().isEmpty()) {
                    options.put("dns_server", "{" + String.join(", ", version4.nameServers()) + "}");
                }
                if (!version4.routes().isEmpty()) {
                    StringBuilder routes = new StringBuilder();
                    version4.routes()
                            .forEach(route -> routes.append(", ")
                                    .append(route.network())
                                    .append(',')
                                    .append(route.nextHop()));
                    version4.router()
                            .ifPresent(router -> routes.append(", 0.0.0.0/0,").append(router));
                    options.put("classless_static_route", "{" + routes.substring(2) + "}");
                }
            }
            case Version6 version6 -> {
                options.put("server_id", version6.serverMac());
                if (!version6.nameServers().isEmpty()) {
                    options.put("dns_server", "{" + String.join(", ", version6.nameServers()) + "}");
                }
                if (version6.stateless()) {
                    options.put("dhcpv6_stateless", "true");
                }
            }
            case OfOnePort port -> {
                options.putAll(port.usual().options());
                options.putAll(port.own());
            }
        }
        return options;
    }
}
