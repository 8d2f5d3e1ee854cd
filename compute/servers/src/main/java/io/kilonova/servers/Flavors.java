package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.access.Visibility;
import io.kilonova.storage.Database;
import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.Keyset;
import io.kilonova.storage.RowLock;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import tools.jackson.core.type.TypeReference;

/** The flavors of the cloud and who may use those that are not public. */
public final class Flavors {
    static final Table<Record> FLAVORS = table(name("flavors"));
    static final Table<Record> ACCESS = table(name("flavor_access"));
    static final Field<String> ID = field(name("id"), String.class);
    static final Field<String> NAME = field(name("name"), String.class);
    static final Field<String> DESCRIPTION = field(name("description"), String.class);
    static final Field<Long> VCPUS = field(name("vcpus"), Long.class);
    static final Field<Long> RAM = field(name("ram_mebibytes"), Long.class);
    static final Field<Long> ROOT_DISK = field(name("root_disk_gibibytes"), Long.class);
    static final Field<Long> EPHEMERAL_DISK = field(name("ephemeral_disk_gibibytes"), Long.class);
    static final Field<Long> SWAP = field(name("swap_mebibytes"), Long.class);
    static final Field<Double> RXTX_FACTOR = field(name("rxtx_factor"), Double.class);
    static final Field<Boolean> IS_PUBLIC = field(name("is_public"), Boolean.class);
    static final Field<Boolean> DISABLED = field(name("disabled"), Boolean.class);
    static final Field<String> EXTRA_SPECS = field(name("extra_specs"), String.class);
    static final Field<Long> CREATED_AT = field(name("created_at"), Long.class);
    static final Field<Long> UPDATED_AT = field(name("updated_at"), Long.class);
    static final Field<String> FLAVOR_ID = field(name("flavor_id"), String.class);
    static final Field<String> PROJECT_ID = field(name("project_id"), String.class);
    private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

    private static final List<Field<?>> COLUMNS = List.of(
            ID,
            NAME,
            DESCRIPTION,
            VCPUS,
            RAM,
            ROOT_DISK,
            EPHEMERAL_DISK,
            SWAP,
            RXTX_FACTOR,
            IS_PUBLIC,
            DISABLED,
            EXTRA_SPECS,
            CREATED_AT,
            UPDATED_AT);
    private static final FixedStatement FIND =
            FixedStatement.of(sql -> sql.select(COLUMNS).from(FLAVORS).where(ID.eq("")));
    private static final FixedStatement FIND_USABLE = FixedStatement.of(
            sql -> sql.select(COLUMNS).from(FLAVORS).where(ID.eq("")).and(usableBy("")));

    /** As many extra specs as one flavor may have; Nova knows no bound, and uses some tens. */
    private static final int MAXIMUM_EXTRA_SPECS = 128;

    private final Database database;

    /** The flavors in {@code database}. */
    public Flavors(Database database) {
        this.database = database;
    }

    /** The flavor of an id, if whoever asks may use it. */
    public Optional<Flavor> find(Visibility visibility, String id) {
        return database.fetchOptional(asked(visibility, id)).map(Flavors::read);
    }

    /** What {@link #find} asks the database. */
    static FixedStatement.Asked asked(Visibility visibility, String id) {
        return visibility
                .projectId()
                .map(project -> FIND_USABLE.with(id, project))
                .orElseGet(() -> FIND.with(id));
    }

    /**
     * The flavor of an id.
     *
     * @throws io.kilonova.errors.ServiceException {@link ServerError#FLAVOR_NOT_FOUND}, also for one that is not the caller's to use
     */
    public Flavor get(Visibility visibility, String id) {
        return find(visibility, id).orElseThrow(() -> ServerError.FLAVOR_NOT_FOUND.with(id));
    }

