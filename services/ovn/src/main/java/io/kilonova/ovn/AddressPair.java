package io.kilonova.ovn;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A hardware address with the addresses or networks that may be used with it.
 *
 * @param networks addresses such as {@code 10.0.0.5} or networks such as {@code 10.0.0.0/24}; none: any
 */
public record AddressPair(String mac, List<String> networks) {
    /** Checks the addresses; {@link OvnError#VALUE_INVALID}. */
    public AddressPair {
        mac = Notation.hardwareAddress(mac);
        networks = networks.stream().map(Notation::network).toList();
    }

    /** The pair as OVN writes it: hardware address, then the networks. */
    String text() {
        return Stream.concat(Stream.of(mac), networks.stream()).collect(Collectors.joining(" "));
    }
}
