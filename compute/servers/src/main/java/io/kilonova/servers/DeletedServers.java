package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.*;

import io.kilonova.access.Visibility;
import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * Servers that are gone, remembered for a while: for {@code changes-since}, for administrators and for the history of their
 * actions. Such a server is in the state deleted, and was changed last when it went.
 */
public final class DeletedServers {
    private static final List<Field<?>> COLUMNS = ServerColumns.stored();

    private final Database database;

    /** The deleted servers in {@code database}. */
    public DeletedServers(Database database) {
        this.database = database;
    }

    /** Keeps the row of a server that is about to be removed. */
    static void remember(Transaction transaction, String id, Instant now) {
        transaction
                .sql()
                .insertInto(DELETED_SERVERS)
                .columns(COLUMNS)
                .select(DSL.select(COLUMNS).from(SERVERS).where(ID.eq(id)))
                .execute();
        transaction
                .sql()
                .update(DELETED_SERVERS)
                .set(VM_STATE, VmState.DELETED.label())
                .setNull(TASK_STATE)
                .set(UPDATED_AT, now.toEpochMilli())
                .where(ID.eq(id))
                .execute();
    }

    /** One of them, as it was last. */
    public Optional<Server> find(Visibility visibility, String id) {
        return database.read(sql -> sql.select(ALL)
                .from(DELETED_SERVERS)
                .where(ID.eq(id).and(ServerStore.seen(visibility)))
                .fetchOptional(ServerRows::read));
    }

    /** Whether such a server is among them. */
    static boolean remembers(DSLContext sql, Condition server) {
        return sql.fetchExists(DELETED_SERVERS, server);
    }

    /** Those that had been launched by the end of a time and went after its beginning, by their ids. */
    static List<ServerUse> launchedWithin(DSLContext sql, TenantUsages.Period period) {
        return sql.select(ALL)
                .from(DELETED_SERVERS)
                .where(UPDATED_AT.gt(period.start().toEpochMilli()))
                .and(LAUNCHED_AT.le(period.stop().toEpochMilli()))
                .and(TenantUsages.of(period))
                .orderBy(ID)
                .limit(period.limit())
                .fetch(row -> {
                    Server gone = ServerRows.read(row);
                    return new ServerUse(gone, Optional.of(gone.updatedAt()));
                });
    }
}
