package io.kilonova.identity;

import static io.kilonova.identity.Columns.FAILED_AT_MILLIS;
import static io.kilonova.identity.Columns.FAILURES;
import static io.kilonova.identity.Columns.ID;
import static io.kilonova.identity.Columns.USERS;

import io.kilonova.configuration.Secret;
import io.kilonova.storage.Database;
import java.time.InstantSource;
import java.util.Optional;
import org.jooq.impl.DSL;

/**
 * Checks passwords. An unknown user, a wrong password, a disabled user and a locked one get the same answer after the same
 * work. After some failures in a row a user is locked for a while, whatever password comes.
 */
final class PasswordCheck {
    private final Database database;
    private final Passwords passwords;
    private final int attempts;
    private final long lockMillis;
    private final InstantSource clock;

    PasswordCheck(Database database, Passwords passwords, IdentityOptions options, InstantSource clock) {
        this.database = database;
        this.passwords = passwords;
        this.attempts = options.lockoutAttempts();
        this.lockMillis = options.lockoutDuration().toMillis();
        this.clock = clock;
    }

    /**
     * The user, if the password is theirs.
     *
     * @throws io.kilonova.errors.ServiceException {@link IdentityError#UNAUTHORIZED}
     */
    Lookup.Account check(Subject subject, Secret password) {
        Optional<Lookup.Account> found = database.read(sql -> Lookup.user(sql, subject));
        boolean right =
                passwords.matches(found.map(Lookup.Account::passwordHash).orElse(""), password.reveal());
        Lookup.Account account = found.orElseThrow(IdentityError.UNAUTHORIZED::with);
        // Read again: while the hash was computed, others may have tried.
        Lookup.Account latest =
                database.read(sql -> Lookup.user(sql, subject)).orElseThrow(IdentityError.UNAUTHORIZED::with);
        boolean changed = !latest.passwordHash().equals(account.passwordHash());
        if (isLocked(latest) || !latest.enabled() || changed) {
            throw IdentityError.UNAUTHORIZED.with();
        }
        if (!right) {
            countFailure(latest);
            throw IdentityError.UNAUTHORIZED.with();
        }
        if (latest.failures() > 0) {
            database.change(transaction -> transaction
                    .sql()
                    .update(USERS)
                    .set(FAILURES, 0L)
                    .where(ID.eq(latest.id()))
                    .execute());
        }
        return latest;
    }

    private boolean isLocked(Lookup.Account account) {
        return account.failures() >= attempts && clock.millis() < account.failedAtMillis() + lockMillis;
    }

    private void countFailure(Lookup.Account account) {
        long now = clock.millis();
        // A lock that is over begins a new row of failures.
        database.change(transaction -> transaction
                .sql()
                .update(USERS)
                .set(
                        FAILURES,
                        DSL.when(FAILURES.ge((long) attempts).and(FAILED_AT_MILLIS.le(now - lockMillis)), 1L)
                                .otherwise(FAILURES.plus(1L)))
                .set(FAILED_AT_MILLIS, now)
                .where(ID.eq(account.id()))
                .execute());
    }
}
