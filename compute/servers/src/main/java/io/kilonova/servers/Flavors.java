package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.access.Visibility;
import io.kilonova.storage.Database;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
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

    private final Database database;

    /** The flavors in {@code database}. */
    public Flavors(Database database) {
        this.database = database;
    }

    /** The flavor of an id, if whoever asks may use it. */
    public Optional<Flavor> find(Visibility visibility, String id) {
        return database.read(sql ->
                sql.selectFrom(FLAVORS).where(ID.eq(id).and(usable(visibility))).fetchOptional(Flavors::read));
    }

    /** The flavors that a project may use: public ones and those that it was given. */
    static Condition usable(Visibility visibility) {
        return visibility
                .projectId()
                .map(project -> IS_PUBLIC
                        .isTrue()
                        .or(ID.in(DSL.select(FLAVOR_ID).from(ACCESS).where(PROJECT_ID.eq(project)))))
                .orElse(DSL.trueCondition());
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

    /** The ids of the flavors, in the order of the ids; for tests and the check of the cloud. */
    public List<String> ids() {
        return database.read(sql -> sql.select(ID).from(FLAVORS).orderBy(ID).fetch(ID));
    }
}
