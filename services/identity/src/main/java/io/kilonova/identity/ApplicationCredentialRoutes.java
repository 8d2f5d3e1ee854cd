package io.kilonova.identity;

import io.kilonova.access.Policy;
import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Application credentials of a user. They are made and removed, never changed. */
final class ApplicationCredentialRoutes implements RouteTable {
    private static final int SECRET_BYTES = 64;
    private static final int MAXIMUM_NAME = 255;
    private static final DateTimeFormatter EXPIRY = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("['Z']")
            .toFormatter(java.util.Locale.ROOT);
    private static final String ALL = "/users/{user}/application_credentials";
    private static final String ONE = ALL + "/{id}";

    private final Database database;
    private final ChangeClock changes;
    private final Tokens tokens;
    private final Passwords passwords;
    private final InstantSource clock;

    ApplicationCredentialRoutes(
            Database database, ChangeClock changes, Tokens tokens, Passwords passwords, InstantSource clock) {
        this.database = database;
        this.changes = changes;
        this.tokens = tokens;
        this.passwords = passwords;
        this.clock = clock;
    }

    @Override
    public void declare(Routes routes) {
        routes.get(ALL)
                .policy(IdentityPolicies.LIST_APPLICATION_CREDENTIALS)
                .target("target.user.id", "user")
                .to(this::list);
        routes.post(ALL)
                .policy(IdentityPolicies.CREATE_APPLICATION_CREDENTIAL)
                .target("target.user.id", "user")
                .anyBody()
                .answers(Statuses.CREATED)
                .to(this::create);
        routes.get(ONE)
                .policy(IdentityPolicies.GET_APPLICATION_CREDENTIAL)
                .target("target.user.id", "user")
                .to(this::show);
        routes.delete(ONE)
                .policy(IdentityPolicies.DELETE_APPLICATION_CREDENTIAL)
                .target("target.user.id", "user")
                .answers(Statuses.NO_CONTENT)
                .to(this::delete);
        routes.get("/users/{user}/access_rules")
                .policy(IdentityPolicies.LIST_APPLICATION_CREDENTIALS)
                .target("target.user.id", "user")
                .to(request -> Links.list(
                        request,
                        "access_rules",
                        "/users/" + request.path("user") + "/access_rules",
                        List.<String>of(),
                        element -> {}));
    }

    private Answer list(Request request) {
        List<ApplicationCredentials.Entry> entries = database.read(sql -> ApplicationCredentials.list(
                sql, request.path("user"), request.query().last("name")));
        RoleBook roles = tokens.roles();
        return Links.list(
                request,
                "application_credentials",
                "/users/" + request.path("user") + "/application_credentials",
                entries,
                element -> write(element.json(), request, element.thing(), roles));
    }

    private Answer show(Request request) {
        return answer(request, find(request), Optional.empty());
    }

    private Answer delete(Request request) {
        CredentialLimits.requireUnrestricted(request, tokens, IdentityPolicies.DELETE_APPLICATION_CREDENTIAL);
        ApplicationCredentials.Entry entry = find(request);
        database.change(transaction -> {
            changes.changed(transaction);
            ApplicationCredentials.delete(transaction.sql(), entry);
        });
        return Answer.empty();
    }

    private Answer create(Request request) {
        Policy policy = IdentityPolicies.CREATE_APPLICATION_CREDENTIAL;
        TokenContext token = CredentialLimits.requireUnrestricted(request, tokens, policy);
        if (!(token.scope() instanceof Scope.Project(Reference project, Reference domain, boolean isDomain))) {
            throw IdentityError.REQUEST_INVALID.with(
                    "Invalid application credential: it needs a token that is scoped to a project.");
        }
        JsonNode content = RequestBody.object(request.body(), "application_credential", "request body");
        if (!content.path("access_rules").isEmpty()) {
            throw IdentityError.NOT_BUILT.with("access rules of application credentials");
        }
        String name = RequestBody.text(content, "name", "application_credential");
        if (name.isBlank() || name.length() > MAXIMUM_NAME) {
            throw IdentityError.FIELD_INVALID.with("name", "it has 1 to %d characters.".formatted(MAXIMUM_NAME));
        }
        Optional<Instant> expiresAt =
                RequestBody.optionalText(content, "expires_at").map(this::expiry);
        String secret = RequestBody.optionalText(content, "secret").orElseGet(() -> Ids.secret(SECRET_BYTES));
        ApplicationCredentials.Entry entry = new ApplicationCredentials.Entry(
                Ids.random(),
                token.user().id(),
                project.id(),
                name,
                RequestBody.optionalText(content, "description").orElse(""),
                passwords.hash(secret),
                RequestBody.optionalFlag(content, "unrestricted").orElse(false),
                expiresAt,
                roles(content.path("roles"), token));
        database.change(transaction -> {
            changes.changed(transaction);
            ApplicationCredentials.insert(transaction.sql(), entry);
        });
        return answer(request, entry, Optional.of(secret));
    }

