package io.kilonova.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL: a pool whose connections read one snapshot ({@code REPEATABLE READ}, read only), and a pool that writes at
 * {@code READ COMMITTED}. Two pools, because changing the isolation of a connection costs a round trip each time.
 */
final class PostgresqlEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresqlEngine.class);

    private static final int ATTEMPTS = 20;

    private final DatabaseOptions options;
    private final Counters counters;
    private final ThreadLocal<DSLContext> current;
    private final HikariDataSource readers;
    private final HikariDataSource writers;

    private PostgresqlEngine(
            DatabaseOptions options,
            Counters counters,
            ThreadLocal<DSLContext> current,
            HikariDataSource readers,
            HikariDataSource writers) {
        this.options = options;
        this.counters = counters;
        this.current = current;
        this.readers = readers;
        this.writers = writers;
    }

    static PostgresqlEngine open(
            DatabaseOptions options, Counters counters, Migrations migrations, ThreadLocal<DSLContext> current) {
        HikariDataSource writers = pool(options, false);
        try {
            migrations.run(writers);
            return new PostgresqlEngine(options, counters, current, pool(options, true), writers);
        } catch (RuntimeException e) {
            writers.close();
            throw e;
        }
    }

    private static HikariDataSource pool(DatabaseOptions options, boolean reading) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(reading ? "kilonova-reads" : "kilonova-writes");
        config.setJdbcUrl(options.url());
        config.setUsername(options.user());
        config.setPassword(options.password());
        config.setMaximumPoolSize(reading ? options.readConnections() : options.writeConnections());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Math.max(250, options.waitLimit().toMillis()));
        config.setAutoCommit(false);
        config.setReadOnly(reading);
        config.setTransactionIsolation(reading ? "TRANSACTION_REPEATABLE_READ" : "TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql(
                "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'");
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
        return Undisturbed.call(() -> readHere(work));
    }

    private <T> T readHere(Function<DSLContext, T> work) {
        try (Connection connection = connect(readers)) {
            try {
                T result = work.apply(Statements.on(connection, SQLDialect.POSTGRES));
                connection.commit();
                return result;
            } catch (RuntimeException e) {
                rollBack(connection);
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
            OpenTransaction transaction = new OpenTransaction(Statements.on(connection, SQLDialect.POSTGRES));
            T result = body(connection, transaction, work);
            commit(connection);
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

    private void commit(Connection connection) {
        try {
            connection.commit();
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
    }

    /** Two transactions stood in each other's way; the body runs again. */
    private static final class ConflictException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ConflictException(Throwable cause) {
            super(null, cause, false, false);
        }
    }
}
