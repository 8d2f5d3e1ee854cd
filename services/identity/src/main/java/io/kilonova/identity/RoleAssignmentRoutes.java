package io.kilonova.identity;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Query;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.storage.Database;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;

/** Lists role assignments, with names where that is asked for. */
final class RoleAssignmentRoutes implements RouteTable {
    private final Database database;
    private final Tokens tokens;

    RoleAssignmentRoutes(Database database, Tokens tokens) {
        this.database = database;
        this.tokens = tokens;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/role_assignments").policy(IdentityPolicies.HOLDER).to(this::list);
    }

    private Answer list(Request request) {
        Query query = request.query();
        Map<String, String> target = new HashMap<>();
        query.last("user.id").ifPresent(user -> target.put("target.user.id", user));
        scopeDomain(query).ifPresent(domain -> target.put("target.scope.domain_id", domain));
        Guard.require(request, IdentityPolicies.LIST_ASSIGNMENTS, target);
        RoleBook roles = tokens.roles();
        Found found = database.read(sql -> {
            RoleAssignments assignments = new RoleAssignments(sql, query, roles);
            Set<Grants.Grant> grants = assignments.find();
            return new Found(grants, assignments.isSet("include_names") ? names(sql, grants) : Map.of(), roles);
        });
        return Answer.json(json -> json.object(() -> {
            json.array(
                    "role_assignments",
                    () -> found.grants().forEach(grant -> json.object(() -> write(json, request, grant, found))));
            Links.ofList(json, request, "/role_assignments", Optional.empty());
        }));
    }

    /**
     * What is listed.
     *
     * @param grants the assignments
     * @param names of users, groups, projects and domains by id; none unless asked for
     * @param roles all roles
     */
    private record Found(Set<Grants.Grant> grants, Map<String, Resource> names, RoleBook roles) {}

    private Optional<String> scopeDomain(Query query) {
        return query.last("scope.domain.id")
                .or(() -> query.last("scope.project.id")
                        .flatMap(id -> database.read(sql -> ResourceStore.find(sql, ResourceKind.PROJECT, id)))
                        .map(project -> project.text("domain_id")));
    }

    private static Map<String, Resource> names(DSLContext sql, Set<Grants.Grant> grants) {
        Map<String, Resource> names = new HashMap<>();
        for (Grants.Grant grant : grants) {
            ResourceKind actor = grant.actorKind().equals("user") ? ResourceKind.USER : ResourceKind.GROUP;
            name(sql, actor, grant.actorId(), names);
            name(sql, ResourceKind.PROJECT, grant.targetId(), names);
        }
        Set.copyOf(names.values()).forEach(named -> name(sql, ResourceKind.DOMAIN, named.text("domain_id"), names));
        return names;
    }

    private static void name(DSLContext sql, ResourceKind kind, String id, Map<String, Resource> names) {
        if (!names.containsKey(id)) {
            ResourceStore.find(sql, kind, id).ifPresent(found -> names.put(id, found));
        }
    }

    private static void write(JsonWriter json, Request request, Grants.Grant grant, Found found) {
        json.object("role", () -> {
            json.field("id", grant.roleId());
            if (!found.names().isEmpty()) {
                found.roles().find(grant.roleId()).ifPresent(role -> {
                    json.field("name", role.reference().name());
                    if (!role.domainId().isEmpty()) {
                        json.object("domain", () -> json.field("id", role.domainId()));
                    }
                });
            }
        });
        json.object(grant.actorKind(), () -> reference(json, grant.actorId(), found, true));
        json.object("scope", () -> {
            if (grant.targetKind().equals("system")) {
                json.object("system", () -> json.field("all", true));
            } else {
                boolean project = grant.targetKind().equals("project");
                json.object(grant.targetKind(), () -> reference(json, grant.targetId(), found, project));
            }
            if (grant.inherited()) {
                json.field("OS-INHERIT:inherited_to", "projects");
            }
        });
        String place = grant.targetKind().equals("system")
                ? "/system"
                : "/%ss/%s".formatted(grant.targetKind(), grant.targetId());
        String path = "%s%s/%ss/%s/roles/%s%s"
                .formatted(
                        grant.inherited() ? "/OS-INHERIT" : "",
                        place,
                        grant.actorKind(),
                        grant.actorId(),
                        grant.roleId(),
                        grant.inherited() ? "/inherited_to_projects" : "");
        json.object("links", () -> json.field("assignment", request.versionUrl() + path));
    }

    private static void reference(JsonWriter json, String id, Found found, boolean withDomain) {
        json.field("id", id);
        Resource named = found.names().get(id);
        if (named == null) {
            return;
        }
        json.field("name", named.text("name"));
        if (withDomain) {
            String domainId = named.text("domain_id");
            Resource domain = found.names().get(domainId);
            json.object(
                    "domain",
                    () -> json.field("id", domainId).field("name", domain == null ? domainId : domain.text("name")));
        }
    }
}
