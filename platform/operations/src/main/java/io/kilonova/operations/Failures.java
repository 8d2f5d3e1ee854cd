package io.kilonova.operations;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.ServiceException;
import io.kilonova.storage.StorageError;

/** What a failure of a step means to its operation. */
final class Failures {
    private Failures() {}

    /** As it is stored and told. What is not of the vocabulary of errors is told without its inner cause. */
    static Failure of(RuntimeException reason, String step) {
        if (reason instanceof ServiceException known) {
            ErrorCode code = known.code();
            return new Failure(code.name(), code.status(), known.sentence(), step);
        }
        return of(OperationError.STEP_FAULT.with(step), step);
    }

    /** Whether the database is unwell, so that the same commit may succeed later. */
    static boolean isStorageTrouble(ServiceException failure) {
        return failure.code() instanceof StorageError error
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
                            TEXT_NOT_STORABLE,
                            ARCHIVE_FAILED,
                            ARCHIVE_OF_OTHER_TABLES,
                            DATABASE_IN_USE,
                            NESTED_TRANSACTION,
                            WRITE_IN_READ -> false;
                };
    }
}
