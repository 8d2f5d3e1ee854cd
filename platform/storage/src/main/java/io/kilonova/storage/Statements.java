package io.kilonova.storage;

import java.sql.Connection;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.TransactionContext;
import org.jooq.TransactionProvider;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.impl.DefaultConnectionProvider;

/** How jOOQ is set up: the same SQL text on both databases, and nothing done per statement that nobody looks at. */
final class Statements {
    static {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
    }

    private static final Settings SETTINGS = new Settings()
            .withRenderQuotedNames(RenderQuotedNames.NEVER)
            .withRenderSchema(false)
            .withRenderCatalog(false)
            .withExecuteLogging(false)
            .withExecuteLoggingSQLExceptions(false)
            .withDiagnosticsLogging(false)
            .withFetchWarnings(false)
            .withAttachRecords(false)
            .withReturnIdentityOnUpdatableRecord(false)
            .withCacheRecordMappers(false)
            .withMapJPAAnnotations(false)
            // An update or a delete of a whole table is never meant.
            .withExecuteDeleteWithoutWhere(org.jooq.conf.ExecuteWithoutWhere.THROW)
            .withExecuteUpdateWithoutWhere(org.jooq.conf.ExecuteWithoutWhere.THROW);

    private Statements() {}

    /** Statements on one connection. jOOQ's own transactions are refused: they would commit behind our back. */
    static DSLContext on(Connection connection, SQLDialect dialect) {
        return on(new DefaultConnectionProvider(connection), dialect);
    }

    /** The same on a connection that is given for each. */
    static DSLContext on(ConnectionProvider connections, SQLDialect dialect) {
        return DSL.using(new DefaultConfiguration()
                .set(connections)
                .set(dialect)
                .set(SETTINGS)
                .set(new RefusedTransactions()));
    }

    /** jOOQ's own transactions, refused. (Its {@code NoTransactionProvider} stands for the default, which commits.) */
    private static final class RefusedTransactions implements TransactionProvider {
        @Override
        public void begin(TransactionContext context) {
            throw StorageError.NESTED_TRANSACTION.with();
        }

        @Override
        public void commit(TransactionContext context) {
            throw StorageError.NESTED_TRANSACTION.with();
        }

        @Override
        public void rollback(TransactionContext context) {
            // Called by jOOQ after the refusal above: nothing was begun here, so nothing is to be undone.
        }
    }
}
