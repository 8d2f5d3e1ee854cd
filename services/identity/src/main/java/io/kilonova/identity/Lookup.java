package io.kilonova.identity;

import static io.kilonova.identity.Columns.CREDENTIAL_EPOCH;
import static io.kilonova.identity.Columns.DEFAULT_PROJECT_ID;
import static io.kilonova.identity.Columns.DOMAIN_ID;
import static io.kilonova.identity.Columns.ENABLED;
import static io.kilonova.identity.Columns.FAILED_AT_MILLIS;
import static io.kilonova.identity.Columns.FAILURES;
import static io.kilonova.identity.Columns.ID;
import static io.kilonova.identity.Columns.IS_DOMAIN;
import static io.kilonova.identity.Columns.NAME;
import static io.kilonova.identity.Columns.PASSWORD_HASH;
import static io.kilonova.identity.Columns.PROJECTS;
import static io.kilonova.identity.Columns.USERS;

import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Finds users, projects and domains by the ways that a log-in names them. */
final class Lookup {
    private Lookup() {}

    /**
     * A user as far as a log-in needs them.
     *
     * @param id of the user
     * @param enabled whether they may log in at all
     * @param defaultProjectId where they go when they say nothing; may be empty
     * @param passwordHash empty when they have none
     * @param failures failed passwords in a row
     * @param failedAtMillis when the last was
     * @param credentialEpoch stands in the user's tokens
     */
    record Account(
            String id,
            boolean enabled,
            String defaultProjectId,
            String passwordHash,
            long failures,
            long failedAtMillis,
            long credentialEpoch) {}

    /** A user. */
    static Optional<Account> user(DSLContext sql, Subject subject) {
        Condition who = subject.id()
                .map(ID::eq)
                .orElseGet(() -> NAME.eq(subject.name().orElse(""))
                        .and(DOMAIN_ID.eq(domain(sql, subject.domain()).orElse(" "))));
        return sql.select(ID, ENABLED, DEFAULT_PROJECT_ID, PASSWORD_HASH, FAILURES, FAILED_AT_MILLIS, CREDENTIAL_EPOCH)
                .from(USERS)
                .where(who)
                .fetchOptional(row -> new Account(
                        row.get(ID),
                        row.get(ENABLED),
                        row.get(DEFAULT_PROJECT_ID),
                        row.get(PASSWORD_HASH),
                        row.get(FAILURES),
                        row.get(FAILED_AT_MILLIS),
                        row.get(CREDENTIAL_EPOCH)));
    }

    /** A project's id. */
    static Optional<String> project(DSLContext sql, Subject subject) {
        Condition which = subject.id()
                .map(ID::eq)
                .orElseGet(() -> NAME.eq(subject.name().orElse(""))
                        .and(DOMAIN_ID.eq(domain(sql, subject.domain()).orElse(" "))));
        return sql.select(ID).from(PROJECTS).where(which).fetchOptional(ID);
    }

    /** A domain's id. */
    static Optional<String> domain(DSLContext sql, Subject.Domain domain) {
        Condition which =
                domain.id().map(ID::eq).or(() -> domain.name().map(NAME::eq)).orElse(DSL.falseCondition());
        return sql.select(ID)
                .from(PROJECTS)
                .where(which)
                .and(IS_DOMAIN.isTrue())
                .fetchOptional(ID);
    }
}
