package io.kilonova.placement;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that has resources to give: a compute host, or a part of one.
 *
 * @param uuid its id
 * @param name unique, for a host the hypervisor's name
 * @param generation grows with each change of its inventories, traits, aggregates or allocations
 * @param rootUuid the root of its tree, itself when it stands alone
 * @param parentUuid the provider that it is a part of
 * @param updatedAt when it last changed
 */
public record ResourceProvider(
        String uuid, String name, long generation, String rootUuid, Optional<String> parentUuid, Instant updatedAt) {}
