package io.kilonova.identity;

import io.kilonova.configuration.Secret;
import io.kilonova.storage.Database;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Answers {@code POST /auth/tokens}: proves who asks, decides where the token holds, and has it issued. */
final class Authentication {
    private final Database database;
    private final Tokens tokens;
    private final PasswordCheck passwords;
    private final ApplicationCredentials applicationCredentials;

    Authentication(
            Database database, Tokens tokens, PasswordCheck passwords, ApplicationCredentials applicationCredentials) {
        this.database = database;
        this.tokens = tokens;
        this.passwords = passwords;
        this.applicationCredentials = applicationCredentials;
    }

    /**
     * A token for a request's body.
     *
     * @throws io.kilonova.errors.ServiceException {@link IdentityError#UNAUTHORIZED}, the same whatever was wrong; 400 for
     *     what is no such request
     */
    Tokens.Issued authenticate(JsonNode body) {
        JsonNode auth = RequestBody.object(body, "auth", "request body");
        JsonNode identity = RequestBody.object(auth, "identity", "auth");
        ScopeRequest scope = ScopeRequest.read(auth);
        Set<AuthenticationMethod> methods = methods(identity);
        Proven proven = prove(identity, methods);
        ScopeReference place = place(proven, scope);
        Optional<Tokens.Issued> issued = tokens.issue(proven, place);
        if (issued.isEmpty()
                && scope instanceof ScopeRequest.NotGiven
                && proven.fixedScope().isEmpty()) {
            // A default project that the user cannot enter any more is no reason to keep them out.
            issued = tokens.issue(proven, ScopeReference.UNSCOPED);
        }
        return issued.orElseThrow(IdentityError.UNAUTHORIZED::with);
    }

    private static Set<AuthenticationMethod> methods(JsonNode identity) {
        JsonNode names = identity.path("methods");
        if (!names.isArray() || names.isEmpty()) {
            throw IdentityError.ATTRIBUTE_MISSING.with("methods", "identity");
        }
        EnumSet<AuthenticationMethod> methods = EnumSet.noneOf(AuthenticationMethod.class);
        for (JsonNode name : names) {
            methods.add(AuthenticationMethod.named(name.asString(""))
                    .filter(method -> method != AuthenticationMethod.EC2_CREDENTIAL)
                    .orElseThrow(IdentityError.UNAUTHORIZED::with));
        }
        return methods;
    }

    /** Every method that is named must succeed, and all for the same user. */
    private Proven prove(JsonNode identity, Set<AuthenticationMethod> methods) {
        Optional<Proven> proven = Optional.empty();
        for (AuthenticationMethod method : methods) {
            JsonNode content = RequestBody.object(identity, method.wireName(), "identity");
            Proven next = switch (method) {
                case PASSWORD -> byPassword(content);
                case TOKEN -> byToken(content);
                case APPLICATION_CREDENTIAL -> applicationCredentials.prove(content);
                case EC2_CREDENTIAL -> throw IdentityError.UNAUTHORIZED.with();
            };
            proven = Optional.of(proven.isEmpty() ? next : together(proven.get(), next));
        }
        return proven.orElseThrow(IdentityError.UNAUTHORIZED::with);
    }

    private static Proven together(Proven one, Proven other) {
        if (!one.userId().equals(other.userId())
                || (one.fixedScope().isPresent()
                        && other.fixedScope().isPresent()
                        && !one.fixedScope().equals(other.fixedScope()))) {
            throw IdentityError.UNAUTHORIZED.with();
        }
        Set<AuthenticationMethod> methods = EnumSet.copyOf(one.methods());
        methods.addAll(other.methods());
        return new Proven(
                one.userId(),
                Math.min(one.credentialEpoch(), other.credentialEpoch()),
                methods,
                one.parent().or(other::parent),
                one.applicationCredentialId().or(other::applicationCredentialId),
                Stream.of(one.endsBy(), other.endsBy())
                        .flatMap(Optional::stream)
                        .min(Comparator.naturalOrder()),
                one.fixedScope().or(other::fixedScope));
    }

    private Proven byPassword(JsonNode content) {
        JsonNode user = RequestBody.object(content, "user", "password");
        Secret password = Secret.of(RequestBody.text(user, "password", "user"));
        Lookup.Account account = passwords.check(Subject.read(user, "user"), password);
        return new Proven(
                account.id(),
                account.credentialEpoch(),
                Set.of(AuthenticationMethod.PASSWORD),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private Proven byToken(JsonNode content) {
        TokenContext parent =
                tokens.validate(RequestBody.text(content, "id", "token")).orElseThrow(IdentityError.UNAUTHORIZED::with);
        boolean bound = parent.payload().applicationCredentialId().isPresent()
                || parent.payload().methods().contains(AuthenticationMethod.EC2_CREDENTIAL);
        return new Proven(
                parent.user().id(),
                parent.payload().credentialEpoch(),
                Set.of(AuthenticationMethod.TOKEN),
                Optional.of(parent),
                parent.payload().applicationCredentialId(),
                // Otherwise a token could live for ever.
                Optional.of(parent.payload().expiresAt()),
                bound ? Optional.of(parent.payload().scope()) : Optional.empty());
    }

    private ScopeReference place(Proven proven, ScopeRequest scope) {
        Optional<ScopeReference> asked = database.read(sql -> switch (scope) {
            case ScopeRequest.NotGiven() -> Optional.<ScopeReference>empty();
            case ScopeRequest.Unscoped() -> Optional.of(ScopeReference.UNSCOPED);
            case ScopeRequest.WholeSystem() -> Optional.of(ScopeReference.SYSTEM);
            case ScopeRequest.Domain(Subject.Domain domain) ->
                Optional.of(Lookup.domain(sql, domain)
                        .map(ScopeReference::domain)
                        .orElseThrow(IdentityError.UNAUTHORIZED::with));
            case ScopeRequest.Project(Subject project) ->
                Optional.of(Lookup.project(sql, project)
                        .map(ScopeReference::project)
                        .orElseThrow(IdentityError.UNAUTHORIZED::with));
        });
        if (proven.fixedScope().isPresent()) {
            if (asked.isPresent() && !asked.equals(proven.fixedScope())) {
                throw IdentityError.UNAUTHORIZED.with();
            }
            return proven.fixedScope().get();
        }
        return asked.orElseGet(() -> defaultPlace(proven.userId()));
    }

    private ScopeReference defaultPlace(String userId) {
        Subject self = new Subject(
                Optional.of(userId), Optional.empty(), new Subject.Domain(Optional.empty(), Optional.empty()));
        return database.read(sql -> Lookup.user(sql, self))
                .map(Lookup.Account::defaultProjectId)
                .filter(project -> !project.isEmpty())
                .map(ScopeReference::project)
                .orElse(ScopeReference.UNSCOPED);
    }
}
