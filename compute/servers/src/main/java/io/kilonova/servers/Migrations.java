package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.storage.Database;
import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The moves of servers, those that go on and those that were ({@code os-migrations}). */
public final class Migrations {
    private static final Table<Record> MIGRATIONS = table(name("migrations"));
    private static final Field<String> ID = text("id");
    private static final Field<Long> NUMBER = number("number");
    private static final Field<String> SERVER_ID = text("server_id");
    private static final Field<String> PROJECT_ID = text("project_id");
    private static final Field<String> USER_ID = text("user_id");
    private static final Field<String> TYPE = text("type");
    private static final Field<String> STATUS = text("status");
    private static final Field<String> BEFORE = text("vm_state_before");
    private static final Field<String> SOURCE = text("source_host");
    private static final Field<String> DESTINATION = text("destination_host");
    private static final Field<String> OLD_FLAVOR = text("old_flavor");
    private static final Field<String> NEW_FLAVOR = text("new_flavor");
    private static final Field<Long> HELD_CORES = number("held_cores");
    private static final Field<Long> HELD_RAM = number("held_ram_mebibytes");
    private static final Field<String> PROGRESS = text("progress");
    private static final Field<Long> CREATED_AT = number("created_at");
    private static final Field<Long> UPDATED_AT = number("updated_at");
    private static final List<String> OPEN = Arrays.stream(MigrationStatus.values())
            .filter(MigrationStatus::open)
            .map(MigrationStatus::label)
            .toList();

    /** Asked of each host that reports: of 10,000 each minute. */
    private static final FixedStatement OPEN_AT = FixedStatement.of(sql -> sql.selectFrom(MIGRATIONS)
            .where(STATUS.in(OPEN).and(SOURCE.eq("").or(DESTINATION.eq(""))))
            .orderBy(NUMBER));

    private final Database database;

    /**
     * Which migrations a list shows, newest first.
     *
     * @param equal values that columns of the API must have: {@code status}, {@code migration_type}, {@code source_compute},
     *     {@code instance_uuid}, {@code user_id}, {@code project_id}, and {@code host} for either side
     * @param changedSince inclusive
     * @param changedBefore inclusive
     * @param limit at most so many
     * @param marker the UUID after which the list goes on
     */
    public record Filter(
            Map<String, String> equal,
            Optional<Instant> changedSince,
            Optional<Instant> changedBefore,
            int limit,
            Optional<String> marker) {}

    /** The moves in {@code database}. */
    public Migrations(Database database) {
        this.database = database;
    }

    /** A page of migrations. */
    public List<Migration> list(Filter filter) {
        return database.read(sql -> {
            Condition condition = DSL.trueCondition();
            for (Map.Entry<String, String> wanted : filter.equal().entrySet()) {
                condition = condition.and(matches(wanted.getKey(), wanted.getValue()));
            }
            if (filter.changedSince().isPresent()) {
                condition =
                        condition.and(UPDATED_AT.ge(filter.changedSince().get().toEpochMilli()));
            }
            if (filter.changedBefore().isPresent()) {
                condition =
                        condition.and(UPDATED_AT.le(filter.changedBefore().get().toEpochMilli()));
            }
            if (filter.marker().isPresent()) {
                String marker = filter.marker().get();
                Long last =
                        sql.select(NUMBER).from(MIGRATIONS).where(ID.eq(marker)).fetchOne(NUMBER);
                if (last == null) {
                    throw CatalogueError.USAGE_MARKER_NOT_FOUND.with(marker);
                }
                condition = condition.and(NUMBER.lt(last));
            }
            return sql.selectFrom(MIGRATIONS)
                    .where(condition)
                    .orderBy(NUMBER.desc())
                    .limit(filter.limit())
                    .fetch(Migrations::read);
        });
    }

