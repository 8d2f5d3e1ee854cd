package io.kilonova.networks;

import java.util.List;
import java.util.Optional;

/**
 * A server's network card.
 *
 * @param portId the port
 * @param networkId its network
 * @param networkLabel the network's name, under which the Compute API lists the addresses
 * @param macAddress lower case, colons
 * @param fixedAddresses in the port's order
 * @param maximumTransmissionUnit bytes
 * @param tapName the device on the host, at most 15 characters
 * @param securityGroups names of the port's security groups
 * @param tag the device's tag
 * @param madeByCompute whether the port goes when the server goes
 * @param active whether the port is up
 */
public record ServerCard(
        String portId,
        String networkId,
        String networkLabel,
        String macAddress,
        List<FixedAddress> fixedAddresses,
        int maximumTransmissionUnit,
        String tapName,
        List<String> securityGroups,
        Optional<String> tag,
        boolean madeByCompute,
        boolean active) {
    /**
     * An address of a card.
     *
     * @param address IPv4 or IPv6
     * @param subnetId its subnet
     * @param cidr of the subnet
     * @param gateway of the subnet
     * @param nameServers of the subnet
     * @param floatingAddresses that lead to it
     * @param dynamic whether the subnet hands it out by DHCP
     * @param version6Mode how an IPv6 guest comes by it: {@code slaac}, {@code dhcpv6-stateful} or
     *     {@code dhcpv6-stateless}
     * @param routes of the subnet, besides the one to its gateway
     */
    public record FixedAddress(
            String address,
            String subnetId,
            String cidr,
            Optional<String> gateway,
            List<String> nameServers,
            List<String> floatingAddresses,
            boolean dynamic,
            Optional<String> version6Mode,
            List<Route> routes) {
        /** 4 or 6. */
        public int version() {
            return address.indexOf(':') >= 0 ? 6 : 4;
        }
    }

    /**
     * A route of a subnet.
     *
     * @param destination in CIDR notation
     * @param gateway the next hop
     */
    public record Route(String destination, String gateway) {}
}
