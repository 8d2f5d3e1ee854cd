package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import tools.jackson.core.type.TypeReference;

/**
 * Host aggregates. One with {@code availability_zone} among its metadata makes its hosts that zone; a host is in one zone at
 * most, and changes it only while it has no servers: what a server's user was told stays true.
 */
public final class Aggregates {
    private static final Table<Record> AGGREGATES = table(name("host_aggregates"));
    private static final Field<Long> ID = field(name("id"), Long.class);
    private static final Field<String> UUID_TEXT = field(name("uuid"), String.class);
    private static final Field<String> NAME = field(name("name"), String.class);
    private static final Field<String> METADATA = field(name("metadata"), String.class);
    private static final Field<Long> CREATED_AT = field(name("created_at"), Long.class);
    private static final Field<Long> UPDATED_AT = field(name("updated_at"), Long.class);

    private static final Table<Record> HOSTS = table(name("host_aggregate_hosts"));
    private static final Field<String> HOST = field(name("host"), String.class);
    private static final Field<Long> AGGREGATE_ID = field(name("aggregate_id"), Long.class);

    private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

    private final Compute compute;
    private final Database database;
    private final InstantSource clock;

    Aggregates(Compute compute, InstantSource clock) {
        this.compute = compute;
        this.database = compute.database();
        this.clock = clock;
    }

    /** All aggregates, in the order in which they were made. */
    public List<Aggregate> list() {
        return database.read(sql -> read(sql, DSL.trueCondition()));
    }

    /**
     * One aggregate.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#AGGREGATE_NOT_FOUND}
     */
    public Aggregate get(long id) {
        return database.read(sql -> get(sql, id));
    }

    private static Aggregate get(DSLContext sql, long id) {
        return read(sql, ID.eq(id)).stream().findFirst().orElseThrow(() -> CatalogueError.AGGREGATE_NOT_FOUND.with(id));
    }

    /**
     * Makes an aggregate without hosts.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#AGGREGATE_EXISTS}
     */
    public Aggregate create(String aggregateName, Optional<String> zone) {
        String uuid = UUID.randomUUID().toString();
        return database.write(transaction -> {
            long id = ServerStore.take(transaction, "host_aggregates");
            requireNew(transaction.sql(), aggregateName, id);
            transaction
                    .sql()
                    .insertInto(AGGREGATES)
                    .columns(ID, UUID_TEXT, NAME, METADATA, CREATED_AT)
                    .values(
                            id,
                            uuid,
                            aggregateName,
                            Documents.write(zone.map(text -> Map.of(Aggregate.ZONE, text))
                                    .orElse(Map.of())),
                            clock.millis())
                    .execute();
            return get(transaction.sql(), id);
        });
    }

    /**
     * Changes an aggregate's name and metadata.
     *
     * @param newName if it changes
     * @param change from the metadata that it has to those that it is to have
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#AGGREGATE_NOT_FOUND}, {@link
     *     CatalogueError#AGGREGATE_EXISTS}, {@link CatalogueError#AGGREGATE_IN_USE}
     */
    public Aggregate update(long id, Optional<String> newName, UnaryOperator<Map<String, String>> change) {
        return database.write(transaction -> {
            Aggregate before = get(transaction.sql(), id);
            newName.ifPresent(text -> requireNew(transaction.sql(), text, id));
            transaction
                    .sql()
                    .update(AGGREGATES)
                    .set(NAME, newName.orElse(before.name()))
                    .set(METADATA, Documents.write(change.apply(new HashMap<>(before.metadata()))))
                    .set(UPDATED_AT, clock.millis())
                    .where(ID.eq(id))
                    .execute();
            before.hosts().forEach(host -> settle(transaction, host, id));
            return get(transaction.sql(), id);
        });
    }

    /**
     * Forgets an aggregate without hosts.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#AGGREGATE_NOT_FOUND}, {@link
     *     CatalogueError#AGGREGATE_NOT_EMPTY}
     */
    public void delete(long id) {
        database.change(transaction -> {
            if (!get(transaction.sql(), id).hosts().isEmpty()) {
                throw CatalogueError.AGGREGATE_NOT_EMPTY.with(id);
            }
            transaction.sql().deleteFrom(AGGREGATES).where(ID.eq(id)).execute();
        });
    }

    /**
     * Puts a host in.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#AGGREGATE_NOT_FOUND}, {@link
     *     CatalogueError#AGGREGATE_HOST_UNKNOWN}, {@link CatalogueError#AGGREGATE_HAS_HOST}, {@link
     *     CatalogueError#AGGREGATE_IN_USE}
     */
    public Aggregate addHost(long id, String host) {
        return database.write(transaction -> {
            Aggregate before = get(transaction.sql(), id);
            if (compute.hosts().find(transaction.sql(), host).isEmpty()) {
                throw CatalogueError.AGGREGATE_HOST_UNKNOWN.with(host);
            }
            if (before.hosts().contains(host)) {
                throw CatalogueError.AGGREGATE_HAS_HOST.with(id, host);
            }
            transaction
                    .sql()
                    .insertInto(HOSTS)
                    .columns(HOST, AGGREGATE_ID)
                    .values(host, id)
                    .execute();
            settle(transaction, host, id);
            return get(transaction.sql(), id);
        });
    }

