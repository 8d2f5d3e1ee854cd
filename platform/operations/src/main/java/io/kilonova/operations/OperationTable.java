package io.kilonova.operations;

import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.SelectConditionStep;
import org.jooq.impl.DSL;

/** The statements over operations. Fixed texts: one is run for each step, and building it anew would double its cost. */
final class OperationTable {
    /** From one owner to the next; between them lies the fence of what the first one undoes. */
    private static final int FENCE_STEP = 2;

    /** What is locked by name. */
    private static final int SUBJECTS = 7;

    private static final int SLOTS = 8;

    private static final FixedStatement INSERT = FixedStatement.of("INSERT INTO operations (" + OperationRow.COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    private static final String AS_IT_WAS = " WHERE id = ? AND owner = ? AND fence = ? AND phase = ? AND step = ?";
    private static final String UNLESS_CANCELLED = " AND cancel_reason = ''";
    private static final String ADVANCING =
            "UPDATE operations SET phase = ?, step = ?, state = ?, step_since = ?, slot = ?,"
                    + " failure = ?, compensation_failure = ?, takeovers = 0, resume_at = 0, progress = '', percent = 0"
                    + AS_IT_WAS;
    private static final FixedStatement ADVANCE = FixedStatement.of(ADVANCING);
    private static final FixedStatement ADVANCE_UNLESS_CANCELLED = FixedStatement.of(ADVANCING + UNLESS_CANCELLED);
    private static final String REMOVING = "DELETE FROM operations" + AS_IT_WAS;
    private static final FixedStatement REMOVE = FixedStatement.of(REMOVING);
    private static final FixedStatement REMOVE_UNLESS_CANCELLED = FixedStatement.of(REMOVING + UNLESS_CANCELLED);
    private static final FixedStatement REMEMBER =
            FixedStatement.of("INSERT INTO operations_ended (id, operation, project_id, subject, request_id,"
                    + " phase, step_name, step_number, steps, controller, fence, accepted_at, step_since, deadline_at,"
                    + " cancel_reason, failure, compensation_failure, ended_at)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    private static final FixedStatement PLACE = FixedStatement.of(
            "SELECT COALESCE(MAX(subject_order), 0), COALESCE(MAX(fence), 0), COALESCE((SELECT MAX(fence) FROM"
                    + " operations_ended WHERE subject = ?), 0)"
                    + " FROM operations WHERE subject = ?",
            number("subject_order"),
            number("fence"),
            number("ended_fence"));
    private static final FixedStatement LOCK = FixedStatement.of(
            "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(?, CAST(? AS BIGINT)))", number("locked"));
    private static final FixedStatement HOLDS = FixedStatement.of(sql -> {
        SelectConditionStep<?> held = sql.select(DSL.field(DSL.name("fence")))
                .from(DSL.table(DSL.name("operations")))
                .where(DSL.field(DSL.name("id"), String.class).eq(""))
                .and(DSL.field(DSL.name("owner"), String.class).eq(""))
                .and(number("fence").eq(0L));
        return sql.dialect() == SQLDialect.POSTGRES ? held.forShare() : held;
    });
    private static final FixedStatement COUNT_IN_SLOT =
            FixedStatement.of("SELECT COUNT(*) FROM operations WHERE slot = ? AND slot <> ''", number("operations"));
    private static final String SELECT = "SELECT " + OperationRow.COLUMNS + " FROM operations ";
    private static final FixedStatement FIRST =
            FixedStatement.of(SELECT + "WHERE subject = ? ORDER BY subject_order LIMIT 1", OperationRow.fields());
    private static final String ORPHANED = "owner NOT IN (SELECT id FROM controllers)";
    private static final String OURS = " AND operation IN (%s) AND id NOT IN (%s)";

    /** The place of a new operation behind all others of its subject, and a fence above all of theirs. */
    record Place(long order, long fence) {}

    private OperationTable() {}

    private static Field<Long> number(String name) {
        return DSL.field(DSL.name(name), Long.class);
    }

    /**
     * Reads the first row of what nobody changes from then on until the transaction ends: others that ask for {@code name} so
     * wait for each other. SQLite has one writer anyway.
     */
    private static Optional<org.jooq.Record> fetchLocked(
            Transaction transaction, String name, int space, FixedStatement.Asked asked) {
        DSLContext sql = transaction.sql();
        return (sql.dialect().family() == SQLDialect.POSTGRES
                        ? FixedStatement.fetchAll(sql, LOCK.with(name, space), asked)
                        : FixedStatement.fetchAll(sql, asked))
                .getLast().stream().findFirst();
    }

    /**
     * Where a new operation of a subject goes. Fences are times, so that they grow even when all that a subject had before
     * is forgotten, or moved to another database; and above the last one, so that they grow whatever clocks say.
     */
    static Place placeAfter(Transaction transaction, String subject, long now) {
        org.jooq.Record row = fetchLocked(transaction, subject, SUBJECTS, PLACE.with(subject, subject))
                .orElseThrow();
        return new Place(row.get(0, Long.class) + 1, Math.max(now, lastFence(row) + FENCE_STEP));
    }

    /** A fence above that of each operation of a subject that has ended, and below all that are to come. */
    static long fenceBetween(DSLContext sql, String subject, long longAgo) {
        org.jooq.Record row = PLACE.fetch(sql, subject, subject).getFirst();
        boolean goesOn = row.get(0, Long.class) > 0;
        long last = lastFence(row);
        return last == 0 ? longAgo : goesOn ? last : last + 1;
    }

    private static long lastFence(org.jooq.Record row) {
        return Math.max(row.get(1, Long.class), row.get(2, Long.class));
    }

    static void insert(DSLContext sql, OperationRow row) {
        OperationRow.Accepted accepted = row.accepted();
        OperationRow.Position position = row.position();
        OperationRow.Told told = row.told();
        INSERT.executeLater(
                sql,
                accepted.id(),
                accepted.operation(),
                accepted.project(),
                accepted.subject(),
                accepted.subjectOrder(),
                accepted.requestId(),
                accepted.traceParent(),
                accepted.at(),
                accepted.deadlineAt(),
                position.phase().name(),
                position.step(),
                position.state(),
                position.since(),
                position.slot(),
                position.failure(),
                position.compensationFailure(),
                row.owner(),
                row.fence(),
                row.takeovers(),
                row.cancelReason(),
                told.sentence(),
                told.percent(),
                told.resumesAt());
    }

    /** Has {@code now} go to another place, if it is still stored so. A run is refused once it is cancelled. */
    static boolean advance(DSLContext sql, OperationRow now, OperationRow.Position next) {
        boolean running = now.phase() == OperationPhase.RUNNING && next.phase() == OperationPhase.RUNNING;
        FixedStatement statement = running ? ADVANCE_UNLESS_CANCELLED : ADVANCE;
        return statement.execute(
                        sql,
                        next.phase().name(),
                        next.step(),
                        next.state(),
                        next.since(),
                        next.slot(),
                        next.failure(),
                        next.compensationFailure(),
                        now.id(),
                        now.owner(),
                        now.fence(),
                        now.phase().name(),
                        now.step())
                == 1;
    }

    /** Whether an operation is still its owner's; it stays so until this transaction ends. */
    static boolean holds(DSLContext sql, OperationRow row) {
        return !HOLDS.fetch(sql, row.id(), row.owner(), row.fence()).isEmpty();
    }

    /** Whether a place of {@code slot} is free; it stays so until this transaction ends. */
    static boolean isFree(Transaction transaction, Slot slot) {
        return fetchLocked(transaction, slot.key(), SLOTS, COUNT_IN_SLOT.with(slot.key()))
                .filter(row -> row.get(0, Long.class) < slot.atMost())
                .isPresent();
    }

    /** Takes {@code row} out, if it is still stored so. Success is refused once it is cancelled. */
    static boolean remove(DSLContext sql, OperationRow row, boolean success) {
        FixedStatement statement = success ? REMOVE_UNLESS_CANCELLED : REMOVE;
        return statement.execute(
                        sql, row.id(), row.owner(), row.fence(), row.phase().name(), row.step())
                == 1;
    }

    static void remember(DSLContext sql, OperationRow row, Outcome outcome, Kind<?> kind, String name, long now) {
        OperationRow.Accepted accepted = row.accepted();
        REMEMBER.executeLater(
                sql,
                row.id(),
                row.operation(),
                accepted.project(),
                row.subject(),
                accepted.requestId(),
                outcome.name(),
                kind.steps().get(row.step()).name(),
                row.step() + 1,
                kind.steps().size(),
                name,
                row.fence(),
                accepted.at(),
                row.position().since(),
                accepted.deadlineAt(),
                row.cancelReason(),
                row.position().failure(),
                row.position().compensationFailure(),
                now);
    }

    static Optional<OperationRow> find(DSLContext sql, String id) {
        return sql.fetchOptional(SELECT + "WHERE id = ?", id).map(OperationRow::of);
    }

    /** The operation of the subject whose turn it is; it stays so until this transaction ends. */
    static Optional<OperationRow> first(Transaction transaction, String subject) {
        return fetchLocked(transaction, subject, SUBJECTS, FIRST.with(subject)).map(OperationRow::of);
    }

    /**
     * Gives a queued operation its turn, at {@code owner}, with a fence above that of {@code before} it. It may go on for as
     * long as it might have queued.
     */
    static Optional<OperationRow> take(
            DSLContext sql, OperationRow queued, OperationRow before, String owner, long now) {
        return sql.fetchOptional(
                        "UPDATE operations SET phase = 'RUNNING', owner = ?, fence = ?,"
                                + " deadline_at = deadline_at - step_since + ?, step_since = ?"
                                + " WHERE id = ? AND phase = 'QUEUED' RETURNING " + OperationRow.COLUMNS,
                        owner,
                        Math.max(queued.fence(), before.fence()) + FENCE_STEP,
                        now,
                        now,
                        queued.id())
                .map(OperationRow::of);
    }

    /** Flags what goes on for {@code subject}; what is being undone already is left to that. */
    static List<String> cancel(DSLContext sql, String subject, String reason) {
        return sql.fetch(
                        "UPDATE operations SET cancel_reason = ? WHERE subject = ? AND cancel_reason = ''"
                                + " AND phase <> 'COMPENSATING' RETURNING id",
                        reason,
                        subject)
                .map(row -> row.get(0, String.class));
    }

    /** What of {@code owner}'s was cancelled, perhaps from elsewhere. */
    static List<OperationRow> cancelled(DSLContext sql, String owner) {
        return sql.fetch(SELECT + "WHERE owner = ? AND cancel_reason <> '' AND phase <> 'COMPENSATING'", owner)
                .map(OperationRow::of);
    }

    /** What of {@code owner}'s waits for its turn, and how many milliseconds it may when that begins. */
    static Map<String, Long> queued(DSLContext sql, String owner) {
        return sql.fetch(
                        "SELECT id, deadline_at - step_since FROM operations WHERE owner = ? AND phase = 'QUEUED'",
                        owner)
                .intoMap(row -> row.get(0, String.class), row -> row.get(1, Long.class));
    }

    /** The ids of what {@code owner} has to carry out. */
    static Set<String> ownedBy(DSLContext sql, String owner) {
        return sql.fetch("SELECT id FROM operations WHERE owner = ? AND phase <> 'QUEUED'", owner)
                .intoSet(0, String.class);
    }

    /** Whether nobody carries out some operation of {@code kinds}, those of {@code but} aside. */
    static boolean hasOrphans(DSLContext sql, Collection<String> kinds, Collection<String> but) {
        String any = "SELECT 1 FROM operations WHERE " + ORPHANED;
        // The index alone says that there are none, which it is asked for twice a second.
        return sql.fetchOptional(any + " LIMIT 1").isPresent()
                && sql.fetchOptional(any + OURS.formatted(marks(kinds), marks(but)) + " LIMIT 1", arguments(kinds, but))
                        .isPresent();
    }

    /**
     * Takes at most {@code limit} orphans over, with a new fence each; the former owner's commits fail from now on. Each has
     * the time left that it had at its position, less {@code silence}: so it ends even if it ends all that carry it out.
     */
    static List<OperationRow> takeOver(
            DSLContext sql,
            String owner,
            Collection<String> kinds,
            Collection<String> but,
            int limit,
            long now,
            long silence) {
        String locked = sql.dialect().family() == SQLDialect.POSTGRES ? " FOR UPDATE SKIP LOCKED" : "";
        return sql.fetch(
                        "UPDATE operations SET owner = ?, takeovers = takeovers + 1, fence = fence + " + FENCE_STEP
                                + ", deadline_at = deadline_at - step_since + ?, step_since = ?"
                                + " WHERE id IN (SELECT id FROM operations WHERE "
                                + ORPHANED + OURS.formatted(marks(kinds), marks(but))
                                + " ORDER BY accepted_at, id LIMIT ?" + locked + ") RETURNING " + OperationRow.COLUMNS,
                        arguments(List.of(owner), List.of(now - silence, now), kinds, but, List.of(limit)))
                .map(OperationRow::of);
    }

    /** Leaves {@code row} to whoever takes it over, if it is still its owner's. */
    static void handOver(DSLContext sql, OperationRow row) {
        sql.execute(
                "UPDATE operations SET owner = '' WHERE id = ? AND owner = ? AND fence = ?",
                row.id(),
                row.owner(),
                row.fence());
    }

    /** Leaves all of {@code owner}'s to whoever takes it over, {@code but} the given. */
    static void handOver(DSLContext sql, String owner, Collection<String> but) {
        sql.execute(
                "UPDATE operations SET owner = '' WHERE owner = ? AND id NOT IN (" + marks(but) + ")",
                arguments(List.of(owner), but));
    }

    /** Operations of kinds that this program does not have. */
    static List<OperationRow> unknown(DSLContext sql, Collection<String> kinds) {
        return sql.fetch(SELECT + "WHERE operation NOT IN (" + marks(kinds) + ") LIMIT 1000", kinds.toArray())
                .map(OperationRow::of);
    }

    static void progress(DSLContext sql, OperationRow row, OperationRow.Told told) {
        sql.execute(
                "UPDATE operations SET progress = ?, percent = ?, resume_at = ? WHERE id = ? AND owner = ? AND fence = ?",
                told.sentence(),
                told.percent(),
                told.resumesAt(),
                row.id(),
                row.owner(),
                row.fence());
    }

    private static String marks(Collection<?> values) {
        return values.isEmpty() ? "''" : String.join(", ", Collections.nCopies(values.size(), "?"));
    }

    private static Object[] arguments(Collection<?>... parts) {
        List<Object> all = new ArrayList<>();
        for (Collection<?> part : parts) {
            all.addAll(part);
        }
        return all.toArray();
    }
}