    private static Condition matches(String key, String value) {
        return switch (key) {
            case "status" -> STATUS.eq(value);
            case "migration_type" -> TYPE.eq(value);
            case "source_compute" -> SOURCE.eq(value);
            case "instance_uuid" -> SERVER_ID.eq(value);
            case "user_id" -> USER_ID.eq(value);
            case "project_id" -> PROJECT_ID.eq(value);
            case "host" -> SOURCE.eq(value).or(DESTINATION.eq(value));
            default -> throw new IllegalArgumentException("migrations are not found by " + key);
        };
    }

    /** All moves of a server, newest first. */
    public List<Migration> ofServer(String serverId) {
        return database.read(sql -> ofServer(sql, serverId));
    }

    static List<Migration> ofServer(DSLContext sql, String serverId) {
        return sql.selectFrom(MIGRATIONS)
                .where(SERVER_ID.eq(serverId))
                .orderBy(NUMBER.desc())
                .fetch(Migrations::read);
    }

    /** The moves away from or to a host that hold room. */
    List<Migration> openAt(String host) {
        return database.read(sql -> openAt(sql, host));
    }

    /** The same within a reading. */
    public static List<Migration> openAt(DSLContext sql, String host) {
        return OPEN_AT.fetch(
                        sql, Stream.concat(OPEN.stream(), Stream.of(host, host)).toArray())
                .map(Migrations::read);
    }

    /** The hosts that moves which hold room lead away from, or to. */
    static Set<String> openHosts(DSLContext sql) {
        Set<String> hosts = new HashSet<>();
        sql.select(SOURCE, DESTINATION).from(MIGRATIONS).where(STATUS.in(OPEN)).forEach(row -> {
            hosts.add(row.value1());
            hosts.add(row.value2());
        });
        return hosts;
    }

    /** Where moves that hold room take those of {@code servers} that have one, by their ids. */
    static Map<String, Set<String>> destinations(DSLContext sql, Select<Record1<String>> servers) {
        Map<String, Set<String>> destinations = new HashMap<>();
        sql.select(SERVER_ID, DESTINATION)
                .from(MIGRATIONS)
                .where(SERVER_ID.in(servers).and(STATUS.in(OPEN)).and(DESTINATION.isNotNull()))
                .forEach(row -> destinations
                        .computeIfAbsent(row.value1(), server -> new HashSet<>())
                        .add(row.value2()));
        return destinations;
    }

    /** The moves that wait for a confirmation since {@code before}. */
    List<Migration> unconfirmedSince(Instant before) {
        return database.read(sql -> sql.selectFrom(MIGRATIONS)
                .where(STATUS.eq(MigrationStatus.FINISHED.label()).and(UPDATED_AT.le(before.toEpochMilli())))
                .orderBy(NUMBER)
                .fetch(Migrations::read));
    }

    static Migration get(DSLContext sql, String id) {
        return sql.selectFrom(MIGRATIONS).where(ID.eq(id)).fetchSingle(Migrations::read);
    }

    Migration get(String id) {
        return database.read(sql -> get(sql, id));
    }

    static boolean exists(DSLContext sql, String id) {
        return sql.fetchExists(MIGRATIONS, ID.eq(id));
    }

    /** What moves hold of the quotas of projects beside their servers' own flavors; see {@link Quotas#counted}. */
    static Map<String, Quotas.Usage> held(DSLContext sql, String after, Optional<String> last) {
        Field<String> project = field(name("servers", "project_id"), String.class);
        Map<String, Quotas.Usage> held = new HashMap<>();
        sql.select(project, DSL.sum(HELD_CORES), DSL.sum(HELD_RAM))
                .from(MIGRATIONS)
                .join(ServerColumns.SERVERS)
                .on(field(name("servers", "id"), String.class).eq(SERVER_ID))
                .where(project.gt(after))
                .and(last.map(project::le).orElse(DSL.trueCondition()))
                .and(HELD_CORES.gt(0L).or(HELD_RAM.gt(0L)))
                .groupBy(project)
                .forEach(row -> held.put(
                        row.value1(),
                        new Quotas.Usage(
                                0, row.value2().longValue(), row.value3().longValue())));
        return held;
    }