    /**
     * Takes a host out.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#AGGREGATE_NOT_FOUND}, {@link
     *     CatalogueError#AGGREGATE_LACKS_HOST}, {@link CatalogueError#AGGREGATE_IN_USE}
     */
    public Aggregate removeHost(long id, String host) {
        return database.write(transaction -> {
            get(transaction.sql(), id);
            int removed = transaction
                    .sql()
                    .deleteFrom(HOSTS)
                    .where(HOST.eq(host).and(AGGREGATE_ID.eq(id)))
                    .execute();
            if (removed == 0) {
                throw CatalogueError.AGGREGATE_LACKS_HOST.with(host, id);
            }
            settle(transaction, host, id);
            return get(transaction.sql(), id);
        });
    }

    /** The aggregates of a host. */
    static List<Aggregate> of(DSLContext sql, String host) {
        return read(sql, ID.in(DSL.select(AGGREGATE_ID).from(HOSTS).where(HOST.eq(host))));
    }

    /** The aggregates of all hosts that are in any. */
    static Map<String, List<Aggregate>> byHost(DSLContext sql) {
        Map<String, List<Aggregate>> aggregates = new HashMap<>();
        for (Aggregate aggregate : read(sql, DSL.trueCondition())) {
            aggregate
                    .hosts()
                    .forEach(host -> aggregates
                            .computeIfAbsent(host, name -> new ArrayList<>())
                            .add(aggregate));
        }
        return aggregates;
    }

    /** Takes a host out of its aggregates, whose ids are answered; it is to {@link #join} them by another name. */
    static List<Long> leave(DSLContext sql, String host) {
        return sql.deleteFrom(HOSTS)
                .where(HOST.eq(host))
                .returning(AGGREGATE_ID)
                .fetch(AGGREGATE_ID);
    }

    static void join(DSLContext sql, String host, long aggregate) {
        sql.insertInto(HOSTS)
                .columns(HOST, AGGREGATE_ID)
                .values(host, aggregate)
                .execute();
    }

    /** Writes the zone that follows for a host, and tells the scheduler when all is on disk. */
    private void settle(Transaction transaction, String host, long aggregate) {
        DSLContext sql = transaction.sql();
        List<Aggregate> aggregates = of(sql, host);
        List<String> zones = aggregates.stream()
                .flatMap(one -> one.zone().stream())
                .distinct()
                .toList();
        if (zones.size() > 1) {
            throw CatalogueError.AGGREGATE_IN_USE.with(
                    aggregate, "Host %s would be in the availability zones %s.".formatted(host, zones));
        }
        String zone = zones.isEmpty() ? compute.options().defaultZone() : zones.getFirst();
        String before = compute.hosts().find(sql, host).orElseThrow().zone();
        if (!zone.equals(before)) {
            if (sql.fetchExists(ServerColumns.SERVERS, ServerColumns.HOST.eq(host))) {
                throw CatalogueError.AGGREGATE_IN_USE.with(
                        aggregate, "Host %s has servers in the availability zone %s.".formatted(host, before));
            }
            compute.hosts().setZone(transaction, host, zone);
        }
        HostChanges.mark(transaction, host, clock.millis());
        transaction.afterCommit(() -> compute.ledger()
                .change(
                        host,
                        known -> known.withAggregates(
                                zone,
                                aggregates.stream().map(Aggregate::forScheduler).toList())));
    }

    private static void requireNew(DSLContext sql, String aggregateName, long id) {
        if (sql.fetchExists(AGGREGATES, NAME.eq(aggregateName).and(ID.ne(id)))) {
            throw CatalogueError.AGGREGATE_EXISTS.with(aggregateName);
        }
    }

    private static List<Aggregate> read(DSLContext sql, Condition which) {
        List<Record> rows =
                sql.select().from(AGGREGATES).where(which).orderBy(ID).fetch();
        Map<Long, List<String>> hosts = sql.select(AGGREGATE_ID, HOST)
                .from(HOSTS)
                .where(AGGREGATE_ID.in(rows.stream().map(row -> row.get(ID)).toList()))
                .orderBy(HOST)
                .fetchGroups(AGGREGATE_ID, HOST);
        List<Aggregate> aggregates = new ArrayList<>(rows.size());
        for (Record row : rows) {
            aggregates.add(new Aggregate(
                    row.get(ID),
                    row.get(UUID_TEXT),
                    row.get(NAME),
                    Documents.read(row.get(METADATA), STRINGS),
                    hosts.getOrDefault(row.get(ID), List.of()),
                    Instant.ofEpochMilli(row.get(CREATED_AT)),
                    Optional.ofNullable(row.get(UPDATED_AT)).map(Instant::ofEpochMilli)));
        }
        return aggregates;
    }
}
