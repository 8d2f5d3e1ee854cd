package io.kilonova.storage;

import io.kilonova.storage.PostgresqlPools.Purpose;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL: a pool whose connections read one snapshot ({@code REPEATABLE READ}, read only), and a pool that writes at
 * {@code READ COMMITTED}. Two pools, because changing the isolation of a connection costs a round trip each time. One more
 * connection is for {@link Transaction#apart}: it commits each statement without waiting for the disk, since the log of
 * PostgreSQL is in order, and what needs such a statement commits later.
 */
final class PostgresqlEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresqlEngine.class);

    private static final int ATTEMPTS = 20;

    /** Frees the rows, and then waits for the end of another transaction, which is on disk only when all before it are. */
    private static final String COMMIT_EARLY =
            "SET LOCAL synchronous_commit TO off; COMMIT;" + " SELECT pg_logical_emit_message(TRUE, 'kilonova', '')";

    private final DatabaseOptions options;
    private final Counters counters;
    private final ThreadLocal<DSLContext> current;
    private final PostgresqlPools pools;

    private PostgresqlEngine(
            DatabaseOptions options, Counters counters, ThreadLocal<DSLContext> current, PostgresqlPools pools) {
        this.options = options;
        this.counters = counters;
        this.current = current;
        this.pools = pools;
    }

    static PostgresqlEngine open(
            DatabaseOptions options, Counters counters, Migrations migrations, ThreadLocal<DSLContext> current) {
        return new PostgresqlEngine(options, counters, current, PostgresqlPools.open(options, migrations));
    }

    @Override
    public <T> T read(Function<DSLContext, T> work) {
        return read(work, false);
    }

    /** One journey to the server; a snapshot that is ended costs two. */
    @Override
    public <T> T readOnce(Function<DSLContext, T> work) {
        return read(work, true);
    }

    private <T> T read(Function<DSLContext, T> work, boolean once) {
        Purpose purpose = Database.isUrgent() ? Purpose.URGENT_READS : Purpose.READS;
        return Undisturbed.call(() -> repeated(() -> readHere(purpose, work, once)));
    }

    private <T> T readHere(Purpose purpose, Function<DSLContext, T> work, boolean once) {
        try (Connection connection = pools.connect(purpose, counters)) {
            try {
                connection.setAutoCommit(once);
                T result = work.apply(Statements.on(new Pipeline(connection), SQLDialect.POSTGRES));
                if (!once) {
                    connection.commit();
                }
                return result;
            } catch (RuntimeException e) {
                if (!once) {
                    rollBack(connection);
                }
                throw failed(purpose, e, true);
            }
        } catch (SQLException e) {
            throw StorageFailures.translate(e, options, true);
        }
    }

    /** A failure of a body as callers know it, or a conflict, after which it runs again. */
    private RuntimeException failed(Purpose purpose, RuntimeException failure, boolean reading) {
        return mayGoNow(purpose, failure)
                ? new ConflictException(failure)
                : StorageFailures.translate(failure, options, reading);
    }

    private boolean mayGoNow(Purpose purpose, Exception failure) {
        if (StorageFailures.isStalePlan(failure)) {
            pools.renew(purpose);
            return true;
        }
        return StorageFailures.isConflict(failure);
    }

    @Override
    public <T> Committed<T> write(Function<Transaction, T> work) {
        Purpose purpose = Database.isUrgent() ? Purpose.URGENT_WRITES : Purpose.WRITES;
        return Undisturbed.call(() -> repeated(() -> writeHere(purpose, work)));
    }

    private <T> T repeated(Supplier<T> body) {
        RuntimeException last = StorageError.CONFLICT_PERSISTS.with(ATTEMPTS);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                return body.get();
            } catch (ConflictException e) {
                counters.retried.increment();
                last = StorageError.CONFLICT_PERSISTS.because(e, attempt);
                pause(attempt);
            }
        }
        throw last;
    }

    private <T> Committed<T> writeHere(Purpose purpose, Function<Transaction, T> work) {
        try (Connection connection = pools.connect(purpose, counters)) {
            Pipeline pipeline = new Pipeline(connection);
            OpenTransaction transaction =
                    new OpenTransaction(Statements.on(pipeline, SQLDialect.POSTGRES), true, this::apart);
            T result = body(purpose, connection, transaction, work);
            commit(purpose, connection, pipeline, transaction.isReleasedEarly());
            counters.writes.increment();
            counters.group(1);
            return new Committed<>(result, transaction);
        } catch (SQLException e) {
            throw StorageFailures.translate(e, options, false);
        }
    }

    private <T> T body(
            Purpose purpose, Connection connection, OpenTransaction transaction, Function<Transaction, T> work) {
        current.set(transaction.sql());
        boolean done = false;
        try {
            T result = work.apply(transaction);
            done = true;
            return result;
        } catch (RuntimeException e) {
            throw failed(purpose, e, false);
        } finally {
            current.remove();
            transaction.seal();
            if (!done) {
                counters.rolledBack.increment();
                rollBack(connection);
            }
        }
    }

    private <T> T apart(Function<DSLContext, T> work) {
        try (Connection connection = pools.connect(Purpose.APART, counters)) {
            return work.apply(Statements.on(new Pipeline(connection), SQLDialect.POSTGRES));
        } catch (SQLException e) {
            throw StorageFailures.translate(e, options, false);
        }
    }

    private void commit(Purpose purpose, Connection connection, Pipeline pipeline, boolean early) {
        try {
            pipeline.execute(early ? COMMIT_EARLY : "COMMIT").close();
        } catch (SQLException e) {
            counters.rolledBack.increment();
            if (mayGoNow(purpose, e)) {
                rollBack(connection);
                throw new ConflictException(e);
            }
            if (StorageFailures.isConnectionLost(e)) {
                throw StorageError.COMMIT_UNCERTAIN.because(e, options.shownName());
            }
            rollBack(connection);
            if (StorageFailures.isConstraint(e)) {
                throw StorageFailures.ofStatement(e);
            }
            throw StorageFailures.translate(e, options, false);
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is gone, and with it the transaction; the pool throws the connection away.
            LOG.debug("no rollback on a connection that is gone", e);
        }
    }

    /** Grows from 2 to at most 200 ms and is spread, so that two that met do not meet again. */
    private static void pause(int attempt) {
        long most = Math.min(200, 2L << Math.min(attempt, 7));
        LockSupport.parkNanos(Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, most + 1))
                .toNanos());
    }

    @Override
    public int waiting() {
        return pools.waiting();
    }

    @Override
    public void close() {
        pools.close();
    }

    /** Something stood in the way of a body that is not there when it runs again, as another transaction. */
    private static final class ConflictException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ConflictException(Throwable cause) {
            super(null, cause, false, false);
        }
    }
}
