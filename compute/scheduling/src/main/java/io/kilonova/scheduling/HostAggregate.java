package io.kilonova.scheduling;

import java.util.Map;

/**
 * A group of hosts that an operator made, with what it says of them.
 *
 * @param id the aggregate's UUID
 * @param name its name
 * @param metadata keys and values, {@code availability_zone} among them
 */
public record HostAggregate(String id, String name, Map<String, String> metadata) {
    /** Keeps a copy. */
    public HostAggregate {
        metadata = Map.copyOf(metadata);
    }
}
