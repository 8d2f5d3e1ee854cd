package io.kilonova.identity;

import java.util.List;
import org.jooq.DSLContext;

/** Groups belong to a domain, and go with their memberships and roles. */
final class GroupRules implements ResourceRules {
    @Override
    public Resource creating(DSLContext sql, Resource group) {
        ResourceStore.get(sql, ResourceKind.DOMAIN, group.text("domain_id"));
        return group;
    }

    @Override
    public void deleting(DSLContext sql, Resource group) {
        Removals.ofGroups(sql, List.of(group.id()));
    }
}
