package io.kilonova.operations;

import io.kilonova.telemetry.TraceParent;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/**
 * An operation as it is stored while it goes on. Times are milliseconds since 1970; texts are empty where there is nothing
 * to say.
 *
 * @param accepted what it was accepted with, and never changes
 * @param position where it is
 * @param owner the id of the controller that carries it out; empty when none does
 * @param fence the fencing token
 * @param takeovers how often it was taken over where it is
 * @param cancelReason why somebody asked to stop it
 * @param told what its step told last
 */
record OperationRow(
        Accepted accepted,
        Position position,
        String owner,
        long fence,
        long takeovers,
        String cancelReason,
        Told told) {
    static final String COLUMNS = "id, operation, project_id, subject, subject_order, request_id, trace_parent,"
            + " accepted_at, deadline_at, phase, step, state, step_since, slot, failure, compensation_failure, owner,"
            + " fence, takeovers, cancel_reason, progress, percent, resume_at";
    private static final Set<String> NUMBERS = Set.of(
            "subject_order",
            "accepted_at",
            "deadline_at",
            "step",
            "step_since",
            "fence",
            "takeovers",
            "percent",
            "resume_at");

    /** What an operation was accepted with. */
    record Accepted(
            String id,
            String operation,
            String project,
            String subject,
            long subjectOrder,
            String requestId,
            String traceParent,
            long at,
            long deadlineAt) {}

    /** Where an operation is: at a step since a time, with what the step gets, and the {@link Slot} that it holds. */
    record Position(
            OperationPhase phase,
            int step,
            String state,
            long since,
            String slot,
            String failure,
            String compensationFailure) {
        Position holding(String key) {
            return new Position(phase, step, state, since, key, failure, compensationFailure);
        }

        Position failing(String reason, String compensationReason) {
            return new Position(phase, step, state, since, slot, reason, compensationReason);
        }
    }

    /** What is told about the present step, and when it runs again; 0 when it does not wait. */
    record Told(String sentence, int percent, long resumesAt) {
        static final Told NOTHING = new Told("", 0, 0);
    }

    /** The fields of the columns. */
    static Field<?>[] fields() {
        return Arrays.stream(COLUMNS.split(", *", -1))
                .map(column -> DSL.field(DSL.name(column), type(column)))
                .toArray(Field<?>[]::new);
    }

    private static DataType<?> type(String column) {
        return NUMBERS.contains(column) ? SQLDataType.BIGINT : SQLDataType.CLOB;
    }

    static OperationRow of(org.jooq.Record row) {
        return new OperationRow(
                new Accepted(
                        text(row, 0),
                        text(row, 1),
                        text(row, 2),
                        text(row, 3),
                        number(row, 4),
                        text(row, 5),
                        text(row, 6),
                        number(row, 7),
                        number(row, 8)),
                new Position(
                        OperationPhase.valueOf(text(row, 9)),
                        (int) number(row, 10),
                        text(row, 11),
                        number(row, 12),
                        text(row, 13),
                        text(row, 14),
                        text(row, 15)),
                text(row, 16),
                number(row, 17),
                number(row, 18),
                text(row, 19),
                new Told(text(row, 20), (int) number(row, 21), number(row, 22)));
    }

    String id() {
        return accepted.id;
    }

    String operation() {
        return accepted.operation;
    }

    String subject() {
        return accepted.subject;
    }

    OperationPhase phase() {
        return position.phase;
    }

    int step() {
        return position.step;
    }

    Optional<TraceParent> traceParent() {
        return TraceParent.of(accepted.traceParent);
    }

    /**
     * How many milliseconds it may go on as it does, from its position on: to its deadline, or for a compensation until it is
     * given up. The deadline and the time of the position are told by one clock, and so what lies between them is right
     * whatever that clock says, or another one. Each owner that was lost has cost the silence of a lease: so what is undone ends,
     * too, even if it ends all that undo it.
     */
    long leftMillis(OperationsOptions options) {
        return switch (position.phase) {
            case COMPENSATING ->
                options.bounds().compensationLimit().toMillis()
                        - takeovers * options.membership().lease().toMillis();
            case QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED -> accepted.deadlineAt - position.since;
        };
    }

    /** Elsewhere, where nothing was told yet. */
    OperationRow at(Position other) {
        return new OperationRow(accepted, other, owner, fence, 0, cancelReason, Told.NOTHING);
    }

    /** With the reason why somebody asked to stop. */
    OperationRow cancelled(String reason) {
        return new OperationRow(accepted, position, owner, fence, takeovers, reason, told);
    }

    private static String text(org.jooq.Record row, int column) {
        return row.get(column, String.class);
    }

    private static long number(org.jooq.Record row, int column) {
        return row.get(column, Long.class);
    }
}
