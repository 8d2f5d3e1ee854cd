package io.kilonova.identity;

import io.kilonova.http.Request;
import java.util.List;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Roles: of the whole cloud, or of one domain. */
final class RoleRules implements ResourceRules {
    @Override
    public Condition narrow(Request request) {
        return request.query().has("domain_id") ? DSL.noCondition() : Columns.DOMAIN_ID.eq("");
    }

    @Override
    public Resource creating(DSLContext sql, Resource role) {
        role.optional("domain_id")
                .filter(domain ->
                        ResourceStore.find(sql, ResourceKind.DOMAIN, domain).isEmpty())
                .ifPresent(domain -> {
                    throw ResourceStore.notFound(ResourceKind.DOMAIN, domain);
                });
        return role;
    }

    @Override
    public void deleting(DSLContext sql, Resource role) {
        Removals.ofRoles(sql, List.of(role.id()));
    }
}
