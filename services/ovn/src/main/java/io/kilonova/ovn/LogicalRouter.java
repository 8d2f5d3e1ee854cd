package io.kilonova.ovn;

import java.util.List;

/**
 * A router with all that belongs to it.
 *
 * @param id the router's id
 * @param label what people call it; no meaning otherwise
 * @param enabled whether it passes traffic
 */
public record LogicalRouter(
        String id,
        String label,
        boolean enabled,
        List<RouterPort> ports,
        List<NatRule> translations,
        List<StaticRoute> routes) {
    /** Checks the id; {@link OvnError#VALUE_INVALID}. */
    public LogicalRouter {
        Notation.identifier("The router's id", id);
        ports = List.copyOf(ports);
        translations = List.copyOf(translations);
        routes = List.copyOf(routes);
    }
}
