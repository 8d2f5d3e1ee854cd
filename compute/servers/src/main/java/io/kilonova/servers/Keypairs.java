package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.storage.Database;
import java.time.Instant;
import java.util.Optional;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/** The public keys of the users. */
public final class Keypairs {
    static final Table<Record> KEYPAIRS = table(name("keypairs"));
    static final Field<String> USER_ID = field(name("user_id"), String.class);
    static final Field<String> NAME = field(name("name"), String.class);
    static final Field<Long> NUMBER = field(name("number"), Long.class);
    static final Field<String> TYPE = field(name("type"), String.class);
    static final Field<String> FINGERPRINT = field(name("fingerprint"), String.class);
    static final Field<String> PUBLIC_KEY = field(name("public_key"), String.class);
    static final Field<Long> CREATED_AT = field(name("created_at"), Long.class);

    private final Database database;

    /** The key pairs in {@code database}. */
    public Keypairs(Database database) {
        this.database = database;
    }

    /** A user's key pair of a name. */
    public Optional<Keypair> find(String userId, String name) {
        return database.read(sql -> sql.selectFrom(KEYPAIRS)
                .where(USER_ID.eq(userId).and(NAME.eq(name)))
                .fetchOptional(Keypairs::read));
    }

    static Keypair read(Record row) {
        return new Keypair(
                row.get(USER_ID),
                row.get(NAME),
                row.get(NUMBER),
                row.get(TYPE),
                row.get(FINGERPRINT),
                row.get(PUBLIC_KEY),
                Instant.ofEpochMilli(row.get(CREATED_AT)));
    }
}
