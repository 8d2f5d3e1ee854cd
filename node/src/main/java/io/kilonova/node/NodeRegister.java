package io.kilonova.node;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Which nodes the cloud has, who may come, and where controllers listen. What a node says every few seconds is not written. */
public final class NodeRegister {
    /** The folder of this room's tables. */
    public static final String MIGRATIONS = "db/node";

    private static final Table<Record> NODES = table(name("nodes"));
    private static final Table<Record> TOKENS = table(name("enrolment_tokens"));
    private static final Table<Record> GATES = table(name("gates"));
    private static final Field<String> ID = field(name("id"), String.class);
    private static final Field<String> LABEL = field(name("label"), String.class);
    private static final Field<String> FORMER_LABEL = field(name("former_label"), String.class);
    private static final Field<String> ADDRESS = field(name("address"), String.class);
    private static final Field<String> FINGERPRINT = field(name("certificate_fingerprint"), String.class);
    private static final Field<Long> ENROLLED_AT = field(name("enrolled_at"), Long.class);
    private static final Field<Long> REVOKED_AT = field(name("revoked_at"), Long.class);
    private static final Field<String> DIGEST = field(name("digest"), String.class);
    private static final Field<Long> EXPIRES_AT = field(name("expires_at"), Long.class);
    private static final Field<String> TOKEN_DIGEST = field(name("token_digest"), String.class);
    private static final Field<Long> TOKEN_EXPIRES_AT = field(name("token_expires_at"), Long.class);
    private static final Field<Long> SEEN_AT = field(name("seen_at"), Long.class);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");

    /** A controller that has not said for so long where it listens is not coming back there. */
    private static final Duration GATE_MEMORY = Duration.ofDays(1);

    private final Database database;
    private final InstantSource clock;

