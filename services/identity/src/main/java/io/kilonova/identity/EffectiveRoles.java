package io.kilonova.identity;

import static io.kilonova.identity.Columns.ACTOR_ID;
import static io.kilonova.identity.Columns.ACTOR_KIND;
import static io.kilonova.identity.Columns.ASSIGNMENTS;
import static io.kilonova.identity.Columns.DOMAIN_ID;
import static io.kilonova.identity.Columns.GROUP_ID;
import static io.kilonova.identity.Columns.ID;
import static io.kilonova.identity.Columns.INHERITED;
import static io.kilonova.identity.Columns.IS_DOMAIN;
import static io.kilonova.identity.Columns.MEMBERS;
import static io.kilonova.identity.Columns.PROJECTS;
import static io.kilonova.identity.Columns.ROLE_ID;
import static io.kilonova.identity.Columns.TARGET_ID;
import static io.kilonova.identity.Columns.TARGET_KIND;
import static io.kilonova.identity.Columns.USER_ID;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** What a user is somewhere: by themselves, by their groups, and by what is inherited from above. */
final class EffectiveRoles {
    /** The one target of roles in the whole cloud. */
    static final String SYSTEM = "system";

    private EffectiveRoles() {}

    /** The ids of the roles, without those that they imply. */
    static List<String> of(DSLContext sql, String userId, ScopeReference scope) {
        Condition where = switch (scope.kind()) {
            case UNSCOPED -> org.jooq.impl.DSL.falseCondition();
            case SYSTEM -> target("system", SYSTEM);
            case DOMAIN -> target("domain", scope.id());
            case PROJECT -> {
                List<String> above = Hierarchy.ancestors(sql, scope.id());
                Condition direct = target("project", scope.id());
                yield above.isEmpty() ? direct : direct.or(INHERITED.isTrue().and(TARGET_ID.in(above)));
            }
        };
        return sql.selectDistinct(ROLE_ID)
                .from(ASSIGNMENTS)
                .where(actors(sql, userId))
                .and(where)
                .fetch(ROLE_ID);
    }

    /** The ids of the projects where a user has any role. */
    static Set<String> projects(DSLContext sql, String userId) {
        Condition actors = actors(sql, userId);
        Set<String> found = new LinkedHashSet<>(sql.selectDistinct(TARGET_ID)
                .from(ASSIGNMENTS)
                .where(actors)
                .and(TARGET_KIND.eq("project"))
                .and(INHERITED.isFalse())
                .fetch(TARGET_ID));
        List<String> inheritedFrom = sql.selectDistinct(TARGET_ID)
                .from(ASSIGNMENTS)
                .where(actors)
                .and(INHERITED.isTrue())
                .fetch(TARGET_ID);
        if (!inheritedFrom.isEmpty()) {
            Set<String> below = Hierarchy.withDescendants(sql, inheritedFrom);
            inheritedFrom.forEach(below::remove);
            found.addAll(below);
            found.addAll(sql.select(ID)
                    .from(PROJECTS)
                    .where(DOMAIN_ID.in(inheritedFrom))
                    .and(IS_DOMAIN.isFalse())
                    .fetch(ID));
        }
        return found;
    }

    /** The ids of the domains where a user has any role. */
    static List<String> domains(DSLContext sql, String userId) {
        return sql.selectDistinct(TARGET_ID)
                .from(ASSIGNMENTS)
                .where(actors(sql, userId))
                .and(TARGET_KIND.eq("domain"))
                .and(INHERITED.isFalse())
                .fetch(TARGET_ID);
    }

    /** The groups of a user. */
    static List<String> groups(DSLContext sql, String userId) {
        return sql.select(GROUP_ID).from(MEMBERS).where(USER_ID.eq(userId)).fetch(GROUP_ID);
    }

    private static Condition target(String kind, String id) {
        return TARGET_KIND.eq(kind).and(TARGET_ID.eq(id)).and(INHERITED.isFalse());
    }

    private static Condition actors(DSLContext sql, String userId) {
        List<String> groups = new ArrayList<>(groups(sql, userId));
        Condition self = ACTOR_KIND.eq("user").and(ACTOR_ID.eq(userId));
        return groups.isEmpty() ? self : self.or(ACTOR_KIND.eq("group").and(ACTOR_ID.in(groups)));
    }
}
