package io.kilonova.ovn;

import java.util.List;

/**
 * What a network's metadata service needs on this host.
 *
 * @param networkId the network's id
 * @param portId the {@link LogicalSwitchPort#localport} of that network
 * @param mac that port's hardware address
 * @param addresses that port's fixed addresses with their subnets' prefix length, such as {@code 10.0.0.2/24}
 */
public record MetadataPort(String networkId, String portId, String mac, List<String> addresses) {
    /** Checks the values; {@link OvnError#VALUE_INVALID}. */
    public MetadataPort {
        Notation.identifier("The network's id", networkId);
        Notation.identifier("The port's id", portId);
        mac = Notation.hardwareAddress(mac);
        addresses = addresses.stream().map(Notation::network).toList();
    }
}
