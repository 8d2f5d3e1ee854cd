package io.kilonova.identity;

import io.kilonova.access.Caller;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A token that holds, with all that it means at this moment.
 *
 * @param payload what the token carries
 * @param user whose it is
 * @param userDomain that the user belongs to
 * @param scope where it holds
 * @param roles what the user is there, implied roles included
 * @param applicationCredential what the user came with instead of a password
 * @param caller the same in the words of the other rooms
 */
record TokenContext(
        TokenPayload payload,
        Reference user,
        Reference userDomain,
        Scope scope,
        List<Reference> roles,
        Optional<Grantor> applicationCredential,
        Caller caller) {
    /**
     * The application credential behind a token.
     *
     * @param reference its id and name
     * @param restricted whether it may not make further credentials
     */
    record Grantor(Reference reference, boolean restricted) {}

    static TokenContext of(
            TokenPayload payload,
            Reference user,
            Reference userDomain,
            Scope scope,
            List<Reference> roles,
            Optional<Grantor> applicationCredential) {
        Optional<Scope.Project> project = scope instanceof Scope.Project found ? Optional.of(found) : Optional.empty();
        Caller caller = new Caller(
                user.id(),
                user.name(),
                userDomain.id(),
                project.map(found -> found.project().id()),
                project.map(found -> found.project().name()),
                project.map(found -> found.domain().id()),
                scope instanceof Scope.Domain found ? Optional.of(found.domain().id()) : Optional.empty(),
                scope instanceof Scope.WholeSystem,
                roles.stream()
                        .map(role -> role.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.toUnmodifiableSet()),
                payload.auditId(),
                payload.expiresAt());
        return new TokenContext(payload, user, userDomain, scope, roles, applicationCredential, caller);
    }

    /** Whether the token may not make credentials that outlive it. */
    boolean isRestricted() {
        return applicationCredential.filter(Grantor::restricted).isPresent();
    }
}