    /** A page of flavors in the order of {@code query}. */
    public List<Flavor> list(FlavorQuery query) {
        return database.read(sql -> {
            Keyset keyset = query.order();
            Condition condition = query.condition();
            if (query.marker().isPresent()) {
                String marker = query.marker().get();
                Record row = sql.selectFrom(FLAVORS)
                        .where(ID.eq(marker))
                        .and(query.seesPrivate() ? DSL.trueCondition() : query.condition())
                        .fetchOptional()
                        .orElseThrow(() -> ServerError.MARKER_NOT_FOUND.with(marker));
                condition = condition.and(keyset.after(row));
            }
            return sql.selectFrom(FLAVORS)
                    .where(condition)
                    .orderBy(keyset.order())
                    .limit(query.limit())
                    .fetch(Flavors::read);
        });
    }

    /**
     * Makes a flavor.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#FLAVOR_NAME_TAKEN}, {@link CatalogueError#FLAVOR_ID_TAKEN}
     */
    public Flavor create(FlavorCreate create, Instant now) {
        String id = create.id().orElseGet(() -> UUID.randomUUID().toString());
        return database.write(transaction -> {
            DSLContext sql = transaction.sql();
            if (sql.fetchExists(FLAVORS, NAME.eq(create.name()))) {
                throw CatalogueError.FLAVOR_NAME_TAKEN.with(create.name());
            }
            int made = sql.insertInto(FLAVORS)
                    .set(ID, id)
                    .set(NAME, create.name())
                    .set(DESCRIPTION, create.description().orElse(null))
                    .set(VCPUS, (long) create.virtualCpus())
                    .set(RAM, (long) create.memoryMebibytes())
                    .set(ROOT_DISK, (long) create.rootDiskGibibytes())
                    .set(EPHEMERAL_DISK, (long) create.ephemeralDiskGibibytes())
                    .set(SWAP, (long) create.swapMebibytes())
                    .set(RXTX_FACTOR, create.receiveTransmitFactor())
                    .set(IS_PUBLIC, create.isPublic())
                    .set(DISABLED, false)
                    .set(EXTRA_SPECS, Documents.write(Map.of()))
                    .set(CREATED_AT, now.toEpochMilli())
                    .onConflict(ID)
                    .doNothing()
                    .execute();
            if (made == 0) {
                throw CatalogueError.FLAVOR_ID_TAKEN.with(id);
            }
            return sql.selectFrom(FLAVORS).where(ID.eq(id)).fetchSingle(Flavors::read);
        });
    }

    /** Changes what people are told of a flavor. */
    public Flavor describe(String id, Optional<String> description, Instant now) {
        return database.write(transaction -> {
            lock(transaction, id);
            transaction
                    .sql()
                    .update(FLAVORS)
                    .set(DESCRIPTION, description.orElse(null))
                    .set(UPDATED_AT, now.toEpochMilli())
                    .where(ID.eq(id))
                    .execute();
            return lock(transaction, id);
        });
    }

    /** Removes a flavor. Servers keep their copy of it. */
    public void delete(String id) {
        database.change(transaction -> {
            lock(transaction, id);
            transaction.sql().deleteFrom(ACCESS).where(FLAVOR_ID.eq(id)).execute();
            transaction.sql().deleteFrom(FLAVORS).where(ID.eq(id)).execute();
        });
    }

    /** The projects that were given a private flavor. */
    public List<String> projectsOf(String id) {
        return database.read(sql -> sql.select(PROJECT_ID)
                .from(ACCESS)
                .where(FLAVOR_ID.eq(id))
                .orderBy(PROJECT_ID)
                .fetch(PROJECT_ID));
    }

    /**
     * Lets a project use a private flavor.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#FLAVOR_ACCESS_TAKEN}
     */
    public void give(String id, String projectId) {
        database.change(transaction -> {
            lock(transaction, id);
            int given = transaction
                    .sql()
                    .insertInto(ACCESS)
                    .set(FLAVOR_ID, id)
                    .set(PROJECT_ID, projectId)
                    .onConflict(FLAVOR_ID, PROJECT_ID)
                    .doNothing()
                    .execute();
            if (given == 0) {
                throw CatalogueError.FLAVOR_ACCESS_TAKEN.with(id, projectId);
            }
        });
    }

