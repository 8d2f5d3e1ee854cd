package io.kilonova.identity;

import io.kilonova.http.JsonWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes what a token says, as Keystone does. */
final class TokenView {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final Catalog catalog;

    TokenView(Catalog catalog) {
        this.catalog = catalog;
    }

    /** {@code {"token": {...}}}. */
    void write(JsonWriter json, TokenContext token, boolean withCatalog) {
        json.object(() -> json.object("token", () -> fields(json, token, withCatalog)));
    }

    /** A time with microseconds and {@code Z}. */
    static String time(Instant time) {
        return TIME.format(time);
    }

    private void fields(JsonWriter json, TokenContext token, boolean withCatalog) {
        json.array(
                "methods",
                () -> token.payload().methods().stream()
                        .map(AuthenticationMethod::wireName)
                        .sorted()
                        .forEach(json::element));
        json.object("user", () -> {
            json.object("domain", () -> token.userDomain().write(json));
            token.user().write(json);
            json.nothing("password_expires_at");
        });
        json.strings("audit_ids", token.payload().auditIds());
        json.field("expires_at", time(token.payload().expiresAt()));
        json.field("issued_at", time(token.payload().issuedAt()));
        scope(json, token.scope());
        if (token.scope() instanceof Scope.Unscoped) {
            return;
        }
        json.array("roles", () -> token.roles().forEach(role -> json.object(() -> role.write(json))));
        token.applicationCredential()
                .ifPresent(grantor -> json.object("application_credential", () -> {
                    grantor.reference().write(json);
                    json.field("restricted", grantor.restricted());
                }));
        if (withCatalog) {
            catalog.write(json, "catalog", token);
        }
    }

    private static void scope(JsonWriter json, Scope scope) {
        switch (scope) {
            case Scope.Unscoped() -> {}
            case Scope.WholeSystem() -> json.object("system", () -> json.field("all", true));
            case Scope.Domain(Reference domain) -> json.object("domain", () -> domain.write(json));
            case Scope.Project(Reference project, Reference domain, boolean isDomain) -> {
                json.object("project", () -> {
                    json.object("domain", () -> domain.write(json));
                    project.write(json);
                });
                json.field("is_domain", isDomain);
            }
        }
    }
}
