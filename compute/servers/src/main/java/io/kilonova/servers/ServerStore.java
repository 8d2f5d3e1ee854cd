package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.*;

import io.kilonova.access.Visibility;
import io.kilonova.networks.ServerCard;
import io.kilonova.storage.Database;
import io.kilonova.storage.Keyset;
import io.kilonova.storage.RowLock;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The rows of servers. A look-up by id costs one read; the tenant is part of every key. */
public final class ServerStore {
    private static final List<SelectFieldOrAsterisk> COLUMNS = List.copyOf(ALL);

    private final Database database;

    /** The servers of {@code database}. */
    public ServerStore(Database database) {
        this.database = database;
    }

    /** The server, if whoever asks may see it. */
    public Optional<Server> find(Visibility visibility, String id) {
        return database.read(sql -> find(sql, visibility, id));
    }

    /**
     * The server.
     *
     * @throws io.kilonova.errors.ServiceException {@link ServerError#SERVER_NOT_FOUND}, also for another tenant's
     */
    public Server get(Visibility visibility, String id) {
        return find(visibility, id).orElseThrow(() -> ServerError.SERVER_NOT_FOUND.with(id));
    }

    /** The server within a transaction that is about to change it; no other transaction changes it meanwhile. */
    Server lock(Transaction transaction, Visibility visibility, String id) {
        return RowLock.of(
                        transaction.sql(),
                        transaction.sql().select(COLUMNS).from(SERVERS).where(key(visibility, id)))
                .fetchOptional()
                .map(ServerRows::read)
                .orElseThrow(() -> ServerError.SERVER_NOT_FOUND.with(id));
    }

    /** A page of servers in the order of {@code query}. */
    public List<Server> list(ServerQuery query) {
        return database.read(sql -> {
            Keyset keyset = Keyset.of(query.order());
            Condition condition = query.condition();
            if (query.marker().isPresent()) {
                String marker = query.marker().get();
                Record row = sql.select(COLUMNS)
                        .from(SERVERS)
                        .where(key(query.visibility(), marker))
                        .fetchOptional()
                        .orElseThrow(() -> ServerError.MARKER_NOT_FOUND.with(marker));
                condition = condition.and(keyset.after(row));
            }
            return sql.select(COLUMNS)
                    .from(SERVERS)
                    .where(condition)
                    .orderBy(keyset.order())
                    .limit(query.limit())
                    .fetch(ServerRows::read);
        });
    }

    /** At most {@code limit} servers in the order of their ids, from the one that follows {@code after}: whoever walks all goes on so. */
    public List<Server> following(String after, int limit) {
        return database.read(sql -> sql.select(COLUMNS)
                .from(SERVERS)
                .where(ID.gt(after))
                .orderBy(ID)
                .limit(limit)
                .fetch(ServerRows::read));
    }

    /** Servers on a host, for its reconciliation. */
    public List<Server> onHost(String host) {
        return database.read(
                sql -> sql.select(COLUMNS).from(SERVERS).where(HOST.eq(host)).fetch(ServerRows::read));
    }

    /** The hosts of some servers, as far as {@code visibility} sees them. */
    Map<String, String> hostsOf(Visibility visibility, Collection<String> ids) {
        return database.read(sql -> {
            Map<String, String> hosts = new HashMap<>();
            sql.select(ID, HOST)
                    .from(SERVERS)
                    .where(ID.in(ids))
                    .and(seen(visibility))
                    .and(HOST.isNotNull())
                    .forEach(row -> hosts.put(row.value1(), row.value2()));
            return hosts;
        });
    }

    /** How many servers each host has. */
    public Map<String, Integer> countByHost() {
        return database.read(sql -> sql.select(HOST, DSL.count())
                .from(SERVERS)
                .where(HOST.isNotNull())
                .groupBy(HOST)
                .fetchMap(HOST, DSL.count()));
    }

    void insert(Transaction transaction, Stream<Server> servers) {
        List<Field<?>> columns =
                Stream.concat(ALL.stream(), Stream.of(ADDRESSES)).toList();
        servers.forEach(server -> {
            Object[] values = ServerRows.values(server);
            Object[] all = java.util.Arrays.copyOf(values, values.length + 1);
            all[values.length] = ServerRows.writeAddresses(server.cards());
            transaction.sql().insertInto(SERVERS).columns(columns).values(all).execute();
        });
    }

    /** Takes the next {@code count} numbers of a sequence; the first of them. */
    static long take(Transaction transaction, String sequence, int count) {
        Field<Long> next = DSL.field(DSL.name("next"), Long.class);
        Field<String> name = DSL.field(DSL.name("name"), String.class);
        org.jooq.Table<Record> sequences = DSL.table(DSL.name("sequences"));
        transaction
                .sql()
                .update(sequences)
                .set(next, next.plus(count))
                .where(name.eq(sequence))
                .execute();
        Long after = transaction
                .sql()
                .select(next)
                .from(sequences)
                .where(name.eq(sequence))
                .fetchSingle(next);
        return after - count;
    }

    /** Changes columns of a server; says whether it is there. */
    boolean update(Transaction transaction, String id, Map<Field<?>, @Nullable Object> changes, Instant now) {
        Map<Field<?>, @Nullable Object> all = new HashMap<>(changes);
        all.put(UPDATED_AT, now.toEpochMilli());
        return transaction.sql().update(SERVERS).set(all).where(ID.eq(id)).execute() == 1;
    }

    /** Writes what a server's cards are now. */
    void updateCards(Transaction transaction, String id, List<ServerCard> cards, Instant now) {
        update(
                transaction,
                id,
                Map.of(CARDS, Documents.write(cards), ADDRESSES, ServerRows.writeAddresses(cards)),
                now);
    }

    void remove(Transaction transaction, String id) {
        transaction.sql().deleteFrom(SERVERS).where(ID.eq(id)).execute();
    }

    static Optional<Server> find(DSLContext sql, Visibility visibility, String id) {
        return sql.select(COLUMNS)
                .from(SERVERS)
                .where(key(visibility, id))
                .fetchOptional()
                .map(ServerRows::read);
    }

    private static Condition key(Visibility visibility, String id) {
        return ID.eq(id).and(seen(visibility));
    }

    private static Condition seen(Visibility visibility) {
        return visibility.projectId().map(PROJECT_ID::eq).orElse(DSL.trueCondition());
    }
}
