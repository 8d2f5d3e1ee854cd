package io.kilonova.placement;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All that a consumer is to have from now on; what it had before and is not named here is given back.
 *
 * @param consumerUuid the server's or migration's id
 * @param projectId the owner's project
 * @param userId the owner
 * @param type for example {@link Consumer#INSTANCE}
 * @param allocations what it takes; empty to give all back
 * @param expectedGenerations provider UUID to the generation that the decision was made on; providers without an entry are
 *     checked for capacity only, which is enough against over-commitment
 * @param expectedConsumer what is expected of the consumer
 */
public record Claim(
        String consumerUuid,
        String projectId,
        String userId,
        Optional<String> type,
        List<Allocation> allocations,
        Map<String, Long> expectedGenerations,
        ExpectedConsumer expectedConsumer) {
    /** Keeps copies. */
    public Claim {
        allocations = List.copyOf(allocations);
        expectedGenerations = Map.copyOf(expectedGenerations);
    }

    /** The claim of a migration that takes over what its server has at the source. */
    public static Claim forMigration(String migrationId, String projectId, String userId) {
        return new Claim(
                migrationId,
                projectId,
                userId,
                Optional.of(Consumer.MIGRATION),
                List.of(),
                Map.of(),
                new ExpectedConsumer.Any());
    }

    /** A claim for a server that is checked for capacity only. */
    public static Claim forServer(String serverId, String projectId, String userId, List<Allocation> allocations) {
        return new Claim(
                serverId,
                projectId,
                userId,
                Optional.of(Consumer.INSTANCE),
                allocations,
                Map.of(),
                new ExpectedConsumer.Any());
    }

    /** The same, refused when a provider changed since the decision. */
    public Claim expecting(Map<String, Long> generations) {
        return new Claim(consumerUuid, projectId, userId, type, allocations, generations, expectedConsumer);
    }

    /** What is expected of a consumer before a claim (Placement API 1.28). */
    public sealed interface ExpectedConsumer {
        /** Anything: whoever claims inside a transaction of its own knows. */
        record Any() implements ExpectedConsumer {}

        /** That it has no allocations yet. */
        record Absent() implements ExpectedConsumer {}

        /** That it stands at a generation. */
        record At(long generation) implements ExpectedConsumer {}

        /** What the API's {@code consumer_generation} says: a number, or null for a new consumer. */
        static ExpectedConsumer of(OptionalLong generation) {
            return generation.isPresent() ? new At(generation.getAsLong()) : new Absent();
        }
    }
}
