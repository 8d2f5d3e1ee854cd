package io.kilonova.operations;

/**
 * An operation as it is stored while it goes on. Times are milliseconds since 1970; texts are empty and {@code resumeAt}
 * is 0 where there is nothing to say.
 */
record OperationRow(
        String id,
        String operation,
        String project,
        String subject,
        long subjectOrder,
        String requestId,
        OperationPhase phase,
        int step,
        String state,
        String owner,
        long fence,
        long acceptedAt,
        long stepSince,
        long deadlineAt,
        long resumeAt,
        String progress,
        int percent,
        String cancelReason,
        String failure,
        String compensationFailure) {

    static final String COLUMNS =
            "id, operation, project_id, subject, subject_order, request_id, phase, step, state, owner,"
                    + " fence, accepted_at, step_since, deadline_at, resume_at, progress, percent, cancel_reason, failure,"
                    + " compensation_failure";

    static OperationRow of(org.jooq.Record row) {
        return new OperationRow(
                text(row, 0),
                text(row, 1),
                text(row, 2),
                text(row, 3),
                number(row, 4),
                text(row, 5),
                OperationPhase.valueOf(text(row, 6)),
                (int) number(row, 7),
                text(row, 8),
                text(row, 9),
                number(row, 10),
                number(row, 11),
                number(row, 12),
                number(row, 13),
                number(row, 14),
                text(row, 15),
                (int) number(row, 16),
                text(row, 17),
                text(row, 18),
                text(row, 19));
    }

    /** At another step. */
    OperationRow at(OperationPhase newPhase, int newStep, String newState, long now) {
        return new OperationRow(
                id,
                operation,
                project,
                subject,
                subjectOrder,
                requestId,
                newPhase,
                newStep,
                newState,
                owner,
                fence,
                acceptedAt,
                now,
                deadlineAt,
                0,
                "",
                0,
                cancelReason,
                failure,
                compensationFailure);
    }

    /** With the reason why it does not succeed. */
    OperationRow failing(String newFailure, String newCompensationFailure) {
        return new OperationRow(
                id,
                operation,
                project,
                subject,
                subjectOrder,
                requestId,
                phase,
                step,
                state,
                owner,
                fence,
                acceptedAt,
                stepSince,
                deadlineAt,
                resumeAt,
                progress,
                percent,
                cancelReason,
                newFailure,
                newCompensationFailure);
    }

    /** With the reason why somebody asked to stop. */
    OperationRow cancelled(String newReason) {
        return new OperationRow(
                id,
                operation,
                project,
                subject,
                subjectOrder,
                requestId,
                phase,
                step,
                state,
                owner,
                fence,
                acceptedAt,
                stepSince,
                deadlineAt,
                resumeAt,
                progress,
                percent,
                newReason,
                failure,
                compensationFailure);
    }

    private static String text(org.jooq.Record row, int column) {
        return row.get(column, String.class);
    }

    private static long number(org.jooq.Record row, int column) {
        return row.get(column, Long.class);
    }
}
