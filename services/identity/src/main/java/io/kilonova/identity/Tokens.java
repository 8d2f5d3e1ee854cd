package io.kilonova.identity;

import static io.kilonova.identity.Columns.AUDIT_HASH;
import static io.kilonova.identity.Columns.EXPIRES_AT_MILLIS;
import static io.kilonova.identity.Columns.REVOCATIONS;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.kilonova.storage.Database;
import io.kilonova.storage.OldRows;
import io.kilonova.storage.Retention;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;

/**
 * Issues, validates and revokes tokens. Validating one that was seen lately costs 2 µs (a SHA-256 and a look into the
 * cache); one that was not costs a few small reads. The cache holds while nothing changes, so a revocation, a lost role or
 * a disabled user counts with the next request.
 */
final class Tokens {
    private static final int MAXIMUM_CHARACTERS = 1024;
    private static final Duration CACHED = Duration.ofMinutes(1);
    private static final int AUDIT_ID_BYTES = 16;

    private static final OldRows OLD_REVOCATIONS =
            new OldRows("identity_revocations", "audit_hash", "expires_at_millis");

    private final Database database;
    private final ChangeClock changes;
    private final KeyRepository keys;
    private final Duration lifetime;
    private final InstantSource clock;
    private final Snapshot<RoleBook> roles = new Snapshot<>();
    private final Cache<ByteBuffer, Cached> cache;

    /** A validated token, and at which count of changes. */
    private record Cached(long changes, TokenContext context) {}

    /**
     * A token that was issued.
     *
     * @param text the token itself
     * @param context what it means
     */
    record Issued(String text, TokenContext context) {}

    Tokens(Database database, ChangeClock changes, KeyRepository keys, IdentityOptions options, InstantSource clock) {
        this.database = database;
        this.changes = changes;
        this.keys = keys;
        this.lifetime = options.tokenLifetime();
        this.clock = clock;
        this.cache = Caffeine.newBuilder()
                .maximumSize(options.cachedTokens())
                .expireAfterWrite(CACHED)
                .build();
    }

    /**
     * A token for whoever was proven to be someone.
     *
     * @return empty when they have no role where the token should hold, or are not enabled
     */
    Optional<Issued> issue(Proven proven, ScopeReference scope) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        long count = changes.now();
        Optional<TokenContext> context =
                database.read(sql -> standing(sql, count, now).of(payload(proven, scope, now)));
        return context.map(found -> new Issued(keys.seal(now, found.payload().packed()), found));
    }

    /** The roles and what they imply, as they are now. */
    RoleBook roles() {
        long count = changes.now();
        return database.read(sql -> roles.at(count, () -> RoleBook.read(sql)));
    }

    /** What a token means; empty when it is forged, damaged, expired, revoked, or its user lost what it was for. */
    Optional<TokenContext> validate(String text) {
        if (text.length() > MAXIMUM_CHARACTERS) {
            return Optional.empty();
        }
        ByteBuffer key = ByteBuffer.wrap(Ids.digest(text.getBytes(StandardCharsets.UTF_8)));
        long count = changes.now();
        Instant now = clock.instant();
        Cached known = cache.getIfPresent(key);
        if (known != null && known.changes() == count) {
            return Optional.of(known.context())
                    .filter(context -> now.isBefore(context.payload().expiresAt()));
        }
        Optional<TokenContext> context = open(text)
                .filter(payload -> now.isBefore(payload.expiresAt()))
                .flatMap(payload -> look(payload, count, now));
        context.ifPresent(found -> cache.put(key, new Cached(count, found)));
        return context;
    }

    /** As {@link #validate}, for a token that ended within {@code window}: long work outlives the token it began with. */
    Optional<TokenContext> validateExpired(String text, Duration window) {
        if (text.length() > MAXIMUM_CHARACTERS) {
            return Optional.empty();
        }
        long count = changes.now();
        Instant now = clock.instant();
        return open(text)
                .filter(payload -> now.isBefore(payload.expiresAt().plus(window)))
                .flatMap(payload -> look(payload, count, now));
    }

    /** Ends a token. What is kept of it is a hash of its audit id, until it would have ended by itself. */
    void revoke(TokenContext token) {
        database.change(transaction -> {
            changes.changed(transaction);
            transaction
                    .sql()
                    .insertInto(REVOCATIONS)
                    .set(AUDIT_HASH, Ids.hexDigest(token.payload().auditId()))
                    .set(EXPIRES_AT_MILLIS, token.payload().expiresAt().toEpochMilli())
                    .onConflictDoNothing()
                    .execute();
        });
    }

    /** Forgets revocations of tokens that have ended by themselves, {@code keptFor} ago. */
    void forgetOldRevocations(Duration keptFor) {
        // By age alone: a revocation that left too early would make its token good again.
        OLD_REVOCATIONS.sweep(database, new Retention(keptFor, Integer.MAX_VALUE), clock.instant());
    }

    /** Trusts nothing cached any more, as after a rotation of keys. */
    void forgetCached() {
        cache.invalidateAll();
    }

    private Optional<TokenPayload> open(String text) {
        return Fernet.open(keys.opening(), text).flatMap(TokenPayload::unpack);
    }

    private Optional<TokenContext> look(TokenPayload payload, long count, Instant now) {
        return database.read(sql -> isRevoked(sql, payload)
                ? Optional.empty()
                : standing(sql, count, now).of(payload));
    }

    private Standing standing(DSLContext sql, long count, Instant now) {
        return new Standing(sql, roles.at(count, () -> RoleBook.read(sql)), now);
    }

    private static boolean isRevoked(DSLContext sql, TokenPayload payload) {
        return sql.fetchExists(
                sql.selectOne().from(REVOCATIONS).where(AUDIT_HASH.eq(Ids.hexDigest(payload.auditId()))));
    }

    private TokenPayload payload(Proven proven, ScopeReference scope, Instant now) {
        Set<AuthenticationMethod> methods = EnumSet.copyOf(proven.methods());
        List<String> auditIds = new ArrayList<>(List.of(Ids.secret(AUDIT_ID_BYTES)));
        proven.parent().ifPresent(parent -> {
            methods.addAll(parent.payload().methods());
            auditIds.add(parent.payload().auditIds().getLast());
        });
        return new TokenPayload(
                proven.userId(),
                methods,
                scope,
                now,
                proven.endsBy().filter(now.plus(lifetime)::isAfter).orElse(now.plus(lifetime)),
                auditIds,
                proven.credentialEpoch(),
                proven.applicationCredentialId());
    }
}
