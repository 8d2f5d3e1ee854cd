package io.kilonova.http;

/** One area of a service's API: its routes, a line each. */
@FunctionalInterface
public interface RouteTable {
    /** Declares every route of the area. */
    void declare(Routes routes);
}
