package io.kilonova.identity;

import static io.kilonova.identity.Columns.APPLICATION_CREDENTIALS;
import static io.kilonova.identity.Columns.DESCRIPTION;
import static io.kilonova.identity.Columns.EXPIRES_AT_MILLIS;
import static io.kilonova.identity.Columns.ID;
import static io.kilonova.identity.Columns.NAME;
import static io.kilonova.identity.Columns.PROJECT_ID;
import static io.kilonova.identity.Columns.ROLE_IDS;
import static io.kilonova.identity.Columns.SECRET_HASH;
import static io.kilonova.identity.Columns.UNRESTRICTED;
import static io.kilonova.identity.Columns.USER_ID;

import io.kilonova.storage.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;

/**
 * Application credentials: a secret of its own for a program, with some of its user's roles in one project. It never can do
 * more than its user can at that moment.
 */
final class ApplicationCredentials {
    private final Database database;
    private final Passwords passwords;
    private final InstantSource clock;

    /**
     * One of them.
     *
     * @param id of the credential
     * @param userId whose it is
     * @param projectId where it holds
     * @param name unique for its user
     * @param description for people
     * @param secretHash bcrypt
     * @param unrestricted whether it may make further credentials
     * @param expiresAt when it ends, if ever
     * @param roleIds what it may be
     */
    record Entry(
            String id,
            String userId,
            String projectId,
            String name,
            String description,
            String secretHash,
            boolean unrestricted,
            Optional<Instant> expiresAt,
            List<String> roleIds) {}

    ApplicationCredentials(Database database, Passwords passwords, InstantSource clock) {
        this.database = database;
        this.passwords = passwords;
        this.clock = clock;
    }

    /**
     * Proves someone by {@code id} or {@code name} and {@code user}, and the secret. An unknown one costs what a wrong
     * secret costs.
     */
    Proven prove(JsonNode content) {
        String secret = RequestBody.text(content, "secret", "application_credential");
        Optional<String> id = RequestBody.optionalText(content, "id");
        Optional<Subject> owner = id.isPresent()
                ? Optional.empty()
                : Optional.of(Subject.read(
                        RequestBody.object(content, "user", "application_credential"), "application_credential"));
        String name = id.isPresent() ? "" : RequestBody.text(content, "name", "application_credential");
        Optional<Entry> found = database.read(sql -> {
            Condition which = id.map(ID::eq)
                    .orElseGet(() -> NAME.eq(name)
                            .and(USER_ID.eq(owner.flatMap(user -> Lookup.user(sql, user))
                                    .map(Lookup.Account::id)
                                    .orElse(" "))));
            return first(sql, which);
        });
        boolean right = passwords.matches(found.map(Entry::secretHash).orElse(""), secret);
        Entry entry = found.filter(ignored -> right)
                .filter(each -> each.expiresAt()
                        .map(end -> clock.instant().isBefore(end))
                        .orElse(true))
                .orElseThrow(IdentityError.UNAUTHORIZED::with);
        Subject self = new Subject(
                Optional.of(entry.userId()), Optional.empty(), new Subject.Domain(Optional.empty(), Optional.empty()));
        Lookup.Account account =
                database.read(sql -> Lookup.user(sql, self)).orElseThrow(IdentityError.UNAUTHORIZED::with);
        return new Proven(
                account.id(),
                account.credentialEpoch(),
                Set.of(AuthenticationMethod.APPLICATION_CREDENTIAL),
                Optional.empty(),
                Optional.of(entry.id()),
                entry.expiresAt(),
                Optional.of(ScopeReference.project(entry.projectId())));
    }

    /** One of a user's. */
    static Optional<Entry> find(DSLContext sql, String userId, String id) {
        return first(sql, ID.eq(id).and(USER_ID.eq(userId)));
    }

    /** A user's, by name. */
    static List<Entry> list(DSLContext sql, String userId, Optional<String> name) {
        return select(sql, USER_ID.eq(userId).and(name.map(NAME::eq).orElse(DSL.noCondition())));
    }

    /**
     * Stores one.
     *
     * @throws io.kilonova.errors.ServiceException {@link IdentityError#CONFLICT}
     */
    static void insert(DSLContext sql, Entry entry) {
        int stored = sql.insertInto(APPLICATION_CREDENTIALS)
                .set(ID, entry.id())
                .set(USER_ID, entry.userId())
                .set(PROJECT_ID, entry.projectId())
                .set(NAME, entry.name())
                .set(DESCRIPTION, entry.description())
                .set(SECRET_HASH, entry.secretHash())
                .set(UNRESTRICTED, entry.unrestricted())
                .set(
                        EXPIRES_AT_MILLIS,
                        entry.expiresAt().map(Instant::toEpochMilli).orElse(null))
                .set(ROLE_IDS, String.join(" ", entry.roleIds()))
                .onConflictDoNothing()
                .execute();
        if (stored == 0) {
            throw IdentityError.CONFLICT.with(
                    "application_credential", "Duplicate entry found with name " + entry.name());
        }
    }

    /** Removes one. */
    static void delete(DSLContext sql, Entry entry) {
        sql.deleteFrom(APPLICATION_CREDENTIALS).where(ID.eq(entry.id())).execute();
    }

    private static Optional<Entry> first(DSLContext sql, Condition which) {
        return select(sql, which).stream().findFirst();
    }

    private static List<Entry> select(DSLContext sql, Condition which) {
        return sql.select(
                        ID,
                        USER_ID,
                        PROJECT_ID,
                        NAME,
                        DESCRIPTION,
                        SECRET_HASH,
                        UNRESTRICTED,
                        EXPIRES_AT_MILLIS,
                        ROLE_IDS)
                .from(APPLICATION_CREDENTIALS)
                .where(which)
                .orderBy(NAME)
                .fetch(ApplicationCredentials::read);
    }

    private static Entry read(Record row) {
        return new Entry(
                row.get(ID),
                row.get(USER_ID),
                row.get(PROJECT_ID),
                row.get(NAME),
                row.get(DESCRIPTION),
                row.get(SECRET_HASH),
                row.get(UNRESTRICTED),
                Optional.ofNullable(row.get(EXPIRES_AT_MILLIS)).map(Instant::ofEpochMilli),
                List.of(row.get(ROLE_IDS).split(" ")));
    }
}
