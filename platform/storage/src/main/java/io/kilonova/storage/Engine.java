package io.kilonova.storage;

import java.util.function.Function;
import org.jooq.DSLContext;

/** One of the two databases, or the one of a simulation. */
sealed interface Engine extends AutoCloseable permits SqliteEngine, PostgresqlEngine, SimulatedEngine {
    /** Runs {@code work} on one snapshot. */
    <T> T read(Function<DSLContext, T> work);

    /** Runs {@code work}, which is one statement or several that go together, on a snapshot of their own. */
    <T> T readOnce(Function<DSLContext, T> work);

    /** Runs {@code work} in a transaction and returns when it is on disk; after-commit actions are still to be run. */
    <T> Committed<T> write(Function<Transaction, T> work);

    /** Transactions that wait now. */
    int waiting();

    @Override
    void close();

    /** A durable result, and what is to be done now that it is durable. */
    record Committed<T>(T result, OpenTransaction transaction) {}
}
