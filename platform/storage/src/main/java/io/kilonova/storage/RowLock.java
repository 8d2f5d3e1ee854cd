package io.kilonova.storage;

import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.SQLDialect;
import org.jooq.SelectForUpdateStep;

/** Keeps the rows that are read as they are until the transaction ends. SQLite has one writer and needs no locks. */
public final class RowLock {
    private RowLock() {}

    /** The same query, with its rows locked where others may write at the same time. */
    public static <R extends Record> ResultQuery<R> of(DSLContext sql, SelectForUpdateStep<R> query) {
        return sql.dialect() == SQLDialect.SQLITE ? query : query.forUpdate();
    }
}
