package io.kilonova.ovn;

import java.util.List;

/**
 * What a reconciliation did.
 *
 * @param repaired how many networks, groups, ports, routers and so on were missing or differed
 * @param removed how many rows, and memberships of ports in groups, nobody wanted
 * @param failures what could not be repaired, a sentence each
 */
public record Reconciliation(int repaired, int removed, List<String> failures) {
    /** Keeps its own copy. */
    public Reconciliation {
        failures = List.copyOf(failures);
    }
}
