package io.kilonova.identity;

import static io.kilonova.identity.Columns.ACTOR_ID;
import static io.kilonova.identity.Columns.APPLICATION_CREDENTIALS;
import static io.kilonova.identity.Columns.ASSIGNMENTS;
import static io.kilonova.identity.Columns.CREDENTIALS;
import static io.kilonova.identity.Columns.DEFAULT_PROJECT_ID;
import static io.kilonova.identity.Columns.DOMAIN_ID;
import static io.kilonova.identity.Columns.GROUPS;
import static io.kilonova.identity.Columns.GROUP_ID;
import static io.kilonova.identity.Columns.ID;
import static io.kilonova.identity.Columns.IMPLIED_ROLES;
import static io.kilonova.identity.Columns.IMPLIED_ROLE_ID;
import static io.kilonova.identity.Columns.MEMBERS;
import static io.kilonova.identity.Columns.PRIOR_ROLE_ID;
import static io.kilonova.identity.Columns.PROJECTS;
import static io.kilonova.identity.Columns.PROJECT_ID;
import static io.kilonova.identity.Columns.ROLES;
import static io.kilonova.identity.Columns.ROLE_ID;
import static io.kilonova.identity.Columns.TARGET_ID;
import static io.kilonova.identity.Columns.USERS;
import static io.kilonova.identity.Columns.USER_ID;

import java.util.Collection;
import java.util.List;
import org.jooq.DSLContext;

/** Removes what cannot be without something else. The thing itself is removed by its owner. */
final class Removals {
    private Removals() {}

    /** Before users go: their memberships, roles and credentials. */
    static void ofUsers(DSLContext sql, Collection<String> users) {
        sql.deleteFrom(MEMBERS).where(USER_ID.in(users)).execute();
        sql.deleteFrom(ASSIGNMENTS).where(ACTOR_ID.in(users)).execute();
        sql.deleteFrom(CREDENTIALS).where(USER_ID.in(users)).execute();
        sql.deleteFrom(APPLICATION_CREDENTIALS).where(USER_ID.in(users)).execute();
    }

    /** Before groups go: their members and roles. */
    static void ofGroups(DSLContext sql, Collection<String> groups) {
        sql.deleteFrom(MEMBERS).where(GROUP_ID.in(groups)).execute();
        sql.deleteFrom(ASSIGNMENTS).where(ACTOR_ID.in(groups)).execute();
    }

    /** Before projects go: the roles in them and the credentials for them. */
    static void ofProjects(DSLContext sql, Collection<String> projects) {
        sql.deleteFrom(ASSIGNMENTS).where(TARGET_ID.in(projects)).execute();
        sql.deleteFrom(CREDENTIALS).where(PROJECT_ID.in(projects)).execute();
        sql.deleteFrom(APPLICATION_CREDENTIALS).where(PROJECT_ID.in(projects)).execute();
        sql.update(USERS)
                .set(DEFAULT_PROJECT_ID, "")
                .where(DEFAULT_PROJECT_ID.in(projects))
                .execute();
    }

    /** Before roles go: who has them, and what they imply. */
    static void ofRoles(DSLContext sql, Collection<String> roles) {
        sql.deleteFrom(ASSIGNMENTS).where(ROLE_ID.in(roles)).execute();
        sql.deleteFrom(IMPLIED_ROLES)
                .where(PRIOR_ROLE_ID.in(roles))
                .or(IMPLIED_ROLE_ID.in(roles))
                .execute();
    }

    /** Before a domain goes: everything in it, in bites that fit a statement. */
    static void ofDomain(DSLContext sql, String domain) {
        eachBite(sql, USERS, domain, Removals::ofUsers);
        eachBite(sql, GROUPS, domain, Removals::ofGroups);
        eachBite(sql, PROJECTS, domain, Removals::ofProjects);
        eachBite(sql, ROLES, domain, Removals::ofRoles);
        ofProjects(sql, List.of(domain));
    }

    private static void eachBite(
            DSLContext sql,
            org.jooq.Table<?> table,
            String domain,
            java.util.function.BiConsumer<DSLContext, Collection<String>> remove) {
        int bite = 500;
        List<String> ids;
        do {
            ids = sql.select(ID)
                    .from(table)
                    .where(DOMAIN_ID.eq(domain))
                    .limit(bite)
                    .fetch(ID);
            if (!ids.isEmpty()) {
                remove.accept(sql, ids);
                sql.deleteFrom(table).where(ID.in(ids)).execute();
            }
        } while (ids.size() == bite);
    }
}
