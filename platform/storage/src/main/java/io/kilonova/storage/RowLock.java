package io.kilonova.storage;

import java.sql.SQLException;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.SQLDialect;
import org.jooq.SelectForUpdateStep;
import org.jooq.exception.DataAccessException;

/** Keeps the rows that are read as they are until the transaction ends. SQLite has one writer and needs no locks. */
public final class RowLock {
    private RowLock() {}

    /** The same query, with its rows locked where others may write at the same time. */
    public static <R extends Record> ResultQuery<R> of(DSLContext sql, SelectForUpdateStep<R> query) {
        return sql.dialect() == SQLDialect.SQLITE ? query : query.forUpdate();
    }

    /**
     * The same query, with its rows kept from removal, as a foreign key keeps them: many keep a row at once, and who changes it
     * does not wait for them.
     */
    public static <R extends Record> ResultQuery<R> againstRemoval(DSLContext sql, SelectForUpdateStep<R> query) {
        return sql.dialect() == SQLDialect.SQLITE ? query : query.forKeyShare();
    }

    /**
     * For a body that read a row without a lock and finds, as it writes, that another transaction changed the row since. It is
     * PostgreSQL's own word for that, upon which the body runs again; SQLite has one writer, whom nobody overtakes.
     */
    public static RuntimeException overtaken() {
        String reason = "a row was changed by another transaction since it was read";
        return new DataAccessException(reason, new SQLException(reason, "40001"));
    }
}
