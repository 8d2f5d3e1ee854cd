package io.kilonova.ovn;

import java.util.Optional;

/**
 * A route of a router.
 *
 * @param network where to
 * @param nextHop through whom
 * @param outputPortId the router's port, where the next hop alone does not say it
 */
public record StaticRoute(String network, String nextHop, Optional<String> outputPortId) {
    /** Checks the values; {@link OvnError#VALUE_INVALID}. */
    public StaticRoute {
        Notation.network(network);
        Notation.address(nextHop);
        outputPortId.ifPresent(port -> Notation.identifier("The port's id", port));
    }

    /** Everything that has no other route. */
    public static StaticRoute defaultThrough(String nextHop) {
        return new StaticRoute(Notation.isAddress6(nextHop) ? "::/0" : "0.0.0.0/0", nextHop, Optional.empty());
    }
}
