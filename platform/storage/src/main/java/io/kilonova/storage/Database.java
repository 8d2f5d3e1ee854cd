package io.kilonova.storage;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;

/** One transactional store. */
public final class Database implements AutoCloseable {
    private Database() {}

    /** Opens the database and brings its tables up to date from class path folders, one a room ({@code db/identity}). */
    public static Database open(DatabaseOptions options, List<String> migrations) {
        throw new UnsupportedOperationException();
    }

    /** Runs {@code work} on one snapshot. */
    public <T> T read(Function<DSLContext, T> work) {
        throw new UnsupportedOperationException();
    }

    /** Runs {@code work} in a transaction that is durable when this returns. {@code work} may run more than once: no side effect but SQL. */
    public <T> T write(Function<Transaction, T> work) {
        throw new UnsupportedOperationException();
    }

    /** {@link #write} without a result. */
    public void change(Consumer<Transaction> work) {
        throw new UnsupportedOperationException();
    }

    /** Which of the two it is. */
    public SQLDialect dialect() {
        throw new UnsupportedOperationException();
    }

    /** What it has done since it was opened. */
    public DatabaseStatistics statistics() {
        throw new UnsupportedOperationException();
    }

    /** Waits for the transactions that have begun, and closes. */
    @Override
    public void close() {}
}
