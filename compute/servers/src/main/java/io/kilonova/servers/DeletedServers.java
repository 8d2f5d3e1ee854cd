package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.access.Visibility;
import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Servers that are gone, remembered for a while: for {@code changes-since} and for the history of their actions. */
public final class DeletedServers {
    private static final Table<Record> DELETED = table(name("deleted_servers"));
    private static final Field<String> ID = field(name("id"), String.class);
    private static final Field<String> PROJECT_ID = field(name("project_id"), String.class);
    private static final Field<String> USER_ID = field(name("user_id"), String.class);
    private static final Field<String> NAME = field(name("name"), String.class);
    private static final Field<Long> DELETED_AT = field(name("deleted_at"), Long.class);
    private static final Field<String> DOCUMENT = field(name("document"), String.class);

    private final Database database;

    /**
     * A server that is gone.
     *
     * @param server as it was last
     * @param deletedAt when it went
     */
    public record Deleted(Server server, Instant deletedAt) {}

    /** The deleted servers in {@code database}. */
    public DeletedServers(Database database) {
        this.database = database;
    }

    static void remember(Transaction transaction, Server server, Instant now) {
        transaction
                .sql()
                .insertInto(DELETED)
                .columns(ID, PROJECT_ID, USER_ID, NAME, DELETED_AT, DOCUMENT)
                .values(
                        server.id(),
                        server.projectId(),
                        server.userId(),
                        server.name(),
                        now.toEpochMilli(),
                        Documents.write(server))
                .execute();
    }

    /** Those that went at or after a time, newest first. */
    public List<Deleted> since(Visibility visibility, Instant time, int limit) {
        return database.read(sql -> sql.selectFrom(DELETED)
                .where(DELETED_AT.ge(time.toEpochMilli()).and(seen(visibility)))
                .orderBy(DELETED_AT.desc())
                .limit(limit)
                .fetch(DeletedServers::read));
    }

    /** One of them. */
    public Optional<Deleted> find(Visibility visibility, String id) {
        return database.read(sql ->
                sql.selectFrom(DELETED).where(ID.eq(id).and(seen(visibility))).fetchOptional(DeletedServers::read));
    }

    /** Whether such a server is among them. */
    static boolean remembers(DSLContext sql, Condition server) {
        return sql.fetchExists(DELETED, server);
    }

    /** Those that had been launched by the end of a time and went after its beginning, by their ids. */
    static List<ServerUse> launchedWithin(DSLContext sql, TenantUsages.Period period) {
        try (Stream<Record> rows = sql.selectFrom(DELETED)
                .where(DELETED_AT.gt(period.start().toEpochMilli()))
                .and(TenantUsages.of(period))
                .orderBy(ID)
                .fetchStream()) {
            return rows.map(DeletedServers::read)
                    .filter(gone -> gone.server()
                            .launchedAt()
                            .filter(time -> !time.isAfter(period.stop()))
                            .isPresent())
                    .limit(period.limit())
                    .map(gone -> new ServerUse(gone.server(), Optional.of(gone.deletedAt())))
                    .toList();
        }
    }

    /** Forgets those that went before a time, at most {@code most} at once; returns how many. */
    public int forget(Instant before, int most) {
        return database.write(transaction -> {
            List<String> old = transaction
                    .sql()
                    .select(ID)
                    .from(DELETED)
                    .where(DELETED_AT.lt(before.toEpochMilli()))
                    .limit(most)
                    .fetch(ID);
            return old.isEmpty()
                    ? 0
                    : transaction.sql().deleteFrom(DELETED).where(ID.in(old)).execute();
        });
    }

    private static Condition seen(Visibility visibility) {
        return visibility.projectId().map(PROJECT_ID::eq).orElse(DSL.trueCondition());
    }

    private static Deleted read(Record row) {
        return new Deleted(Documents.read(row.get(DOCUMENT), Server.class), Instant.ofEpochMilli(row.get(DELETED_AT)));
    }
}
