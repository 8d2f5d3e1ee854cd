package io.kilonova.ovn;

import java.util.Optional;

/**
 * A network: what is sent into one of its ports can reach the others.
 *
 * @param id the network's id
 * @param label what people call it; shown by {@code ovn-nbctl}, no meaning otherwise
 * @param localnet the physical network that it is joined with, for provider and external networks
 */
public record LogicalSwitch(String id, String label, Optional<Localnet> localnet) {
    /**
     * A physical network, as the bridge mappings of the chassis name it.
     *
     * @param vlan the VLAN on that network, 1 to 4094, or none: untagged
     */
    public record Localnet(String physicalNetwork, Optional<Integer> vlan) {
        /** Checks name and VLAN; {@link OvnError#VALUE_INVALID}. */
        public Localnet {
            Notation.identifier("The physical network", physicalNetwork);
            if (vlan.isPresent() && (vlan.get() < 1 || vlan.get() > 4094)) {
                throw OvnError.VALUE_INVALID.with("The VLAN", vlan.get());
            }
        }
    }

    /** Checks the id; {@link OvnError#VALUE_INVALID}. */
    public LogicalSwitch {
        Notation.identifier("The network's id", id);
    }

    /** A network of guests only. */
    public static LogicalSwitch isolated(String id) {
        return new LogicalSwitch(id, "", Optional.empty());
    }

    /** A network that is joined, untagged, with a physical one. */
    public static LogicalSwitch provider(String id, String physicalNetwork) {
        return new LogicalSwitch(id, "", Optional.of(new Localnet(physicalNetwork, Optional.empty())));
    }
}
