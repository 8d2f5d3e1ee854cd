package io.kilonova.identity;

import io.kilonova.access.Policy;
import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gives and takes roles: to users and groups, on projects, domains and the system, there or for the projects below. */
final class GrantRoutes implements RouteTable {
    private static final String NO_ROLE = "";

    private final Database database;
    private final ChangeClock changes;

    /** One family of paths: whom it is about and where. */
    private record Family(String actorKind, String targetKind, boolean inherited) {
        static final List<Family> ALL = List.of(
                new Family("user", "project", false),
                new Family("group", "project", false),
                new Family("user", "domain", false),
                new Family("group", "domain", false),
                new Family("user", "system", false),
                new Family("group", "system", false),
                new Family("user", "project", true),
                new Family("group", "project", true),
                new Family("user", "domain", true),
                new Family("group", "domain", true));

        String path() {
            String target = targetKind.equals("system") ? "/system" : "/%ss/{target}".formatted(targetKind);
            return "%s%s/%ss/{actor}/roles".formatted(inherited ? "/OS-INHERIT" : "", target, actorKind);
        }

        String end() {
            return inherited ? "/inherited_to_projects" : "";
        }

        boolean isSystem() {
            return targetKind.equals("system");
        }
    }

    GrantRoutes(Database database, ChangeClock changes) {
        this.database = database;
        this.changes = changes;
    }

    @Override
    public void declare(Routes routes) {
        for (Family family : Family.ALL) {
            String all = family.path() + family.end();
            String one = family.path() + "/{role}" + family.end();
            routes.get(all).policy(IdentityPolicies.HOLDER).to(request -> list(request, family));
            routes.put(one)
                    .policy(IdentityPolicies.HOLDER)
                    .answers(Statuses.NO_CONTENT)
                    .to(request -> give(request, family));
            routes.head(one)
                    .policy(IdentityPolicies.HOLDER)
                    .answers(Statuses.NO_CONTENT)
                    .to(request -> check(request, family));
            routes.get(one)
                    .policy(IdentityPolicies.HOLDER)
                    .answers(Statuses.NO_CONTENT)
                    .to(request -> check(request, family));
            routes.delete(one)
                    .policy(IdentityPolicies.HOLDER)
                    .answers(Statuses.NO_CONTENT)
                    .to(request -> take(request, family));
        }
    }

    private Answer list(Request request, Family family) {
        Policy policy = family.isSystem() ? IdentityPolicies.LIST_SYSTEM_GRANTS : IdentityPolicies.LIST_GRANTS;
        Grants.Grant grant = permitted(request, family, policy, Optional.empty());
        List<Resource> roles = database.read(sql ->
                ResourceStore.page(sql, ResourceKind.ROLE, ResourceKind.ID.in(Grants.roles(sql, grant)), "", 1_000));
        ResourceRules rules = new RoleRules();
        return Links.list(
                request,
                "roles",
                "/role_assignments",
                roles,
                element -> ResourceView.write(element.json(), request, element.thing(), rules));
    }

    private Answer give(Request request, Family family) {
        Policy policy = family.isSystem() ? IdentityPolicies.CREATE_SYSTEM_GRANT : IdentityPolicies.CREATE_GRANT;
        Grants.Grant grant = permitted(request, family, policy, Optional.of(request.path("role")));
        database.change(transaction -> {
            changes.changed(transaction);
            Grants.give(transaction.sql(), grant);
        });
        return Answer.empty();
    }

    private Answer check(Request request, Family family) {
        Policy policy = family.isSystem() ? IdentityPolicies.LIST_SYSTEM_GRANTS : IdentityPolicies.CHECK_GRANT;
        Grants.Grant grant = permitted(request, family, policy, Optional.of(request.path("role")));
        if (!database.read(sql -> Grants.isGiven(sql, grant))) {
            throw notGiven(grant);
        }
        return Answer.empty();
    }

    private Answer take(Request request, Family family) {
        Policy policy = family.isSystem() ? IdentityPolicies.REVOKE_SYSTEM_GRANT : IdentityPolicies.REVOKE_GRANT;
        Grants.Grant grant = permitted(request, family, policy, Optional.of(request.path("role")));
        database.change(transaction -> {
            changes.changed(transaction);
            if (!Grants.take(transaction.sql(), grant)) {
                throw notGiven(grant);
            }
        });
        return Answer.empty();
    }

    /** The grant that a path names, when all of it exists and the caller may. */
    private Grants.Grant permitted(Request request, Family family, Policy policy, Optional<String> roleId) {
        ResourceKind actorKind = family.actorKind().equals("user") ? ResourceKind.USER : ResourceKind.GROUP;
        ResourceKind targetKind = family.targetKind().equals("domain") ? ResourceKind.DOMAIN : ResourceKind.PROJECT;
        String targetId = family.isSystem() ? EffectiveRoles.SYSTEM : request.path("target");
        Optional<Resource> actor = find(actorKind, request.path("actor"));
        Optional<Resource> place = family.isSystem() ? Optional.empty() : find(targetKind, targetId);
        Optional<Resource> role = roleId.flatMap(id -> find(ResourceKind.ROLE, id));
        Map<String, String> target = new HashMap<>();
        actor.ifPresent(found -> target.put("target.actor.domain_id", found.text("domain_id")));
        place.ifPresent(found -> target.put("target.scope.domain_id", domainOf(found)));
        role.filter(found -> found.text("domain_id").isEmpty())
                .ifPresent(found -> target.put("target.role.name", found.text("name")));
        Guard.require(request, policy, target);
        if (!family.isSystem() && place.isEmpty()) {
            throw ResourceStore.notFound(targetKind, targetId);
        }
        if (actor.isEmpty()) {
            throw ResourceStore.notFound(actorKind, request.path("actor"));
        }
        if (roleId.isPresent() && role.isEmpty()) {
            throw ResourceStore.notFound(ResourceKind.ROLE, roleId.get());
        }
        role.ifPresent(found -> requireSameDomain(found, place));
        return new Grants.Grant(
                family.actorKind(),
                request.path("actor"),
                family.targetKind(),
                targetId,
                roleId.orElse(NO_ROLE),
                family.inherited());
    }

    private Optional<Resource> find(ResourceKind kind, String id) {
        return database.read(sql -> ResourceStore.find(sql, kind, id));
    }

    private static String domainOf(Resource place) {
        return place.flag("is_domain") ? place.id() : place.text("domain_id");
    }

    /** A domain's own role holds within that domain alone. */
    private static void requireSameDomain(Resource role, Optional<Resource> place) {
        String domain = role.text("domain_id");
        if (!domain.isEmpty()
                && !place.map(GrantRoutes::domainOf).filter(domain::equals).isPresent()) {
            throw IdentityError.FORBIDDEN.with("give role %s outside of its domain".formatted(role.id()));
        }
    }

    private static RuntimeException notGiven(Grants.Grant grant) {
        return IdentityError.NOT_FOUND.with(
                "role assignment with role: %s, user or group: %s, project, domain, or system"
                        .formatted(grant.roleId(), grant.actorId()),
                grant.targetId());
    }
}
