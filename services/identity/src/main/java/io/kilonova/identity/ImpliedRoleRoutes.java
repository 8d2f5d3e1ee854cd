package io.kilonova.identity;

import static io.kilonova.identity.Columns.IMPLIED_ROLES;
import static io.kilonova.identity.Columns.IMPLIED_ROLE_ID;
import static io.kilonova.identity.Columns.PRIOR_ROLE_ID;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;

/** Which role implies which: an administrator is a manager, a manager a member, a member a reader. */
final class ImpliedRoleRoutes implements RouteTable {
    private static final String ALL = "/roles/{prior}/implies";
    private static final String ONE = ALL + "/{implied}";

    private final Database database;
    private final ChangeClock changes;
    private final Tokens tokens;

    ImpliedRoleRoutes(Database database, ChangeClock changes, Tokens tokens) {
        this.database = database;
        this.changes = changes;
        this.tokens = tokens;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/role_inferences")
                .policy(IdentityPolicies.LIST_IMPLIED_ROLES)
                .to(this::everything);
        routes.get(ALL).policy(IdentityPolicies.LIST_IMPLIED_ROLES).to(this::list);
        routes.put(ONE)
                .policy(IdentityPolicies.CREATE_IMPLIED_ROLE)
                .answers(Statuses.CREATED)
                .to(this::add);
        routes.get(ONE).policy(IdentityPolicies.LIST_IMPLIED_ROLES).to(this::show);
        routes.head(ONE)
                .policy(IdentityPolicies.LIST_IMPLIED_ROLES)
                .answers(Statuses.NO_CONTENT)
                .to(request -> {
                    requireImplied(request);
                    return Answer.empty();
                });
        routes.delete(ONE)
                .policy(IdentityPolicies.DELETE_IMPLIED_ROLE)
                .answers(Statuses.NO_CONTENT)
                .to(this::remove);
    }

    private Answer everything(Request request) {
        RoleBook roles = tokens.roles();
        return Links.list(
                request,
                "role_inferences",
                "/role_inferences",
                List.copyOf(roles.implied().keySet()),
                element -> write(element.json(), request, roles, element.thing()));
    }

    private Answer list(Request request) {
        RoleBook roles = tokens.roles();
        requireRole(roles, request.path("prior"));
        return Answer.json(json -> json.object(() -> {
            json.object("role_inference", () -> write(json, request, roles, request.path("prior")));
            self(json, request, ALL.replace("{prior}", request.path("prior")));
        }));
    }

    private Answer add(Request request) {
        RoleBook roles = tokens.roles();
        String prior = request.path("prior");
        String implied = request.path("implied");
        requireRole(roles, prior);
        requireRole(roles, implied);
        database.change(transaction -> {
            changes.changed(transaction);
            // Against the roles of this transaction: two changes at once must not make a circle together.
            RoleBook now = RoleBook.read(transaction.sql());
            if (now.expanded(List.of(implied)).contains(prior)) {
                throw IdentityError.NOT_ALLOWED.with("A role cannot imply itself, directly or through others.");
            }
            imply(transaction.sql(), prior, implied);
        });
        return pair(request, tokens.roles());
    }

    private Answer show(Request request) {
        requireImplied(request);
        return pair(request, tokens.roles());
    }

    private Answer remove(Request request) {
        requireImplied(request);
        database.change(transaction -> {
            changes.changed(transaction);
            transaction
                    .sql()
                    .deleteFrom(IMPLIED_ROLES)
                    .where(PRIOR_ROLE_ID.eq(request.path("prior")))
                    .and(IMPLIED_ROLE_ID.eq(request.path("implied")))
                    .execute();
        });
        return Answer.empty();
    }

    /** Makes one role imply another. */
    static void imply(DSLContext sql, String prior, String implied) {
        sql.insertInto(IMPLIED_ROLES)
                .set(PRIOR_ROLE_ID, prior)
                .set(IMPLIED_ROLE_ID, implied)
                .onConflictDoNothing()
                .execute();
    }

    private void requireImplied(Request request) {
        List<String> implied = tokens.roles().implied().getOrDefault(request.path("prior"), List.of());
        if (!implied.contains(request.path("implied"))) {
            throw IdentityError.NOT_FOUND.with("implied role of " + request.path("prior"), request.path("implied"));
        }
    }

    private static void requireRole(RoleBook roles, String id) {
        if (roles.find(id).isEmpty()) {
            throw ResourceStore.notFound(ResourceKind.ROLE, id);
        }
    }

    private static Answer pair(Request request, RoleBook roles) {
        return Answer.json(json -> json.object(() -> {
            json.object("role_inference", () -> {
                json.object("prior_role", () -> role(json, request, roles, request.path("prior")));
                json.object("implies", () -> role(json, request, roles, request.path("implied")));
            });
            self(json, request, "/roles/%s/implies/%s".formatted(request.path("prior"), request.path("implied")));
        }));
    }

    private static void write(JsonWriter json, Request request, RoleBook roles, String prior) {
        json.object("prior_role", () -> role(json, request, roles, prior));
        json.array(
                "implies",
                () -> roles.implied()
                        .getOrDefault(prior, List.of())
                        .forEach(implied -> json.object(() -> role(json, request, roles, implied))));
    }

    private static void role(JsonWriter json, Request request, RoleBook roles, String id) {
        Optional<RoleBook.Role> role = roles.find(id);
        role.ifPresent(found -> found.reference().write(json));
        role.ifPresent(
                found -> json.field("domain_id", Optional.of(found.domainId()).filter(domain -> !domain.isEmpty())));
        self(json, request, "/roles/" + id);
    }

    private static void self(JsonWriter json, Request request, String path) {
        json.object("links", () -> json.field("self", request.versionUrl() + path));
    }
}
