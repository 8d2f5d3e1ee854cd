package io.kilonova.servers;

import io.kilonova.spi.LiveMigrationProgress;
import java.time.Instant;
import java.util.Optional;

/**
 * A server's move from host to host. While it is {@link MigrationStatus#open()} it is the consumer of what the server took at
 * its source; the server itself is the consumer at its destination.
 *
 * @param id UUID
 * @param number counts up from 1; the id of the API
 * @param serverId the server
 * @param projectId of whoever asked
 * @param userId whoever asked
 * @param type in which way
 * @param status how far
 * @param before what the server was, and is again after a return
 * @param source where it was
 * @param destination where it goes, once that is decided
 * @param oldFlavor what it was sized by
 * @param newFlavor what it is sized by afterwards
 * @param held what the project's quota holds for it beside the server's own flavor
 * @param progress how far a live migration is, once that is known
 * @param createdAt when it was accepted
 * @param updatedAt when it changed last
 */
public record Migration(
        String id,
        long number,
        String serverId,
        String projectId,
        String userId,
        MigrationType type,
        MigrationStatus status,
        VmState before,
        String source,
        Optional<String> destination,
        Flavor oldFlavor,
        Flavor newFlavor,
        Quotas.Usage held,
        Optional<LiveMigrationProgress> progress,
        Instant createdAt,
        Instant updatedAt) {
    /** Whether a host is one of its two sides. A move that got no destination took nothing from anywhere. */
    boolean concerns(String host) {
        return destination
                .filter(goal -> goal.equals(host) || source.equals(host))
                .isPresent();
    }

    /** Whether this is an evacuation whose dead host {@code host} may still have the server's former guest. */
    boolean awaits(String host) {
        return status == MigrationStatus.DONE && source.equals(host);
    }

    /** Whether the guest that is found on {@code host} is what the move left behind there. */
    boolean leftBehindAt(String host) {
        return switch (status) {
            case CONFIRMED, COMPLETED, DONE -> source.equals(host);
            case REVERTED, FAILED, CANCELLED -> destination.filter(host::equals).isPresent();
            case QUEUED,
                    PREPARING,
                    RUNNING,
                    PRE_MIGRATING,
                    MIGRATING,
                    POST_MIGRATING,
                    FINISHED,
                    CONFIRMING,
                    REVERTING,
                    ERROR -> false;
        };
    }
}
