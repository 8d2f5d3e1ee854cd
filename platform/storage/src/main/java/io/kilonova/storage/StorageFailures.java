package io.kilonova.storage;

import io.kilonova.errors.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.postgresql.util.PSQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Tells what a database's own failure means. Failures of a statement's content (constraints, syntax) are not ours. */
final class StorageFailures {
    /** Not serializable, deadlock, silent for too long inside a transaction. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "25P03");

    private StorageFailures() {}

    /** The failure as callers know it, or {@code failure} itself when it does not come from the database's health. */
    static RuntimeException translate(RuntimeException failure, DatabaseOptions options, boolean reading) {
        return sqlCause(failure)
                .flatMap(cause -> known(cause, options, reading))
                .map(known -> (RuntimeException) known)
                .orElse(failure);
    }

    /** The failure as callers know it; what is unknown is a failing disk or a server that is away. */
    static ServiceException translate(SQLException failure, DatabaseOptions options, boolean reading) {
        return known(failure, options, reading)
                .orElseGet(() -> options.file().isPresent()
                        ? StorageError.DATABASE_IO_FAILED.because(failure, options.shownName())
                        : StorageError.DATABASE_UNREACHABLE.because(failure, options.shownName()));
    }

    /**
     * Whether two transactions stood in each other's way at PostgreSQL, or it ended one that had been silent for too long, so that
     * the same body may succeed now.
     */
    static boolean isConflict(Throwable failure) {
        return sqlCause(failure)
                .map(cause -> CONFLICTS.contains(String.valueOf(cause.getSQLState())))
                .orElse(false);
    }

    /**
     * Whether the tables have changed since PostgreSQL planned a statement for its connection, as they do while two releases run
     * together. Each connection is told so once, for each such statement.
     */
    static boolean isStalePlan(Throwable failure) {
        return sqlCause(failure)
                .filter(PSQLException.class::isInstance)
                .map(cause -> ((PSQLException) cause).getServerErrorMessage())
                .map(told -> "RevalidateCachedQuery".equals(told.getRoutine()))
                .orElse(false);
    }

    /** Whether the connection is gone. */
    static boolean isConnectionLost(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return state.startsWith("08") || state.startsWith("57P0");
    }

    /** The failure of a statement or a commit as jOOQ throws it. */
    static DataAccessException ofStatement(SQLException failure) {
        String message = String.valueOf(failure.getMessage());
        return isConstraint(failure)
                ? new IntegrityConstraintViolationException(message, failure)
                : new DataAccessException(message, failure);
    }

    /** Whether a statement or a commit was refused because of what it contains. */
    static boolean isConstraint(SQLException failure) {
        return sqliteCode(failure) == SQLiteErrorCode.SQLITE_CONSTRAINT.code
                || String.valueOf(failure.getSQLState()).startsWith("23");
    }

    private static Optional<SQLException> sqlCause(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }

    /** The primary SQLite result code, the low eight bits of the extended one; -1 when it is no failure of SQLite. */
    private static int sqliteCode(SQLException failure) {
        return failure instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : -1;
    }

    private static Optional<ServiceException> known(SQLException failure, DatabaseOptions options, boolean reading) {
        return options.file().isPresent() ? sqlite(failure, options, reading) : postgresql(failure, options, reading);
    }

    private static Optional<ServiceException> sqlite(SQLException failure, DatabaseOptions options, boolean reading) {
        String name = options.shownName();
        return switch (SQLiteErrorCode.getErrorCode(sqliteCode(failure))) {
            case SQLITE_FULL -> Optional.of(StorageError.DATABASE_FULL.because(failure, name));
            case SQLITE_IOERR ->
                Optional.of(
                        diskIsFull(options)
                                ? StorageError.DATABASE_FULL.because(failure, name)
                                : StorageError.DATABASE_IO_FAILED.because(failure, name));
            case SQLITE_READONLY ->
                Optional.of(
                        reading
                                ? StorageError.WRITE_IN_READ.because(failure)
                                : StorageError.DATABASE_READ_ONLY.because(failure, name));
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH ->
                Optional.of(StorageError.DATABASE_READ_ONLY.because(failure, name));
            case SQLITE_BUSY, SQLITE_LOCKED ->
                Optional.of(StorageError.DATABASE_BUSY.because(
                        failure, "another program holds the file %s.".formatted(name)));
            case SQLITE_CORRUPT, SQLITE_NOTADB -> Optional.of(StorageError.DATABASE_DAMAGED.because(failure, name));
            default -> Optional.empty();
        };
    }

    private static boolean diskIsFull(DatabaseOptions options) {
        try {
            return options.file().isPresent()
                    && Files.getFileStore(options.file().get()).getUsableSpace() < 64 * 1024;
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<ServiceException> postgresql(
            SQLException failure, DatabaseOptions options, boolean reading) {
        String name = options.shownName();
        String state = String.valueOf(failure.getSQLState());
        if (isConnectionLost(failure) || state.startsWith("28") || state.equals("3D000")) {
            return Optional.of(StorageError.DATABASE_UNREACHABLE.because(failure, name));
        }
        return switch (state) {
            case "53100" -> Optional.of(StorageError.DATABASE_FULL.because(failure, name));
            case "53300", "53200" ->
                Optional.of(
                        StorageError.DATABASE_BUSY.because(failure, "the server has no room for more connections."));
            case "55P03", "57014" ->
                Optional.of(StorageError.DATABASE_BUSY.because(failure, "rows were locked for too long."));
            case "25006" ->
                Optional.of(
                        reading
                                ? StorageError.WRITE_IN_READ.because(failure)
                                : StorageError.DATABASE_READ_ONLY.because(failure, name));
            case "22012" -> Optional.of(StorageError.ROW_NOT_FOUND.because(failure));
            case "22021", "22P05" -> Optional.of(StorageError.TEXT_NOT_STORABLE.because(failure));
            case "58030" -> Optional.of(StorageError.DATABASE_IO_FAILED.because(failure, name));
            case "XX001", "XX002" -> Optional.of(StorageError.DATABASE_DAMAGED.because(failure, name));
            default -> Optional.empty();
        };
    }
}
