package io.kilonova.placement;

import static io.kilonova.placement.PlacementTables.CONSUMERS;
import static io.kilonova.placement.PlacementTables.CONSUMER_TYPE;
import static io.kilonova.placement.PlacementTables.CREATED_AT;
import static io.kilonova.placement.PlacementTables.GENERATION;
import static io.kilonova.placement.PlacementTables.PROJECT_ID;
import static io.kilonova.placement.PlacementTables.UPDATED_AT;
import static io.kilonova.placement.PlacementTables.USER_ID;
import static io.kilonova.placement.PlacementTables.UUID;

import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.RowLock;
import io.kilonova.storage.Transaction;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Record5;
import org.jooq.SelectConditionStep;
import org.jooq.impl.DSL;

/** The rows of consumers: there exactly as long as they have allocations. */
final class Consumers {
    private static final Set<String> OWNED_TYPES = Set.of(Consumer.INSTANCE, Consumer.MIGRATION);

    private static final FixedStatement FIND = FixedStatement.of(Consumers::select);
    private static final FixedStatement LOCK = FixedStatement.of(sql -> RowLock.of(sql, select(sql)));
    private static final FixedStatement INSERT = FixedStatement.of(sql -> sql.insertInto(CONSUMERS)
            .columns(UUID, PROJECT_ID, USER_ID, CONSUMER_TYPE, GENERATION, CREATED_AT, UPDATED_AT)
            .values("", "", "", "", 0L, 0L, 0L)
            .onConflictDoNothing());
    private static final FixedStatement CHANGE = FixedStatement.of(sql -> sql.update(CONSUMERS)
            .set(PROJECT_ID, "")
            .set(USER_ID, "")
            .set(CONSUMER_TYPE, "")
            .set(GENERATION, GENERATION.plus(DSL.inline(1)))
            .set(UPDATED_AT, 0L)
            .where(UUID.eq("")));
    private static final FixedStatement REMOVE =
            FixedStatement.of(sql -> sql.deleteFrom(CONSUMERS).where(UUID.eq("")));

    private final ConsumerOwners owners;
    private final Clock clock;

    Consumers(ConsumerOwners owners, Clock clock) {
        this.owners = owners;
        this.clock = clock;
    }

    Optional<Consumer> find(DSLContext sql, String consumerUuid) {
        return FIND.fetchOptional(sql, consumerUuid).map(Consumers::read);
    }

    /** Finds a consumer and keeps others from changing it until the transaction ends. */
    static FixedStatement.Asked locked(String consumerUuid) {
        return LOCK.with(consumerUuid);
    }

    static void checkExpected(Claim claim, Optional<Consumer> before) {
        switch (claim.expectedConsumer()) {
            case Claim.ExpectedConsumer.Any any -> {}
            case Claim.ExpectedConsumer.Absent absent -> {
                if (before.isPresent()) {
                    throw PlacementError.CONSUMER_CHANGED.with(before.get().generation(), "null");
                }
            }
            case Claim.ExpectedConsumer.At at -> {
                if (before.isEmpty() || before.get().generation() != at.generation()) {
                    throw PlacementError.CONSUMER_CHANGED.with(
                            before.map(consumer -> String.valueOf(consumer.generation()))
                                    .orElse("null"),
                            at.generation());
                }
            }
        }
    }

    void checkOwner(Transaction transaction, Claim claim) {
        String type = claim.type().orElse("");
        if (OWNED_TYPES.contains(type) && !owners.exists(transaction, type, claim.consumerUuid())) {
            throw PlacementError.CONSUMER_UNKNOWN.with(claim.consumerUuid());
        }
    }

    /** Writes a consumer down, which must not have changed since it was looked at. */
    Demand put(Claim claim, Optional<Consumer> before) {
        String id = claim.consumerUuid();
        String type = claim.type().orElse(null);
        long now = clock.millis();
        return new Demand(
                before.isEmpty()
                        ? INSERT.with(id, claim.projectId(), claim.userId(), type, 1L, now, now)
                        : CHANGE.with(claim.projectId(), claim.userId(), type, now, id),
                () -> PlacementError.CONSUMER_CHANGED.with("null", "another that was written meanwhile"));
    }

    void remove(DSLContext sql, String consumerUuid) {
        REMOVE.executeLater(sql, consumerUuid);
    }

    private static SelectConditionStep<Record5<String, String, String, String, Long>> select(DSLContext sql) {
        return sql.select(UUID, PROJECT_ID, USER_ID, CONSUMER_TYPE, GENERATION)
                .from(CONSUMERS)
                .where(UUID.eq(""));
    }

    static Consumer read(Record row) {
        return new Consumer(
                row.get(UUID),
                row.get(PROJECT_ID),
                row.get(USER_ID),
                Optional.ofNullable(row.get(CONSUMER_TYPE)),
                row.get(GENERATION));
    }
}
