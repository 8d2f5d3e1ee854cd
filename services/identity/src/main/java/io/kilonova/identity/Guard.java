package io.kilonova.identity;

import io.kilonova.access.Policy;
import io.kilonova.http.Request;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Decides policies whose targets must first be looked up. */
final class Guard {
    private Guard() {}

    /**
     * Refuses what the caller may not do.
     *
     * @throws io.kilonova.errors.ServiceException {@link IdentityError#FORBIDDEN}, in Keystone's words
     */
    static void require(Request request, Policy policy, Map<String, String> target) {
        if (!request.allows(policy, target)) {
            throw IdentityError.FORBIDDEN.with(policy.name());
        }
    }

    /**
     * Hands out what was found if the caller may have it. Whoever may not is told the same whether it exists or not.
     *
     * @throws io.kilonova.errors.ServiceException {@link IdentityError#FORBIDDEN}, then {@link IdentityError#NOT_FOUND}
     */
    static Resource require(Request request, Policy policy, ResourceKind kind, String id, Optional<Resource> found) {
        require(
                request,
                policy,
                found.map(Guard::target).orElseGet(() -> Map.of("target.%s.id".formatted(kind.singular()), id)));
        return found.orElseThrow(() -> ResourceStore.notFound(kind, id));
    }

    /** What policies may ask of a resource: {@code target.user.domain_id} and the like. */
    static Map<String, String> target(Resource resource) {
        Map<String, String> target = new HashMap<>();
        String prefix = "target." + resource.kind().singular() + ".";
        target.put(prefix + "id", resource.id());
        resource.values().forEach((name, value) -> {
            if (value instanceof String text && !text.isEmpty()) {
                target.put(prefix + name, text);
            }
        });
        return target;
    }
}
