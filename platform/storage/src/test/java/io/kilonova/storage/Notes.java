package io.kilonova.storage;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.List;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** A small table to test with. */
final class Notes {
    static final List<String> MIGRATIONS = List.of("db/storage_tests");
    static final Table<Record> NOTES = table(name("notes"));
    static final Field<String> ID = field(name("id"), SQLDataType.CLOB);
    static final Field<String> WRITER = field(name("writer"), SQLDataType.CLOB);
    static final Field<String> BODY = field(name("body"), SQLDataType.CLOB);
    static final Field<Long> WEIGHT = field(name("weight"), SQLDataType.BIGINT);
    static final Field<Boolean> PINNED = field(name("pinned"), SQLDataType.BOOLEAN);

    private Notes() {}

    static void insert(Transaction transaction, String id) {
        transaction.sql().insertInto(NOTES, ID, WRITER).values(id, "somebody").execute();
    }

    static List<String> ids(Database database) {
        return database.read(sql -> sql.select(ID).from(NOTES).orderBy(ID).fetch(ID));
    }
}
