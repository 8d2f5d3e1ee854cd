package io.kilonova.operations;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.ServiceException;
import io.kilonova.storage.StorageError;

/** What a failure of a step means to its operation. */
final class Failures {
    private Failures() {}

    /** As it is stored and told. What is not of the vocabulary of errors is told without its inner cause. */
    static Failure of(Throwable reason, String step) {
        if (reason instanceof ServiceException known) {
            ErrorCode code = known.code();
            return new Failure(code.name(), code.status(), known.sentence(), step);
        }
        return of(OperationError.STEP_FAULT.with(step), step);
    }

    static Failure cancelled(String reason, String step) {
        return of(OperationError.OPERATION_CANCELLED.with(reason), step);
    }

    static Failure timedOut(Step<?> step) {
        return of(OperationError.STEP_TIMED_OUT.with(step.name(), step.limit().toSeconds()), step.name());
    }

    static Failure deadlinePassed(OperationRow row, String step) {
        long seconds = (row.accepted().deadlineAt() - row.accepted().at()) / 1_000;
        return of(OperationError.DEADLINE_PASSED.with(seconds), step);
    }

    /** How an operation ends that fails for this. */
    static Outcome outcome(Failure failure) {
        return failure.code().equals(OperationError.OPERATION_CANCELLED.name()) ? Outcome.CANCELLED : Outcome.FAILED;
    }

    /** Whether the database is unwell, so that the same work may succeed later. */
    static boolean isStorageTrouble(Throwable failure) {
        return failure instanceof ServiceException known
                && known.code() instanceof StorageError error
                && switch (error) {
                    case DATABASE_BUSY,
                            DATABASE_FULL,
                            DATABASE_READ_ONLY,
                            DATABASE_UNREACHABLE,
                            COMMIT_UNCERTAIN,
                            DATABASE_IO_FAILED,
                            DATABASE_DAMAGED,
                            CONFLICT_PERSISTS,
                            DATABASE_CLOSED -> true;
                    case MIGRATION_FAILED,
                            DATABASE_BEHIND,
                            PROGRAM_TOO_OLD,
                            TEXT_NOT_STORABLE,
                            ARCHIVE_FAILED,
                            ARCHIVE_OF_OTHER_TABLES,
                            DATABASE_IN_USE,
                            NESTED_TRANSACTION,
                            ROW_NOT_FOUND,
                            WRITE_IN_READ -> false;
                };
    }
}
