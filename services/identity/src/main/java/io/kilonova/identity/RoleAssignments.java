package io.kilonova.identity;

import static io.kilonova.identity.Columns.ACTOR_ID;
import static io.kilonova.identity.Columns.ACTOR_KIND;
import static io.kilonova.identity.Columns.ASSIGNMENTS;
import static io.kilonova.identity.Columns.GROUP_ID;
import static io.kilonova.identity.Columns.INHERITED;
import static io.kilonova.identity.Columns.MEMBERS;
import static io.kilonova.identity.Columns.ROLE_ID;
import static io.kilonova.identity.Columns.TARGET_ID;
import static io.kilonova.identity.Columns.TARGET_KIND;
import static io.kilonova.identity.Columns.USER_ID;

import io.kilonova.http.Query;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/**
 * Finds role assignments as they were given, or as they take effect: groups become their members, inherited roles those of
 * the projects below, and implied roles stand by themselves.
 */
final class RoleAssignments {
    private static final int MAXIMUM_ROWS = 20_000;

    private final DSLContext sql;
    private final Query query;
    private final RoleBook roles;

    RoleAssignments(DSLContext sql, Query query, RoleBook roles) {
        this.sql = sql;
        this.query = query;
        this.roles = roles;
    }

    /** What a query asks for. */
    Set<Grants.Grant> find() {
        return isSet("effective") ? effective() : given(asGiven());
    }

    private Condition asGiven() {
        return equal("user.id", "user")
                .and(equal("group.id", "group"))
                .and(query.last("role.id").map(ROLE_ID::eq).orElse(DSL.noCondition()))
                .and(scope())
                .and(query.has("scope.OS-INHERIT:inherited_to") ? INHERITED.isTrue() : DSL.noCondition());
    }

    private Condition equal(String parameter, String kind) {
        return query.last(parameter)
                .map(id -> ACTOR_KIND.eq(kind).and(ACTOR_ID.eq(id)))
                .orElse(DSL.noCondition());
    }

    private Condition scope() {
        Optional<String> project = query.last("scope.project.id");
        if (project.isPresent()) {
            Set<String> projects = isSet("include_subtree")
                    ? Hierarchy.withDescendants(sql, List.of(project.get()))
                    : Set.of(project.get());
            return TARGET_KIND.eq("project").and(TARGET_ID.in(projects));
        }
        return query.last("scope.domain.id")
                .map(id -> TARGET_KIND.eq("domain").and(TARGET_ID.eq(id)))
                .orElse(query.has("scope.system") ? TARGET_KIND.eq("system") : DSL.noCondition());
    }

    private Set<Grants.Grant> given(Condition condition) {
        List<Grants.Grant> rows = sql.select(ACTOR_KIND, ACTOR_ID, TARGET_KIND, TARGET_ID, ROLE_ID, INHERITED)
                .from(ASSIGNMENTS)
                .where(condition)
                .orderBy(TARGET_ID, ACTOR_ID, ROLE_ID)
                .limit(MAXIMUM_ROWS)
                .fetch(row -> new Grants.Grant(
                        row.get(ACTOR_KIND),
                        row.get(ACTOR_ID),
                        row.get(TARGET_KIND),
                        row.get(TARGET_ID),
                        row.get(ROLE_ID),
                        row.get(INHERITED)));
        if (rows.size() == MAXIMUM_ROWS) {
            throw IdentityError.REQUEST_INVALID.with(
                    "There are more than %d role assignments; ask for a user, a project or a role."
                            .formatted(MAXIMUM_ROWS));
        }
        return new LinkedHashSet<>(rows);
    }

    private Set<Grants.Grant> effective() {
        Optional<String> user = query.last("user.id");
        Condition actors = user.map(id -> {
                    List<String> groups = EffectiveRoles.groups(sql, id);
                    return ACTOR_ID.eq(id).or(ACTOR_ID.in(groups));
                })
                .orElse(DSL.noCondition());
        Map<String, List<String>> members = new HashMap<>();
        Set<Grants.Grant> all = new LinkedHashSet<>();
        for (Grants.Grant grant : given(actors.and(reaching()))) {
            for (String actor : users(grant, members)) {
                for (String place : places(grant)) {
                    for (Reference role : roles.tokenRoles(roles.expanded(List.of(grant.roleId())))) {
                        String kind = grant.inherited() ? "project" : grant.targetKind();
                        all.add(new Grants.Grant("user", actor, kind, place, role.id(), false));
                    }
                }
            }
        }
        all.removeIf(grant -> !isAskedFor(grant, user));
        return all;
    }

    /** What may take effect where the query asks: given there, or inherited from above. */
    private Condition reaching() {
        Optional<String> project = query.last("scope.project.id");
        if (project.isEmpty()) {
            return query.has("scope.domain.id") || query.has("scope.system")
                    ? scope().and(INHERITED.isFalse())
                    : DSL.noCondition();
        }
        List<String> above = Hierarchy.ancestors(sql, project.get());
        Condition inherited =
                above.isEmpty() ? DSL.falseCondition() : INHERITED.isTrue().and(TARGET_ID.in(above));
        return scope().or(inherited);
    }

    private List<String> users(Grants.Grant grant, Map<String, List<String>> members) {
        return grant.actorKind().equals("user")
                ? List.of(grant.actorId())
                : members.computeIfAbsent(
                        grant.actorId(),
                        group -> sql.select(USER_ID)
                                .from(MEMBERS)
                                .where(GROUP_ID.eq(group))
                                .fetch(USER_ID));
    }

    private List<String> places(Grants.Grant grant) {
        if (!grant.inherited()) {
            return List.of(grant.targetId());
        }
        List<String> below = new ArrayList<>(Hierarchy.withDescendants(sql, List.of(grant.targetId())));
        below.remove(grant.targetId());
        return below;
    }

    private boolean isAskedFor(Grants.Grant grant, Optional<String> user) {
        boolean place = query.last("scope.project.id")
                .filter(id -> !isSet("include_subtree"))
                .map(grant.targetId()::equals)
                .orElse(true);
        return place
                && user.map(grant.actorId()::equals).orElse(true)
                && query.last("role.id").map(grant.roleId()::equals).orElse(true);
    }

    /** A flag of the query: there, and not zero or false. */
    boolean isSet(String flag) {
        return query.last(flag)
                .filter(value -> !value.equals("0") && !value.equalsIgnoreCase("false"))
                .isPresent();
    }
}
