package io.kilonova.scheduling;

import java.util.Optional;
import java.util.Set;

/**
 * Where the caller wants a server, or not.
 *
 * @param zone the availability zone asked for
 * @param host the only host that may be chosen
 * @param hypervisorHostname the only hypervisor that may be chosen
 * @param forced whether filters, and that it is disabled, are passed over for that host ({@code force}, Compute API 2.29 to
 *     2.67); capacity is checked all the same
 * @param ignoredHosts hosts that may not be chosen: those tried before, or the source of a move
 */
public record Destination(
        Optional<String> zone,
        Optional<String> host,
        Optional<String> hypervisorHostname,
        boolean forced,
        Set<String> ignoredHosts) {
    /** Keeps a copy. */
    public Destination {
        ignoredHosts = Set.copyOf(ignoredHosts);
    }

    /** Anywhere. */
    public static Destination anywhere() {
        return new Destination(Optional.empty(), Optional.empty(), Optional.empty(), false, Set.of());
    }

    /** In a zone. */
    public static Destination inZone(String zone) {
        return new Destination(Optional.of(zone), Optional.empty(), Optional.empty(), false, Set.of());
    }

    /** On one host, with all filters. */
    public static Destination onHost(String host) {
        return new Destination(Optional.empty(), Optional.of(host), Optional.empty(), false, Set.of());
    }

    /** On one host, whatever filters say. */
    public static Destination forcedTo(String host) {
        return new Destination(Optional.empty(), Optional.of(host), Optional.empty(), true, Set.of());
    }

    /** The same without some hosts. */
    public Destination except(Set<String> hosts) {
        return new Destination(zone, host, hypervisorHostname, forced, hosts);
    }

    /** Whether one host is asked for. */
    public boolean named() {
        return host.isPresent() || hypervisorHostname.isPresent();
    }
}
