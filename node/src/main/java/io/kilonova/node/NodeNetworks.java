package io.kilonova.node;

import io.kilonova.ovn.MetadataPort;
import java.util.Map;
import java.util.Optional;

/**
 * What a node has to do for networks.
 *
 * @param southbound where OVN's southbound database is, in the daemons' notation; empty while none is filled yet
 * @param metadata the networks whose guests there ask for metadata, by the network's id
 */
public record NodeNetworks(Optional<String> southbound, Map<String, MetadataPort> metadata) {
    /** Keeps its own copy. */
    public NodeNetworks {
        metadata = Map.copyOf(metadata);
    }
}
