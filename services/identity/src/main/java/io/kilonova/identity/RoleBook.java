package io.kilonova.identity;

import static io.kilonova.identity.Columns.DOMAIN_ID;
import static io.kilonova.identity.Columns.ID;
import static io.kilonova.identity.Columns.IMPLIED_ROLES;
import static io.kilonova.identity.Columns.IMPLIED_ROLE_ID;
import static io.kilonova.identity.Columns.NAME;
import static io.kilonova.identity.Columns.PRIOR_ROLE_ID;
import static io.kilonova.identity.Columns.ROLES;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;

/**
 * All roles and what they imply.
 *
 * @param byId every role
 * @param implied prior role to the roles that it implies directly
 */
record RoleBook(Map<String, Role> byId, Map<String, List<String>> implied) {
    /**
     * A role.
     *
     * @param reference id and name
     * @param domainId of a domain's own role; empty for one of the whole cloud
     */
    record Role(Reference reference, String domainId) {}

    /** Reads all of them; a cloud has tens. */
    static RoleBook read(DSLContext sql) {
        Map<String, Role> roles = sql.select(ID, NAME, DOMAIN_ID)
                .from(ROLES)
                .fetchMap(ID, row -> new Role(new Reference(row.get(ID), row.get(NAME)), row.get(DOMAIN_ID)));
        Map<String, List<String>> implied = sql.select(PRIOR_ROLE_ID, IMPLIED_ROLE_ID)
                .from(IMPLIED_ROLES)
                .fetchGroups(PRIOR_ROLE_ID, IMPLIED_ROLE_ID);
        return new RoleBook(roles, implied);
    }

    /** Some roles and everything that they imply. */
    Set<String> expanded(Collection<String> roles) {
        Set<String> all = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(roles);
        while (!open.isEmpty()) {
            String role = open.removeFirst();
            if (byId.containsKey(role) && all.add(role)) {
                open.addAll(implied.getOrDefault(role, List.of()));
            }
        }
        return all;
    }

    /** What of some roles stands in a token: a domain's own roles only imply others. */
    List<Reference> tokenRoles(Collection<String> roles) {
        return roles.stream()
                .flatMap(role -> find(role).stream())
                .filter(role -> role.domainId().isEmpty())
                .map(Role::reference)
                .sorted(Comparator.comparing(Reference::name))
                .toList();
    }

    /** A role by id. */
    Optional<Role> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }
}