    /** The register in {@code database}. */
    public NodeRegister(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A token with which one node may enrol within {@code lifetime}. Only its digest is kept. */
    public EnrolmentToken newToken(CertificateAuthority authority, Duration lifetime) {
        EnrolmentToken token = EnrolmentToken.fresh(authority.fingerprint());
        database.change(transaction -> {
            DSLContext sql = transaction.sql();
            sql.deleteFrom(TOKENS).where(EXPIRES_AT.le(clock.millis())).execute();
            sql.insertInto(TOKENS)
                    .columns(DIGEST, EXPIRES_AT)
                    .values(digest(token.secret()), clock.millis() + lifetime.toMillis())
                    .execute();
        });
        return token;
    }

    /**
     * Takes a node in: its token is used up in the same transaction. A key that is known is the node that it was: it comes again
     * with another token, or with the one that it came by, until that would have expired, for the answer may have been lost.
     *
     * @throws io.kilonova.errors.ServiceException {@link NodeError#TOKEN_REFUSED}, {@link NodeError#LABEL_TAKEN},
     *     {@link NodeError#LABEL_UNUSABLE}, {@link NodeError#ENROLLED_AS}, {@link NodeError#NODE_NOT_ENROLLED}; nothing is
     *     changed then
     */
    EnrolledNode enrol(String tokenSecret, String id, String label, String address, String fingerprint) {
        requireName(label);
        String token = digest(tokenSecret);
        return database.write(transaction -> {
            DSLContext sql = transaction.sql();
            long expiresAt = sql.deleteFrom(TOKENS)
                    .where(DIGEST.eq(token))
                    .and(EXPIRES_AT.gt(clock.millis()))
                    .returning(EXPIRES_AT)
                    .fetchOptional(EXPIRES_AT)
                    .or(() -> sql.select(TOKEN_EXPIRES_AT)
                            .from(NODES)
                            .where(ID.eq(id))
                            .and(TOKEN_DIGEST.eq(token))
                            .and(TOKEN_EXPIRES_AT.gt(clock.millis()))
                            .fetchOptional(TOKEN_EXPIRES_AT))
                    .orElseThrow(NodeError.TOKEN_REFUSED::with);
            find(sql, id).ifPresentOrElse(known -> requireSame(known, label), () -> add(sql, id, label, address));
            sql.update(NODES)
                    .set(FINGERPRINT, fingerprint)
                    .set(TOKEN_DIGEST, token)
                    .set(TOKEN_EXPIRES_AT, expiresAt)
                    .where(ID.eq(id))
                    .execute();
            return find(sql, id).orElseThrow();
        });
    }

    private void add(DSLContext sql, String id, String label, String address) {
        int added = sql.insertInto(NODES)
                .columns(ID, LABEL, ADDRESS, FINGERPRINT, ENROLLED_AT)
                .values(id, label, address, "", clock.millis())
                .onConflictDoNothing()
                .execute();
        if (added == 0) {
            throw NodeError.LABEL_TAKEN.with(label);
        }
        forget(sql, label);
    }

    private static void requireSame(EnrolledNode known, String label) {
        if (known.revokedAt().isPresent()) {
            throw NodeError.NODE_NOT_ENROLLED.with(known.id());
        }
        if (!known.isCalled(label)) {
            throw NodeError.ENROLLED_AS.with(known.label());
        }
    }

    /**
     * Gives a node another name; the one that it had still means it, until another node is called so.
     *
     * @throws io.kilonova.errors.ServiceException {@link NodeError#LABEL_TAKEN}
     */
    void rename(Transaction transaction, String id, String label) {
        DSLContext sql = transaction.sql();
        if (sql.fetchExists(NODES, LABEL.eq(label).and(ID.ne(id)))) {
            throw NodeError.LABEL_TAKEN.with(label);
        }
        forget(sql, label);
        sql.update(NODES)
                .set(FORMER_LABEL, LABEL)
                .set(LABEL, label)
                .where(ID.eq(id))
                .and(LABEL.ne(label))
                .execute();
    }

    private static void forget(DSLContext sql, String label) {
        sql.update(NODES).setNull(FORMER_LABEL).where(FORMER_LABEL.eq(label)).execute();
    }

    /** Every node that is not revoked, by label. */
    public List<EnrolledNode> list() {
        return database.read(sql ->
                sql.selectFrom(NODES).where(REVOKED_AT.isNull()).orderBy(LABEL).fetch(NodeRegister::read));
    }

    /** The node of this id, revoked or not. */
    public Optional<EnrolledNode> find(String id) {
        return database.read(sql -> find(sql, id));
    }

    /** The node that is not revoked and has this label. */
    public Optional<EnrolledNode> named(String label) {
        return database.read(sql -> sql.selectFrom(NODES)
                .where(LABEL.eq(label))
                .and(REVOKED_AT.isNull())
                .fetchOptional(NodeRegister::read));
    }

    /** Believes a node nothing from now on. Its name is free again; throws {@link NodeError#NODE_UNKNOWN}. */
    public void revoke(String label) {
        database.change(transaction -> {
            int revoked = transaction
                    .sql()
                    .update(NODES)
                    .set(REVOKED_AT, clock.millis())
                    .set(LABEL, DSL.concat(LABEL, DSL.inline(" revoked "), ID))
                    .where(LABEL.eq(label))
                    .and(REVOKED_AT.isNull())
                    .execute();
            if (revoked == 0) {
                throw NodeError.NODE_UNKNOWN.with(label);
            }
        });
    }

    /** Writes down where a node is now, and that no other is there any more. */
    void moved(String id, String address) {
        database.change(transaction -> {
            DSLContext sql = transaction.sql();
            sql.update(NODES).set(ADDRESS, "").where(ADDRESS.eq(address)).execute();
            sql.update(NODES).set(ADDRESS, address).where(ID.eq(id)).execute();
        });
    }

    /** Writes down which certificate a node got. */
    void renewed(String id, String fingerprint) {
        database.change(transaction -> transaction
                .sql()
                .update(NODES)
                .set(FINGERPRINT, fingerprint)
                .where(ID.eq(id))
                .execute());
    }

    /** Says that a controller listens at {@code address}, and forgets those that have not said so for a day. */
    void gateOpen(String address) {
        long now = clock.millis();
        database.change(transaction -> {
            DSLContext sql = transaction.sql();
            sql.deleteFrom(GATES)
                    .where(SEEN_AT.lt(now - GATE_MEMORY.toMillis()))
                    .execute();
            sql.insertInto(GATES)
                    .columns(ADDRESS, SEEN_AT)
                    .values(address, now)
                    .onConflict(ADDRESS)
                    .doUpdate()
                    .set(SEEN_AT, now)
                    .execute();
        });
    }

    /** Says that no controller listens there any more. */
    void gateClosed(String address) {
        database.change(transaction ->
                transaction.sql().deleteFrom(GATES).where(ADDRESS.eq(address)).execute());
    }

    /** Where controllers listen. */
    List<String> gates() {
        return database.read(
                sql -> sql.select(ADDRESS).from(GATES).orderBy(ADDRESS).fetch(ADDRESS));
    }

    /** Throws {@link NodeError#LABEL_UNUSABLE}. */
    static void requireName(String label) {
        if (!NAME.matcher(label).matches()) {
            throw NodeError.LABEL_UNUSABLE.with(label.length() > 60 ? label.substring(0, 60) : label);
        }
    }

    private static Optional<EnrolledNode> find(DSLContext sql, String id) {
        return sql.selectFrom(NODES).where(ID.eq(id)).fetchOptional(NodeRegister::read);
    }

    private static EnrolledNode read(Record row) {
        return new EnrolledNode(
                row.get(ID),
                row.get(LABEL),
                Optional.ofNullable(row.get(FORMER_LABEL)),
                row.get(ADDRESS),
                row.get(FINGERPRINT),
                Instant.ofEpochMilli(row.get(ENROLLED_AT)),
                Optional.ofNullable(row.get(REVOKED_AT)).map(Instant::ofEpochMilli));
    }

    private static String digest(String secret) {
        return PeerIdentity.digest(secret.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
}
