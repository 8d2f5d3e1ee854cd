package io.kilonova.servers;

import io.kilonova.scheduling.GroupPolicy;
import java.util.List;
import java.util.Optional;

/**
 * A server group as its owner made it.
 *
 * @param id UUID
 * @param projectId whose
 * @param userId who made it
 * @param name as its user calls it
 * @param policy how its members stand to each other
 * @param maximumPerHost how many members one host may have, where the owner said so (Compute API 2.64)
 * @param members the ids of its servers
 */
public record ServerGroupRow(
        String id,
        String projectId,
        String userId,
        String name,
        GroupPolicy policy,
        Optional<Integer> maximumPerHost,
        List<String> members) {}
