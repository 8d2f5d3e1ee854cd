package io.kilonova.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
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

    /** What the connections of a pool are for. */
    private enum Purpose {
        READS,
        WRITES,
        APART
    }

    private final DatabaseOptions options;
    private final Counters counters;
    private final ThreadLocal<DSLContext> current;
    private final HikariDataSource readers;
    private final HikariDataSource writers;
    private final HikariDataSource apart;

    private PostgresqlEngine(
            DatabaseOptions options,
            Counters counters,
            ThreadLocal<DSLContext> current,
            HikariDataSource readers,
            HikariDataSource writers,
            HikariDataSource apart) {
        this.options = options;
        this.counters = counters;
        this.current = current;
        this.readers = readers;
        this.writers = writers;
        this.apart = apart;
    }

    static PostgresqlEngine open(
            DatabaseOptions options, Counters counters, Migrations migrations, ThreadLocal<DSLContext> current) {
        HikariDataSource writers = pool(options, Purpose.WRITES);
        try {
            migrations.run(writers);
            HikariDataSource readers = pool(options, Purpose.READS);
            return new PostgresqlEngine(options, counters, current, readers, writers, pool(options, Purpose.APART));
        } catch (RuntimeException e) {
            writers.close();
            throw e;
        }
    }

    private static HikariDataSource pool(DatabaseOptions options, Purpose purpose) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("kilonova-" + purpose.name().toLowerCase(Locale.ROOT));
        config.setJdbcUrl(options.url());
        config.setUsername(options.user());
        config.setPassword(options.password());
        config.setMaximumPoolSize(
                switch (purpose) {
                    case READS -> options.readConnections();
                    case WRITES -> options.writeConnections();
                    case APART -> 1;
                });
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Math.max(250, options.waitLimit().toMillis()));
        config.setAutoCommit(purpose == Purpose.APART);
        config.setReadOnly(purpose == Purpose.READS);
        config.setTransactionIsolation(
                purpose == Purpose.READS ? "TRANSACTION_REPEATABLE_READ" : "TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql(
                purpose == Purpose.APART
                        ? "SET synchronous_commit TO off"
                        : "SELECT set_config('synchronous_commit', 'on', false)"
                                + " WHERE current_setting('synchronous_commit') = 'off'");
        // Without this the statement above would leave each connection inside a transaction with an old snapshot.
        config.setIsolateInternalQueries(true);
        config.addDataSourceProperty("ApplicationName", "kilonova");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("connectTimeout", "5");
        config.addDataSourceProperty("socketTimeout", "60");
        config.addDataSourceProperty(
                "options", "-c lock_timeout=" + options.waitLimit().toMillis());
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            throw StorageError.DATABASE_UNREACHABLE.because(e, options.shownName());
        }
    }

    @Override
    public <T> T read(Function<DSLContext, T> work) {
        return Undisturbed.call(() -> readHere(work, false));
    }

    /** One journey to the server; a snapshot that is ended costs two. */
    @Override
    public <T> T readOnce(Function<DSLContext, T> work) {
        return Undisturbed.call(() -> readHere(work, true));
    }

    private <T> T readHere(Function<DSLContext, T> work, boolean once) {
        try (Connection connection = connect(readers)) {
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
                throw StorageFailures.translate(e, options, true);
            }
        } catch (SQLException e) {
            throw StorageFailures.translate(e, options, true);
        }
    }

    @Override
    public <T> Committed<T> write(Function<Transaction, T> work) {
        return Undisturbed.call(() -> writeHere(work));
    }

    private <T> Committed<T> writeHere(Function<Transaction, T> work) {
        RuntimeException last = StorageError.CONFLICT_PERSISTS.with(ATTEMPTS);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                return attempt(work);
            } catch (ConflictException e) {
                counters.retried.increment();
                last = StorageError.CONFLICT_PERSISTS.because(e, attempt);
                pause(attempt);
            }
        }
        throw last;
    }

    private <T> Committed<T> attempt(Function<Transaction, T> work) {
        try (Connection connection = connect(writers)) {
            Pipeline pipeline = new Pipeline(connection);
            OpenTransaction transaction =
                    new OpenTransaction(Statements.on(pipeline, SQLDialect.POSTGRES), true, this::apart);
            T result = body(connection, transaction, work);
            commit(connection, pipeline, transaction.isReleasedEarly());
            counters.writes.increment();
            counters.group(1);
            return new Committed<>(result, transaction);
        } catch (SQLException e) {
            throw StorageFailures.translate(e, options, false);
        }
    }

    private <T> T body(Connection connection, OpenTransaction transaction, Function<Transaction, T> work) {
        current.set(transaction.sql());
        boolean done = false;
        try {
            T result = work.apply(transaction);
            done = true;
            return result;
        } catch (RuntimeException e) {
            if (StorageFailures.isConflict(e)) {
                throw new ConflictException(e);
            }
            throw StorageFailures.translate(e, options, false);
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
        try (Connection connection = connect(apart)) {
            return work.apply(Statements.on(new Pipeline(connection), SQLDialect.POSTGRES));
        } catch (SQLException e) {
            throw StorageFailures.translate(e, options, false);
        }
    }

    private void commit(Connection connection, Pipeline pipeline, boolean early) {
        try {
            pipeline.execute(early ? COMMIT_EARLY : "COMMIT").close();
        } catch (SQLException e) {
            counters.rolledBack.increment();
            if (StorageFailures.isConflict(e)) {
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

    private Connection connect(HikariDataSource pool) {
        try {
            return pool.getConnection();
        } catch (SQLTransientConnectionException e) {
            counters.refused.increment();
            if (pool.getHikariPoolMXBean().getTotalConnections() >= pool.getMaximumPoolSize()) {
                throw StorageError.DATABASE_BUSY.because(e, "all connections are in use.");
            }
            throw StorageError.DATABASE_UNREACHABLE.because(e, options.shownName());
        } catch (SQLException e) {
            if (pool.isClosed()) {
                throw StorageError.DATABASE_CLOSED.with();
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
        return writers.getHikariPoolMXBean().getThreadsAwaitingConnection();
    }

    @Override
    public void close() {
        readers.close();
        writers.close();
        apart.close();
    }

    /** Two transactions stood in each other's way; the body runs again. */
    private static final class ConflictException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ConflictException(Throwable cause) {
            super(null, cause, false, false);
        }
    }
}
