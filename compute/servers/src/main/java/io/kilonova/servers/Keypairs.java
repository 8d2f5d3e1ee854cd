package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.storage.Database;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

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

    /**
     * A user's key pair of a name.
     *
     * @throws io.kilonova.errors.ServiceException {@link ServerError#KEYPAIR_NOT_FOUND}
     */
    public Keypair get(String userId, String name) {
        return find(userId, name).orElseThrow(() -> ServerError.KEYPAIR_NOT_FOUND.with(name, userId));
    }

    /**
     * A page of a user's key pairs, by name.
     *
     * @param marker the name of the last one of the page before
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#KEYPAIR_MARKER_NOT_FOUND}
     */
    public List<Keypair> list(String userId, Optional<String> marker, int limit) {
        return database.read(sql -> {
            marker.filter(name -> !sql.fetchExists(KEYPAIRS, USER_ID.eq(userId).and(NAME.eq(name))))
                    .ifPresent(name -> {
                        throw CatalogueError.KEYPAIR_MARKER_NOT_FOUND.with(name);
                    });
            return sql.selectFrom(KEYPAIRS)
                    .where(USER_ID.eq(userId))
                    .and(marker.<Condition>map(NAME::gt).orElse(DSL.trueCondition()))
                    .orderBy(NAME)
                    .limit(limit)
                    .fetch(Keypairs::read);
        });
    }

    /**
     * Keeps a public key under a name.
     *
     * @param type {@code ssh} or {@code x509}
     * @param maximum how many the user may have; -1 for any number
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#KEYPAIR_INVALID}, {@link
     *     CatalogueError#KEYPAIR_EXISTS}, {@link CatalogueError#KEYPAIRS_TOO_MANY}
     */
    public Keypair add(String userId, String name, String type, String publicKey, long maximum, Instant now) {
        String fingerprint =
                type.equals("x509") ? CertificateKey.fingerprint(publicKey) : SshPublicKey.fingerprint(publicKey);
        return database.write(transaction -> {
            DSLContext sql = transaction.sql();
            long number = ServerStore.take(transaction, "keypairs");
            Quotas.lock(transaction, QuotaResource.KEY_PAIRS, userId);
            if (maximum >= 0 && sql.fetchCount(KEYPAIRS, USER_ID.eq(userId)) >= maximum) {
                throw CatalogueError.KEYPAIRS_TOO_MANY.with();
            }
            Keypair keypair = new Keypair(userId, name, number, type, fingerprint, publicKey, now);
            int added = sql.insertInto(KEYPAIRS)
                    .set(USER_ID, userId)
                    .set(NAME, name)
                    .set(NUMBER, number)
                    .set(TYPE, type)
                    .set(FINGERPRINT, fingerprint)
                    .set(PUBLIC_KEY, publicKey)
                    .set(CREATED_AT, now.toEpochMilli())
                    .onConflict(USER_ID, NAME)
                    .doNothing()
                    .execute();
            if (added == 0) {
                throw CatalogueError.KEYPAIR_EXISTS.with(name);
            }
            return keypair;
        });
    }

    /**
     * Forgets a key pair. Servers keep the key that they were made with.
     *
     * @throws io.kilonova.errors.ServiceException {@link ServerError#KEYPAIR_NOT_FOUND}
     */
    public void delete(String userId, String name) {
        database.change(transaction -> {
            int deleted = transaction
                    .sql()
                    .deleteFrom(KEYPAIRS)
                    .where(USER_ID.eq(userId).and(NAME.eq(name)))
                    .execute();
            if (deleted == 0) {
                throw ServerError.KEYPAIR_NOT_FOUND.with(name, userId);
            }
        });
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
