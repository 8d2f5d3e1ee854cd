package io.kilonova.placement;

import java.util.Optional;

/**
 * Whoever has taken resources: a server, or a migration that keeps them for one.
 *
 * @param uuid the server's or migration's id
 * @param projectId the owner's project
 * @param userId the owner
 * @param type for example {@code INSTANCE} (Placement API 1.38); empty when an old client did not say
 * @param generation grows with each change of its allocations
 */
public record Consumer(String uuid, String projectId, String userId, Optional<String> type, long generation) {
    /** The type of servers. */
    public static final String INSTANCE = "INSTANCE";

    /** The type of migrations, which hold what a moving server has at its source. */
    public static final String MIGRATION = "MIGRATION";
}
