package io.kilonova.ovn;

import java.util.List;
import java.util.Optional;

/**
 * A router's port on a network; the network's end of it is made with it.
 *
 * @param id the port's id
 * @param switchId the network
 * @param mac its hardware address
 * @param networks its addresses with the subnet's prefix length, such as {@code 10.0.0.1/24}
 * @param mtu bytes above which the router answers that fragmentation is needed, if that is to be watched
 * @param gateways the chassis that it may be on, for the port to an external network; none for any other
 * @param advertisement what is told to IPv6 guests of that network
 */
public record RouterPort(
        String id,
        String switchId,
        String mac,
        List<String> networks,
        Optional<Integer> mtu,
        List<GatewayChassis> gateways,
        Optional<RouterAdvertisement> advertisement) {
    /**
     * A chassis that a gateway may be on.
     *
     * @param chassis its system id
     * @param priority 0 to 32767; the highest of those that live has it
     */
    public record GatewayChassis(String chassis, int priority) {
        /** Checks both; {@link OvnError#VALUE_INVALID}. */
        public GatewayChassis {
            Notation.host(chassis);
            if (priority < 0 || priority > 32_767) {
                throw OvnError.VALUE_INVALID.with("The priority of a gateway chassis", priority);
            }
        }
    }

    /** How IPv6 guests get their addresses, and the MTU in bytes that they are told. */
    public record RouterAdvertisement(AddressMode mode, int mtu) {}

    /** How IPv6 guests get their addresses. */
    public enum AddressMode {
        /** They make them up themselves. */
        SLAAC("slaac"),
        /** From DHCPv6. */
        DHCPV6_STATEFUL("dhcpv6_stateful"),
        /** They make them up, and get options from DHCPv6. */
        DHCPV6_STATELESS("dhcpv6_stateless");

        private final String text;

        AddressMode(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** Checks the values; {@link OvnError#VALUE_INVALID}. */
    public RouterPort {
        Notation.identifier("The port's id", id);
        Notation.identifier("The network's id", switchId);
        mac = Notation.hardwareAddress(mac);
        networks = networks.stream().map(Notation::network).toList();
        if (networks.isEmpty()) {
            throw OvnError.VALUE_INVALID.with("A router's port without addresses", id);
        }
        gateways = List.copyOf(gateways);
    }

    /** A port on a network of guests. */
    public static RouterPort inner(String id, String switchId, String mac, List<String> networks) {
        return new RouterPort(id, switchId, mac, networks, Optional.empty(), List.of(), Optional.empty());
    }

    /** The port to an external network, on one of these chassis. */
    public static RouterPort gateway(
            String id, String switchId, String mac, List<String> networks, List<GatewayChassis> gateways) {
        return new RouterPort(id, switchId, mac, networks, Optional.empty(), gateways, Optional.empty());
    }
}
