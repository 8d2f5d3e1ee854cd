package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.*;

import io.kilonova.access.Visibility;
import io.kilonova.networks.ServerCard;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Database;
import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.RowLock;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
    private static final Field<Long> NEXT = DSL.field(DSL.name("next"), Long.class);
    private static final List<SelectFieldOrAsterisk> COLUMNS = List.copyOf(ALL);
    private static final List<Field<?>> WRITTEN = ServerColumns.stored();
    private static final FixedStatement FIND =
            FixedStatement.of(sql -> sql.select(COLUMNS).from(SERVERS).where(ID.eq("")));
    private static final FixedStatement ON_HOST = FixedStatement.of(sql ->
            sql.select(ID, TASK_STATE, POWER_STATE, UPDATED_AT).from(SERVERS).where(HOST.eq("")));
    private static final FixedStatement LOCK = FixedStatement.of(
            sql -> RowLock.of(sql, sql.select(COLUMNS).from(SERVERS).where(ID.eq(""))));
    private static final FixedStatement INSERT =
            FixedStatement.of(sql -> sql.insertInto(SERVERS).columns(WRITTEN).values(new Object[WRITTEN.size()]));
    private static final FixedStatement TAKE =
            FixedStatement.of("UPDATE sequences SET next = next + ? WHERE name = ? RETURNING next", NEXT);

    /** One for each set of columns that is ever changed together, some twenty. */
    private static final Map<List<Field<?>>, FixedStatement> UPDATES = new ConcurrentHashMap<>();

    private final Database database;

    /** The servers of {@code database}. */
    public ServerStore(Database database) {
        this.database = database;
    }

    /** The server, if whoever asks may see it. */
    public Optional<Server> find(Visibility visibility, String id) {
        return seen(database.fetchOptional(FIND.with(id)), visibility);
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
        return lockIfThere(transaction, visibility, id).orElseThrow(() -> ServerError.SERVER_NOT_FOUND.with(id));
    }

    /** The same for a server that may be gone. */
    Optional<Server> lockIfThere(Transaction transaction, Visibility visibility, String id) {
        return seen(LOCK.fetchOptional(transaction.sql(), id), visibility);
    }

    /**
     * A page of servers in the order of {@code query}.
     *
     * @throws io.kilonova.errors.ServiceException {@link ServerError#MARKER_NOT_FOUND}, or {@link ServerError#FILTER_INVALID}
     *     when an expression of the query would have to be held against too many servers
     */
    public List<Server> list(ServerQuery query) {
        return database.read(sql -> ServerPages.of(sql, query));
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

    /**
     * What is known of a guest: all that the comparison with its host needs. A host has hundreds, which are read every minute.
     *
     * @param id of the server
     * @param taskState what is being done to it
     * @param powerState what its host said last
     * @param updatedAt when its row changed last
     */
    record Guest(String id, Optional<String> taskState, PowerState powerState, Instant updatedAt) {}

    /** The guests that a host should have. */
    List<Guest> onHost(String host) {
        return database.fetch(ON_HOST.with(host))
                .map(row -> new Guest(
                        row.get(ID),
                        Optional.ofNullable(row.get(TASK_STATE)),
                        PowerState.valueOf(row.get(POWER_STATE)),
                        Instant.ofEpochMilli(row.get(UPDATED_AT))));
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

    /** How many servers some hosts have; those without any are not among them. */
    Map<String, Integer> countOn(Collection<String> hosts) {
        return database.read(sql -> sql.select(HOST, DSL.count())
                .from(SERVERS)
                .where(HOST.in(hosts))
                .groupBy(HOST)
                .fetchMap(HOST, DSL.count()));
    }

    /** The same of all hosts, in one query. */
    public Map<String, Integer> countOnAll() {
        return database.read(sql -> sql.select(HOST, DSL.count())
                .from(SERVERS)
                .where(HOST.isNotNull())
                .groupBy(HOST)
                .fetchMap(HOST, DSL.count()));
    }

    void insert(Transaction transaction, Stream<Server> servers) {
        servers.forEach(server -> {
            Object[] values = Arrays.copyOf(ServerRows.values(server), WRITTEN.size());
            values[WRITTEN.indexOf(ADDRESSES)] = ServerRows.writeAddresses(server.cards());
            INSERT.executeLater(transaction.sql(), values);
        });
    }

    /** Takes the next number of a sequence. It may stay taken when the transaction fails. */
    static long take(Transaction transaction, String sequence) {
        return transaction.apart(sql -> draw(sql, List.of(sequence), 1)).getFirst();
    }

    /** Takes the next {@code count} numbers of each sequence, in one transaction of {@code sql}; the first of each. */
    static List<Long> draw(DSLContext sql, List<String> sequences, int count) {
        FixedStatement.Asked[] each =
                sequences.stream().map(sequence -> TAKE.with(count, sequence)).toArray(FixedStatement.Asked[]::new);
        return FixedStatement.fetchAll(sql, each).stream()
                .map(taken -> taken.getFirst().get(NEXT) - count)
                .toList();
    }

    /** Changes columns of a server, if it is there. */
    void update(Transaction transaction, String id, Map<Field<?>, @Nullable Object> changes, Instant now) {
        List<Field<?>> columns = new ArrayList<>(changes.keySet());
        columns.sort(Comparator.comparing(Field::getName));
        List<@Nullable Object> values = new ArrayList<>();
        columns.forEach(column -> values.add(changes.get(column)));
        columns.add(UPDATED_AT);
        values.add(now.toEpochMilli());
        values.add(id);
        UPDATES.computeIfAbsent(columns, ServerStore::updating).executeLater(transaction.sql(), values.toArray());
    }

    private static FixedStatement updating(List<Field<?>> columns) {
        Map<Field<?>, @Nullable Object> values = new LinkedHashMap<>();
        columns.forEach(column -> values.put(column, null));
        return FixedStatement.of(sql -> sql.update(SERVERS).set(values).where(ID.eq("")));
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
        return seen(FIND.fetchOptional(sql, id), visibility);
    }

    private static Optional<Server> seen(Optional<Record> row, Visibility visibility) {
        return row.map(ServerRows::read)
                .filter(server ->
                        visibility.projectId().map(server.projectId()::equals).orElse(true));
    }

    static Condition seen(Visibility visibility) {
        return visibility.projectId().map(PROJECT_ID::eq).orElse(DSL.trueCondition());
    }
}
