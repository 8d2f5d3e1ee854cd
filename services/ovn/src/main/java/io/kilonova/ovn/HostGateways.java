package io.kilonova.ovn;

import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The gateway addresses that this host has on its external bridges. Looking costs no other program where nothing is missing. */
final class HostGateways {
    private final Map<String, String> bridges;
    private final Set<String> gatewayOf;
    private final Optional<String> namespace;
    private final Map<String, Set<String>> present = new HashMap<>();

    HostGateways(Map<String, String> bridges, Set<String> gatewayOf, Optional<String> namespace) {
        this.bridges = bridges;
        this.gatewayOf = gatewayOf;
        this.namespace = namespace;
    }

    /** Gives the bridges these addresses and takes those away that were given before and are not wanted any more. */
    void ensure(Map<String, Set<String>> wanted) {
        for (String physical : gatewayOf) {
            String bridge = bridges.get(physical);
            if (bridge == null) {
                continue;
            }
            ExternalBridge external = new ExternalBridge(bridge, namespace);
            Set<String> addresses = wanted.getOrDefault(physical, Set.of());
            present.getOrDefault(physical, Set.of()).stream()
                    .filter(address -> !addresses.contains(address))
                    .forEach(external::remove);
            addresses.stream()
                    .filter(address -> namespace.isPresent() || !has(bridge, address))
                    .forEach(external::ensure);
            present.put(physical, addresses);
        }
    }

    private static boolean has(String bridge, String addressAndPrefix) {
        try {
            NetworkInterface device = NetworkInterface.getByName(bridge);
            return device != null
                    && device.isUp()
                    && device.getInterfaceAddresses().stream()
                            .anyMatch(address -> addressAndPrefix.equals(text(address)));
        } catch (SocketException unknown) {
            return false;
        }
    }

    private static String text(InterfaceAddress address) {
        return address.getAddress().getHostAddress() + "/" + address.getNetworkPrefixLength();
    }
}
