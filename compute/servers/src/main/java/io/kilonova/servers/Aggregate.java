package io.kilonova.servers;

import io.kilonova.scheduling.HostAggregate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A group of hosts that an operator made.
 *
 * @param id counts up from 1; what the API calls it by
 * @param uuid the same for placement
 * @param name unique
 * @param metadata keys and values, {@code availability_zone} among them
 * @param hosts the names of its hosts
 * @param createdAt when it was made
 * @param updatedAt when its name or metadata was changed last
 */
public record Aggregate(
        long id,
        String uuid,
        String name,
        Map<String, String> metadata,
        List<String> hosts,
        Instant createdAt,
        Optional<Instant> updatedAt) {
    /** The key of the metadata that makes the hosts a zone. */
    public static final String ZONE = "availability_zone";

    /** The zone of its hosts, if it makes one. */
    public Optional<String> zone() {
        return Optional.ofNullable(metadata.get(ZONE));
    }

    /** As the scheduler knows it. */
    HostAggregate forScheduler() {
        return new HostAggregate(uuid, name, metadata);
    }
}