    /** Has all moves, those that were too, name a host as it is called from now on. */
    void renameHost(Transaction transaction, String from, String to) {
        DSLContext sql = transaction.sql();
        sql.update(MIGRATIONS).set(SOURCE, to).where(SOURCE.eq(from)).execute();
        sql.update(MIGRATIONS).set(DESTINATION, to).where(DESTINATION.eq(from)).execute();
    }

    void insert(Transaction transaction, Migration migration) {
        transaction
                .sql()
                .insertInto(MIGRATIONS)
                .set(ID, migration.id())
                .set(NUMBER, migration.number())
                .set(SERVER_ID, migration.serverId())
                .set(PROJECT_ID, migration.projectId())
                .set(USER_ID, migration.userId())
                .set(TYPE, migration.type().label())
                .set(STATUS, migration.status().label())
                .set(BEFORE, migration.before().label())
                .set(SOURCE, migration.source())
                .set(OLD_FLAVOR, Documents.write(migration.oldFlavor()))
                .set(NEW_FLAVOR, Documents.write(migration.newFlavor()))
                .set(HELD_CORES, migration.held().cores())
                .set(HELD_RAM, migration.held().ramMebibytes())
                .set(CREATED_AT, migration.createdAt().toEpochMilli())
                .set(UPDATED_AT, migration.updatedAt().toEpochMilli())
                .execute();
    }

    void goesTo(Transaction transaction, String id, Optional<String> host, MigrationStatus status, Instant now) {
        change(transaction, id, Map.of(STATUS, status.label()), now);
        transaction
                .sql()
                .update(MIGRATIONS)
                .set(DESTINATION, host.orElse(null))
                .where(ID.eq(id))
                .execute();
    }

    void became(Transaction transaction, String id, MigrationStatus status, Instant now) {
        change(transaction, id, Map.of(STATUS, status.label()), now);
    }

    void holds(Transaction transaction, String id, Quotas.Usage held, Instant now) {
        change(transaction, id, Map.of(HELD_CORES, held.cores(), HELD_RAM, held.ramMebibytes()), now);
    }

    void moved(String id, LiveMigrationProgress progress, Instant now) {
        database.change(transaction -> change(transaction, id, Map.of(PROGRESS, Documents.write(progress)), now));
    }

    private static void change(Transaction transaction, String id, Map<Field<?>, Object> changes, Instant now) {
        transaction
                .sql()
                .update(MIGRATIONS)
                .set(changes)
                .set(UPDATED_AT, now.toEpochMilli())
                .where(ID.eq(id))
                .execute();
    }

    private static Migration read(Record row) {
        @Nullable String progress = row.get(PROGRESS);
        return new Migration(
                row.get(ID),
                row.get(NUMBER),
                row.get(SERVER_ID),
                row.get(PROJECT_ID),
                row.get(USER_ID),
                MigrationType.of(row.get(TYPE)),
                MigrationStatus.of(row.get(STATUS)),
                VmState.of(row.get(BEFORE)),
                row.get(SOURCE),
                Optional.ofNullable(row.get(DESTINATION)),
                Documents.readShared(row.get(OLD_FLAVOR), Flavor.class),
                Documents.readShared(row.get(NEW_FLAVOR), Flavor.class),
                new Quotas.Usage(0, row.get(HELD_CORES), row.get(HELD_RAM)),
                Optional.ofNullable(progress).map(text -> Documents.read(text, LiveMigrationProgress.class)),
                Instant.ofEpochMilli(row.get(CREATED_AT)),
                Instant.ofEpochMilli(row.get(UPDATED_AT)));
    }

    private static Field<String> text(String column) {
        return field(name(column), String.class);
    }

    private static Field<Long> number(String column) {
        return field(name(column), Long.class);
    }
}
