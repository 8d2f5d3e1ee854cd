package io.kilonova.operations;

import io.kilonova.storage.Transaction;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;

/** The statements over operations. Fixed texts: one is run for each step, and building it anew would double its cost. */
final class OperationTable {
    private static final String INSERT = "INSERT INTO operations (" + OperationRow.COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String ADVANCE = "UPDATE operations SET phase = ?, step = ?, state = ?, step_since = ?,"
            + " resume_at = 0, progress = '', percent = 0, failure = ?, compensation_failure = ?"
            + " WHERE id = ? AND owner = ? AND fence = ? AND phase = ? AND step = ?";
    private static final String UNLESS_CANCELLED = " AND cancel_reason = ''";
    private static final String REMOVE =
            "DELETE FROM operations WHERE id = ? AND owner = ? AND fence = ? AND phase = ? AND step = ?";
    private static final String REMEMBER =
            "INSERT INTO operations_ended (id, operation, project_id, subject, request_id,"
                    + " phase, step_name, step_number, steps, controller, fence, accepted_at, step_since, deadline_at,"
                    + " cancel_reason, failure, compensation_failure, ended_at)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String SELECT = "SELECT " + OperationRow.COLUMNS + " FROM operations ";

    private OperationTable() {}

    /** Has transactions over one subject's order wait for each other until their end. SQLite has one writer anyway. */
    static void lockSubject(Transaction transaction, String subject) {
        if (transaction.sql().dialect().family() == SQLDialect.POSTGRES) {
            transaction.sql().fetch("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(?, 7))", subject);
        }
    }

    /** The place behind the last operation of a subject; 1 when none goes on. */
    static long nextOrder(DSLContext sql, String subject) {
        return sql.fetchSingle("SELECT COALESCE(MAX(subject_order), 0) + 1 FROM operations WHERE subject = ?", subject)
                .get(0, Long.class);
    }

    static void insert(DSLContext sql, OperationRow row) {
        sql.execute(
                INSERT,
                row.id(),
                row.operation(),
                row.project(),
                row.subject(),
                row.subjectOrder(),
                row.requestId(),
                row.phase().name(),
                row.step(),
                row.state(),
                row.owner(),
                row.fence(),
                row.acceptedAt(),
                row.stepSince(),
                row.deadlineAt(),
                row.resumeAt(),
                row.progress(),
                row.percent(),
                row.cancelReason(),
                row.failure(),
                row.compensationFailure());
    }

    /** Writes {@code next} over {@code now}, if that is still how it is stored. A run is refused once it is cancelled. */
    static boolean advance(DSLContext sql, OperationRow now, OperationRow next) {
        boolean running = now.phase() == OperationPhase.RUNNING && next.phase() == OperationPhase.RUNNING;
        return sql.execute(
                        running ? ADVANCE + UNLESS_CANCELLED : ADVANCE,
                        next.phase().name(),
                        next.step(),
                        next.state(),
                        next.stepSince(),
                        next.failure(),
                        next.compensationFailure(),
                        now.id(),
                        now.owner(),
                        now.fence(),
                        now.phase().name(),
                        now.step())
                == 1;
    }

    /** Takes {@code row} out, if it is still stored so. Success is refused once it is cancelled. */
    static boolean remove(DSLContext sql, OperationRow row, boolean success) {
        return sql.execute(
                        success ? REMOVE + UNLESS_CANCELLED : REMOVE,
                        row.id(),
                        row.owner(),
                        row.fence(),
                        row.phase().name(),
                        row.step())
                == 1;
    }

    static void remember(
            DSLContext sql, OperationRow row, Outcome outcome, Step<?> step, int steps, String name, long now) {
        sql.execute(
                REMEMBER,
                row.id(),
                row.operation(),
                row.project(),
                row.subject(),
                row.requestId(),
                outcome.name(),
                step.name(),
                row.step() + 1,
                steps,
                name,
                row.fence(),
                row.acceptedAt(),
                row.stepSince(),
                row.deadlineAt(),
                row.cancelReason(),
                row.failure(),
                row.compensationFailure(),
                now);
    }

    static Optional<OperationRow> find(DSLContext sql, String id) {
        return sql.fetchOptional(SELECT + "WHERE id = ?", id).map(OperationRow::of);
    }

