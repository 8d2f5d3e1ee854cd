package io.kilonova.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The connections to PostgreSQL. What is urgent has some of its own, so that no crowd of requests, however long it waits for a
 * row, holds it up.
 *
 * <p>Whoever holds rows and says nothing any more loses them: a machine that lost its power sends no farewell, and PostgreSQL
 * would believe in it for two hours. A peer that does not answer is given up after {@value PeerWatch#SILENCE_SECONDS} s, on
 * both sides; one that answers and has forgotten its transaction after one and a half times of what others wait for a row.
 */
final class PostgresqlPools implements AutoCloseable {
    /** A row and a connection together are waited for shorter than a lease by those that keep it; they come again. */
    private static final long URGENT_ROW_MILLIS = 1_000;

    private static final long URGENT_CONNECTION_MILLIS = 3_000;

    private final DatabaseOptions options;
    private final Map<Purpose, HikariDataSource> pools = new EnumMap<>(Purpose.class);

    /** What the connections of a pool are for. */
    enum Purpose {
        READS,
        WRITES,
        URGENT_READS,
        URGENT_WRITES,
        APART;

        private boolean reads() {
            return this == READS || this == URGENT_READS;
        }

        private boolean isUrgent() {
            return this == URGENT_READS || this == URGENT_WRITES;
        }
    }

    private PostgresqlPools(DatabaseOptions options) {
        this.options = options;
    }

    /** Brings the tables up to date and opens all pools. */
    static PostgresqlPools open(DatabaseOptions options, Migrations migrations) {
        try (HikariDataSource migrating = opened(options, migrating(options))) {
            migrations.run(migrating);
        }
        PostgresqlPools all = new PostgresqlPools(options);
        try {
            for (Purpose purpose : Purpose.values()) {
                all.pools.put(purpose, opened(options, config(options, purpose)));
            }
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    /** Flyway keeps its lock in a transaction that says nothing while another connection changes tables for as long as it takes. */
    private static HikariConfig migrating(DatabaseOptions options) {
        HikariConfig config =
                reaching(options, "migrations", options.waitLimit().toMillis(), 0);
        config.setMaximumPoolSize(4);
        return config;
    }

    private static HikariConfig config(DatabaseOptions options, Purpose purpose) {
        long most = options.waitLimit().toMillis();
        long wait = purpose.isUrgent() ? Math.min(most, URGENT_ROW_MILLIS) : most;
        HikariConfig config = reaching(options, purpose.name().toLowerCase(Locale.ROOT), wait, most + most / 2);
        config.setMaximumPoolSize(
                switch (purpose) {
                    case READS -> options.readConnections();
                    case WRITES -> options.writeConnections();
                    case URGENT_READS, URGENT_WRITES -> 2;
                    case APART -> 1;
                });
        if (purpose.isUrgent()) {
            config.setConnectionTimeout(Math.min(config.getConnectionTimeout(), URGENT_CONNECTION_MILLIS));
        }
        config.setAutoCommit(purpose == Purpose.APART);
        config.setReadOnly(purpose.reads());
        config.setTransactionIsolation(purpose.reads() ? "TRANSACTION_REPEATABLE_READ" : "TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql(
                purpose == Purpose.APART
                        ? "SET synchronous_commit TO off"
                        : "SELECT set_config('synchronous_commit', 'on', false)"
                                + " WHERE current_setting('synchronous_commit') = 'off'");
        // Without this the statement above would leave each connection inside a transaction with an old snapshot.
        config.setIsolateInternalQueries(true);
        return config;
    }

    private static HikariConfig reaching(DatabaseOptions options, String name, long lockMillis, long silentMillis) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("kilonova-" + name);
        config.setJdbcUrl(options.url());
        config.setUsername(options.user());
        config.setPassword(options.password());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Math.max(250, options.waitLimit().toMillis()));
        config.addDataSourceProperty("ApplicationName", "kilonova");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("socketFactory", PeerWatch.class.getName());
        config.addDataSourceProperty("connectTimeout", "5");
        config.addDataSourceProperty("socketTimeout", "60");
        config.addDataSourceProperty(
                "options",
                "-c lock_timeout=%d -c idle_in_transaction_session_timeout=%d %s"
                        .formatted(lockMillis, silentMillis, PeerWatch.AT_SERVER));
        return config;
    }

    private static HikariDataSource opened(DatabaseOptions options, HikariConfig config) {
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            throw StorageError.DATABASE_UNREACHABLE.because(e, options.shownName());
        }
    }

    /** A connection, whose closing gives it back. Throws {@link StorageError}. */
    Connection connect(Purpose purpose, Counters counters) {
        HikariDataSource pool = pool(purpose);
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

    /** Lets all connections of a pool go, for others in their place. */
    void renew(Purpose purpose) {
        pool(purpose).getHikariPoolMXBean().softEvictConnections();
    }

    /** How many wait for a connection to write. */
    int waiting() {
        return pool(Purpose.WRITES).getHikariPoolMXBean().getThreadsAwaitingConnection();
    }

    private HikariDataSource pool(Purpose purpose) {
        return Objects.requireNonNull(pools.get(purpose));
    }

    @Override
    public void close() {
        pools.values().forEach(HikariDataSource::close);
    }
}
