package io.kilonova.ovn;

import java.util.Map;
import java.util.Set;

/**
 * What one host does for networks beside carrying its guests' traffic. Always the whole of it: what is not in it any more
 * ends.
 *
 * @param metadata the networks whose guests on this host ask for metadata, by the network's id
 * @param gateways by physical network the gateway addresses with prefix length of the external networks on it, such as
 *     {@code 172.24.4.1/24}
 */
public record HostDuties(Map<String, MetadataPort> metadata, Map<String, Set<String>> gateways) {
    /** Nothing. */
    public static final HostDuties NONE = new HostDuties(Map.of(), Map.of());

    /** Keeps its own copies. */
    public HostDuties {
        metadata = Map.copyOf(metadata);
        gateways = Map.copyOf(gateways);
    }
}
