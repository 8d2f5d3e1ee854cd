package io.kilonova.ovn;

import java.util.Set;
import java.util.stream.Collectors;

/**
 * Addresses and networks that rules name together (Neutron's address group). All of one version of the Internet Protocol.
 *
 * @param id the set's id
 */
public record AddressSet(String id, Set<String> networks) {
    /** Checks the values; {@link OvnError#VALUE_INVALID}. */
    public AddressSet {
        Notation.identifier("The address group's id", id);
        networks = networks.stream().map(Notation::network).collect(Collectors.toUnmodifiableSet());
    }
}
