package io.kilonova.ovn;

import java.util.List;

/**
 * A security group: ports join it by naming it, see {@link LogicalSwitchPort#groups}.
 *
 * @param id the security group's id
 * @param rules what its ports may receive and send
 */
public record PortGroup(String id, List<AccessControl> rules) {
    /** Checks the id; {@link OvnError#VALUE_INVALID}. */
    public PortGroup {
        Notation.identifier("The security group's id", id);
        if (id.equals(OvnNames.DEFAULT_DENY)) {
            throw OvnError.VALUE_INVALID.with("The security group's id", id);
        }
        rules = List.copyOf(rules);
    }
}
