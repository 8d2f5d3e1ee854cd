package io.kilonova.identity;

import static io.kilonova.identity.Columns.APPLICATION_CREDENTIALS;
import static io.kilonova.identity.Columns.CREDENTIAL_EPOCH;
import static io.kilonova.identity.Columns.DOMAIN_ID;
import static io.kilonova.identity.Columns.ENABLED;
import static io.kilonova.identity.Columns.EXPIRES_AT_MILLIS;
import static io.kilonova.identity.Columns.ID;
import static io.kilonova.identity.Columns.IS_DOMAIN;
import static io.kilonova.identity.Columns.NAME;
import static io.kilonova.identity.Columns.PROJECTS;
import static io.kilonova.identity.Columns.PROJECT_ID;
import static io.kilonova.identity.Columns.ROLE_IDS;
import static io.kilonova.identity.Columns.UNRESTRICTED;
import static io.kilonova.identity.Columns.USERS;
import static io.kilonova.identity.Columns.USER_ID;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Record;

/**
 * Looks up what a token means now. Everything that could have been taken away since it was issued is asked again: the user,
 * their domain, the project and its domain, the roles, and the application credential.
 */
final class Standing {
    private final DSLContext sql;
    private final RoleBook roles;
    private final Instant now;

    Standing(DSLContext sql, RoleBook roles, Instant now) {
        this.sql = sql;
        this.roles = roles;
        this.now = now;
    }

    /** An application credential as far as it limits a token. */
    private record Limits(TokenContext.Grantor grantor, Set<String> roleIds) {}

    /** The token's meaning; empty when it does not hold any more. */
    Optional<TokenContext> of(TokenPayload payload) {
        Record user = sql.select(ID, NAME, DOMAIN_ID, ENABLED, CREDENTIAL_EPOCH)
                .from(USERS)
                .where(ID.eq(payload.userId()))
                .fetchOne();
        if (user == null || !user.get(ENABLED) || user.get(CREDENTIAL_EPOCH) != payload.credentialEpoch()) {
            return Optional.empty();
        }
        Optional<Reference> userDomain = enabledDomain(user.get(DOMAIN_ID));
        Optional<Scope> scope = scope(payload.scope());
        if (userDomain.isEmpty() || scope.isEmpty()) {
            return Optional.empty();
        }
        Optional<Limits> limits = Optional.empty();
        if (payload.applicationCredentialId().isPresent()) {
            limits = limits(payload);
            if (limits.isEmpty()) {
                return Optional.empty();
            }
        }
        Set<String> held = new LinkedHashSet<>(roles.expanded(EffectiveRoles.of(sql, user.get(ID), payload.scope())));
        limits.ifPresent(limit -> held.retainAll(limit.roleIds()));
        List<Reference> tokenRoles = roles.tokenRoles(held);
        if (tokenRoles.isEmpty() && !(scope.get() instanceof Scope.Unscoped)) {
            return Optional.empty();
        }
        return Optional.of(TokenContext.of(
                payload,
                new Reference(user.get(ID), user.get(NAME)),
                userDomain.get(),
                scope.get(),
                tokenRoles,
                limits.map(Limits::grantor)));
    }

    private Optional<Scope> scope(ScopeReference reference) {
        return switch (reference.kind()) {
            case UNSCOPED -> Optional.of(new Scope.Unscoped());
            case SYSTEM -> Optional.of(new Scope.WholeSystem());
            case DOMAIN -> enabledDomain(reference.id()).map(Scope.Domain::new);
            case PROJECT -> project(reference.id());
        };
    }

    private Optional<Scope> project(String id) {
        Record project = sql.select(ID, NAME, DOMAIN_ID, ENABLED, IS_DOMAIN)
                .from(PROJECTS)
                .where(ID.eq(id))
                .fetchOne();
        if (project == null || !project.get(ENABLED)) {
            return Optional.empty();
        }
        Reference itself = new Reference(project.get(ID), project.get(NAME));
        if (project.get(IS_DOMAIN)) {
            return Optional.of(new Scope.Project(itself, itself, true));
        }
        return enabledDomain(project.get(DOMAIN_ID)).map(domain -> new Scope.Project(itself, domain, false));
    }

    private Optional<Reference> enabledDomain(String id) {
        return sql.select(ID, NAME)
                .from(PROJECTS)
                .where(ID.eq(id))
                .and(IS_DOMAIN.isTrue())
                .and(ENABLED.isTrue())
                .fetchOptional(row -> new Reference(row.get(ID), row.get(NAME)));
    }

    private Optional<Limits> limits(TokenPayload payload) {
        return sql.select(ID, NAME, ROLE_IDS, UNRESTRICTED, EXPIRES_AT_MILLIS)
                .from(APPLICATION_CREDENTIALS)
                .where(ID.eq(payload.applicationCredentialId().orElseThrow()))
                .and(USER_ID.eq(payload.userId()))
                .and(PROJECT_ID.eq(payload.scope().id()))
                .and(EXPIRES_AT_MILLIS.isNull().or(EXPIRES_AT_MILLIS.gt(now.toEpochMilli())))
                .fetchOptional(row -> new Limits(
                        new TokenContext.Grantor(new Reference(row.get(ID), row.get(NAME)), !row.get(UNRESTRICTED)),
                        roles.expanded(List.of(row.get(ROLE_IDS).split(" ")))));
    }
}