    /**
     * Takes a private flavor from a project.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#FLAVOR_ACCESS_NOT_FOUND}
     */
    public void take(String id, String projectId) {
        database.change(transaction -> {
            lock(transaction, id);
            int taken = transaction
                    .sql()
                    .deleteFrom(ACCESS)
                    .where(FLAVOR_ID.eq(id).and(PROJECT_ID.eq(projectId)))
                    .execute();
            if (taken == 0) {
                throw CatalogueError.FLAVOR_ACCESS_NOT_FOUND.with(id, projectId);
            }
        });
    }

    /**
     * Adds extra specs to a flavor, or changes those that it has.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#EXTRA_SPECS_TOO_MANY}
     */
    public void putExtraSpecs(String id, Map<String, String> given, Instant now) {
        changeExtraSpecs(id, now, specs -> {
            Map<String, String> all = new TreeMap<>(specs);
            all.putAll(given);
            if (all.size() > MAXIMUM_EXTRA_SPECS) {
                throw CatalogueError.EXTRA_SPECS_TOO_MANY.with(MAXIMUM_EXTRA_SPECS);
            }
            return all;
        });
    }

    /**
     * Removes an extra spec.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#EXTRA_SPEC_NOT_FOUND}
     */
    public void removeExtraSpec(String id, String key, Instant now) {
        changeExtraSpecs(id, now, specs -> {
            Map<String, String> rest = new TreeMap<>(specs);
            if (rest.remove(key) == null) {
                throw CatalogueError.EXTRA_SPEC_NOT_FOUND.with(id, key);
            }
            return rest;
        });
    }

    private void changeExtraSpecs(String id, Instant now, UnaryOperator<Map<String, String>> change) {
        database.change(transaction -> {
            Map<String, String> changed = change.apply(lock(transaction, id).extraSpecs());
            transaction
                    .sql()
                    .update(FLAVORS)
                    .set(EXTRA_SPECS, Documents.write(changed))
                    .set(UPDATED_AT, now.toEpochMilli())
                    .where(ID.eq(id))
                    .execute();
        });
    }

    private static Flavor lock(Transaction transaction, String id) {
        return RowLock.of(
                        transaction.sql(), transaction.sql().selectFrom(FLAVORS).where(ID.eq(id)))
                .fetchOptional(Flavors::read)
                .orElseThrow(() -> ServerError.FLAVOR_NOT_FOUND.with(id));
    }

    /** The flavors that a project may use: public ones and those that it was given. */
    static Condition usable(Visibility visibility) {
        return visibility.projectId().map(Flavors::usableBy).orElse(DSL.trueCondition());
    }

    /** The public flavors and those that a project was given. */
    static Condition usableBy(String projectId) {
        return IS_PUBLIC.isTrue().or(ID.in(DSL.select(FLAVOR_ID).from(ACCESS).where(PROJECT_ID.eq(projectId))));
    }

    static Flavor read(Record row) {
        return new Flavor(
                row.get(ID),
                row.get(NAME),
                Optional.ofNullable(row.get(DESCRIPTION)),
                row.get(VCPUS).intValue(),
                row.get(RAM).intValue(),
                row.get(ROOT_DISK).intValue(),
                row.get(EPHEMERAL_DISK).intValue(),
                row.get(SWAP).intValue(),
                row.get(RXTX_FACTOR),
                row.get(IS_PUBLIC),
                row.get(DISABLED),
                Documents.read(row.get(EXTRA_SPECS), STRINGS),
                Instant.ofEpochMilli(row.get(CREATED_AT)),
                Optional.ofNullable(row.get(UPDATED_AT)).map(Instant::ofEpochMilli));
    }
}