    /** The operation of the subject whose turn it is. */
    static Optional<OperationRow> first(DSLContext sql, String subject) {
        return sql.fetchOptional(SELECT + "WHERE subject = ? ORDER BY subject_order LIMIT 1", subject)
                .map(OperationRow::of);
    }

    /** Gives a queued operation its turn, at {@code owner}. */
    static boolean take(DSLContext sql, OperationRow queued, String owner, long now) {
        return sql.execute(
                        "UPDATE operations SET phase = 'RUNNING', owner = ?, fence = fence + 1, step_since = ?"
                                + " WHERE id = ? AND phase = 'QUEUED'",
                        owner,
                        now,
                        queued.id())
                == 1;
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

    /** What of {@code owner}'s needs a look: cancelled from elsewhere, or past its deadline while it queued. */
    static List<OperationRow> attention(DSLContext sql, String owner, long now) {
        return sql.fetch(
                        SELECT + "WHERE owner = ? AND ((phase = 'QUEUED' AND deadline_at <= ?)"
                                + " OR (cancel_reason <> '' AND phase <> 'COMPENSATING'))",
                        owner,
                        now)
                .map(OperationRow::of);
    }

    /** How many of the given kinds nobody carries out because their controller is gone. */
    static int orphans(DSLContext sql, Collection<String> kinds) {
        return sql.fetchSingle(
                        "SELECT COUNT(*) FROM operations WHERE owner NOT IN (SELECT id FROM controllers)"
                                + " AND operation IN (" + marks(kinds) + ")",
                        kinds.toArray())
                .get(0, Integer.class);
    }

    /** Operations of kinds that this program does not have. */
    static List<OperationRow> unknown(DSLContext sql, Collection<String> kinds) {
        return sql.fetch(SELECT + "WHERE operation NOT IN (" + marks(kinds) + ") LIMIT 1000", kinds.toArray())
                .map(OperationRow::of);
    }

    /** Takes at most {@code limit} orphans over, with a new fence each; the former owner's commits fail from now on. */
    static List<OperationRow> takeOver(DSLContext sql, String owner, Collection<String> kinds, int limit) {
        Object[] arguments = new Object[kinds.size() + 2];
        arguments[0] = owner;
        System.arraycopy(kinds.toArray(), 0, arguments, 1, kinds.size());
        arguments[kinds.size() + 1] = limit;
        String locked = sql.dialect().family() == SQLDialect.POSTGRES ? " FOR UPDATE SKIP LOCKED" : "";
        return sql.fetch(
                        "UPDATE operations SET owner = ?, fence = fence + 1 WHERE id IN (SELECT id FROM operations"
                                + " WHERE owner NOT IN (SELECT id FROM controllers) AND operation IN (" + marks(kinds)
                                + ") ORDER BY accepted_at, id LIMIT ?" + locked + ") RETURNING " + OperationRow.COLUMNS,
                        arguments)
                .map(OperationRow::of);
    }

    static void progress(DSLContext sql, OperationRow row, String sentence, int percent, long resumeAt) {
        sql.execute(
                "UPDATE operations SET progress = ?, percent = ?, resume_at = ? WHERE id = ? AND owner = ? AND fence = ?",
                sentence,
                percent,
                resumeAt,
                row.id(),
                row.owner(),
                row.fence());
    }

    /** Forgets at most {@code limit} ended operations: those before {@code oldest}, and the oldest beyond {@code count}. */
    static int forget(DSLContext sql, long oldest, int count, int limit) {
        int remembered =
                sql.fetchSingle("SELECT COUNT(*) FROM operations_ended").get(0, Integer.class);
        int beyond = Math.clamp((long) remembered - count, 0, limit);
        int forgotten = sql.execute(
                "DELETE FROM operations_ended WHERE id IN"
                        + " (SELECT id FROM operations_ended WHERE ended_at < ? ORDER BY ended_at LIMIT ?)",
                oldest,
                limit);
        return forgotten
                + sql.execute(
                        "DELETE FROM operations_ended WHERE id IN"
                                + " (SELECT id FROM operations_ended ORDER BY ended_at LIMIT ?)",
                        Math.max(0, beyond - forgotten));
    }

    private static String marks(Collection<String> kinds) {
        return String.join(", ", java.util.Collections.nCopies(kinds.size(), "?"));
    }
}
