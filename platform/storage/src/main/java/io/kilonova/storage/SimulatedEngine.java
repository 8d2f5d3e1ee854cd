package io.kilonova.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.IntegrityConstraintViolationException;

/**
 * SQLite over one connection, on the calling thread and without a flush. Several databases may share the connection: a
 * simulation lets one thread run at a time, and hands over at its {@link Passage} only, never inside a transaction.
 */
final class SimulatedEngine implements Engine {
    private final DSLContext sql;
    private final Passage passage;
    private final ThreadLocal<DSLContext> current;
    private final Connection connection;
    private final boolean shared;

    SimulatedEngine(Connection connection, boolean shared, Passage passage, ThreadLocal<DSLContext> current) {
        this.shared = shared;
        this.sql = Statements.on(connection, SQLDialect.SQLITE);
        this.passage = passage;
        this.current = current;
        this.connection = connection;
    }

    @Override
    public <T> T read(Function<DSLContext, T> work) {
        passage.beforeRead();
        return work.apply(sql);
    }

    @Override
    public <T> T readOnce(Function<DSLContext, T> work) {
        return read(work);
    }

    @Override
    public <T> Committed<T> write(Function<Transaction, T> work) {
        passage.beforeWrite();
        Committed<T> committed = transact(work);
        passage.afterWrite();
        return committed;
    }

    private <T> Committed<T> transact(Function<Transaction, T> work) {
        OpenTransaction transaction = OpenTransaction.ofOneWriter(sql, shared);
        boolean kept = false;
        try {
            run("BEGIN IMMEDIATE");
            current.set(sql);
            T result = work.apply(transaction);
            run("COMMIT");
            kept = true;
            return new Committed<>(result, transaction);
        } catch (SQLException failure) {
            throw new IntegrityConstraintViolationException(String.valueOf(failure.getMessage()), failure);
        } finally {
            current.remove();
            transaction.seal();
            if (!kept) {
                rollBack();
            }
        }
    }

    private void run(String text) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            statement.execute();
        }
    }

    private void rollBack() {
        try {
            run("ROLLBACK");
        } catch (SQLException failure) {
            throw new IllegalStateException("a simulated transaction could not be rolled back", failure);
        }
    }

    @Override
    public int waiting() {
        return 0;
    }

    /** The connection belongs to whoever gave it. */
    @Override
    public void close() {}
}
