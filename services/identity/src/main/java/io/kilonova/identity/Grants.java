package io.kilonova.identity;

import static io.kilonova.identity.Columns.ACTOR_ID;
import static io.kilonova.identity.Columns.ACTOR_KIND;
import static io.kilonova.identity.Columns.ASSIGNMENTS;
import static io.kilonova.identity.Columns.INHERITED;
import static io.kilonova.identity.Columns.ROLE_ID;
import static io.kilonova.identity.Columns.TARGET_ID;
import static io.kilonova.identity.Columns.TARGET_KIND;

import java.util.List;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Keeps who was given which role where. */
final class Grants {
    private Grants() {}

    /**
     * A role given.
     *
     * @param actorKind {@code user} or {@code group}
     * @param actorId to whom
     * @param targetKind {@code project}, {@code domain} or {@code system}
     * @param targetId where
     * @param roleId what
     * @param inherited whether it holds for the projects below instead
     */
    record Grant(
            String actorKind, String actorId, String targetKind, String targetId, String roleId, boolean inherited) {}

    /** Gives a role; giving it twice is giving it once. */
    static void give(DSLContext sql, Grant grant) {
        sql.insertInto(ASSIGNMENTS)
                .set(ACTOR_KIND, grant.actorKind())
                .set(ACTOR_ID, grant.actorId())
                .set(TARGET_KIND, grant.targetKind())
                .set(TARGET_ID, grant.targetId())
                .set(ROLE_ID, grant.roleId())
                .set(INHERITED, grant.inherited())
                .onConflictDoNothing()
                .execute();
    }

    /** Takes a role; whether it had been given. */
    static boolean take(DSLContext sql, Grant grant) {
        return sql.deleteFrom(ASSIGNMENTS)
                        .where(same(grant))
                        .and(ROLE_ID.eq(grant.roleId()))
                        .execute()
                > 0;
    }

    /** Whether exactly this was given. */
    static boolean isGiven(DSLContext sql, Grant grant) {
        return sql.fetchExists(
                sql.selectOne().from(ASSIGNMENTS).where(same(grant)).and(ROLE_ID.eq(grant.roleId())));
    }

    /** The roles that were given like {@code grant}, whatever its role. */
    static List<String> roles(DSLContext sql, Grant grant) {
        return sql.select(ROLE_ID).from(ASSIGNMENTS).where(same(grant)).fetch(ROLE_ID);
    }

    private static Condition same(Grant grant) {
        return ACTOR_KIND
                .eq(grant.actorKind())
                .and(ACTOR_ID.eq(grant.actorId()))
                .and(TARGET_KIND.eq(grant.targetKind()))
                .and(TARGET_ID.eq(grant.targetId()))
                .and(INHERITED.eq(grant.inherited()));
    }
}