    /** The roles asked for, all of which the token must have; all of the token's when none are named. */
    private static List<String> roles(JsonNode asked, TokenContext token) {
        if (asked.isMissingNode() || asked.isNull() || (asked.isArray() && asked.isEmpty())) {
            return token.roles().stream().map(Reference::id).toList();
        }
        if (!asked.isArray()) {
            throw IdentityError.FIELD_INVALID.with("roles", "it is not an array.");
        }
        return asked.valueStream().map(role -> role(role, token)).distinct().toList();
    }

    private static String role(JsonNode asked, TokenContext token) {
        Optional<String> id = RequestBody.optionalText(asked, "id");
        Optional<String> name = RequestBody.optionalText(asked, "name");
        return token.roles().stream()
                .filter(role -> id.map(role.id()::equals)
                        .orElseGet(() -> name.map(role.name()::equals).orElse(false)))
                .map(Reference::id)
                .findFirst()
                .orElseThrow(() -> IdentityError.REQUEST_INVALID.with(
                        "Invalid application credential: Could not find role assignment with role: %s, user or group: %s, project, domain, or system: %s."
                                .formatted(
                                        id.or(() -> name).orElse(""),
                                        token.user().id(),
                                        token.payload().scope().id())));
    }

    private Instant expiry(String text) {
        try {
            Instant end = LocalDateTime.parse(text, EXPIRY).toInstant(ZoneOffset.UTC);
            if (end.isAfter(clock.instant())) {
                return end;
            }
        } catch (DateTimeException exception) {
            throw IdentityError.FIELD_INVALID.with("expires_at", "it is not an ISO 8601 time in UTC.");
        }
        throw IdentityError.FIELD_INVALID.with("expires_at", "it is in the past.");
    }

    private ApplicationCredentials.Entry find(Request request) {
        return database.read(sql -> ApplicationCredentials.find(sql, request.path("user"), request.path("id")))
                .orElseThrow(() -> IdentityError.NOT_FOUND.with("application credential", request.path("id")));
    }

    private Answer answer(Request request, ApplicationCredentials.Entry entry, Optional<String> secret) {
        RoleBook roles = tokens.roles();
        return Answer.json(json -> json.object(() -> json.object("application_credential", () -> {
            write(json, request, entry, roles);
            secret.ifPresent(text -> json.field("secret", text));
        })));
    }

    private static void write(JsonWriter json, Request request, ApplicationCredentials.Entry entry, RoleBook roles) {
        json.field("id", entry.id())
                .field("name", entry.name())
                .field("description", entry.description())
                .field("project_id", entry.projectId())
                .field("user_id", entry.userId())
                .field("unrestricted", entry.unrestricted())
                .field(
                        "expires_at",
                        entry.expiresAt().map(end -> TokenView.time(end).replace("Z", "")));
        json.array(
                "roles",
                () -> entry.roleIds().stream()
                        .flatMap(id -> roles.find(id).stream())
                        .forEach(role -> json.object(() -> {
                            role.reference().write(json);
                            json.field("domain_id", Optional.of(role.domainId()).filter(domain -> !domain.isEmpty()));
                        })));
        json.strings(
                "links",
                Map.of(
                        "self",
                        request.versionUrl() + "/users/" + entry.userId() + "/application_credentials/" + entry.id()));
    }
}
