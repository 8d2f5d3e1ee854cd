package io.kilonova.networks;

import io.kilonova.access.Caller;
import io.kilonova.http.Answer;
import io.kilonova.http.PageLinks;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Query;
import io.kilonova.http.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Answers the routes that all kinds of resources have, and those of routers. */
final class ResourceHandlers {
    private final NetworkDomain domain;

    ResourceHandlers(NetworkDomain domain) {
        this.domain = domain;
    }

    Answer list(Request request, Kind kind) {
        Caller caller = request.caller();
        Query query = request.query();
        if (kind == Kind.SECURITY_GROUP || kind == Kind.SECURITY_GROUP_RULE) {
            caller.projectId().ifPresent(domain::ensureDefaultGroup);
        }
        PageRequest asked = ResourceList.page(query);
        List<Resource> page =
                ResourceList.page(query, asked, domain.list(kind, caller.visibility(), ResourceList.condition(query)));
        Set<String> fields = new HashSet<>(query.all("fields"));
        return Answer.json(json -> json.object(() -> {
            json.array(kind.plural(), () -> page.forEach(resource -> domain.write(json, resource, caller, fields)));
            List<String> ids = page.stream().map(Resource::id).toList();
            PageLinks.next(json, request, asked, kind.plural() + "_links", kind.collection(), ids);
        }));
    }

    Answer show(Request request, Kind kind) {
        Caller caller = request.caller();
        Resource resource = domain.get(kind, caller.visibility(), request.path("id"));
        return one(kind, resource, caller, new HashSet<>(request.query().all("fields")));
    }

    Answer create(Request request, Kind kind) {
        Caller caller = request.caller();
        JsonNode many = request.body().path(kind.plural());
        if (many.isArray() && !many.isEmpty()) {
            List<Resource> made = domain.createAll(kind, caller, many);
            return Answer.json(json -> json.object(() -> json.array(
                    kind.plural(), () -> made.forEach(resource -> domain.write(json, resource, caller, Set.of())))));
        }
        if (many.isArray()) {
            throw NetworkError.HTTP_BAD_REQUEST.with("Resources required");
        }
        return one(kind, domain.create(kind, caller, request.body().path(kind.singular())), caller, Set.of());
    }

    Answer update(Request request, Kind kind) {
        Caller caller = request.caller();
        Resource changed =
                domain.update(kind, caller, request.path("id"), request.body().path(kind.singular()));
        return one(kind, changed, caller, Set.of());
    }

    Answer delete(Request request, Kind kind) {
        domain.delete(kind, request.caller(), request.path("id"));
        return Answer.empty();
    }

    Answer addRouterInterface(Request request) {
        return routerInterface(
                request, domain.addRouterInterface(request.caller(), request.path("id"), request.body()));
    }

    Answer removeRouterInterface(Request request) {
        return routerInterface(
                request, domain.removeRouterInterface(request.caller(), request.path("id"), request.body()));
    }

    private static Answer routerInterface(Request request, Resource port) {
        List<String> subnets = new ArrayList<>();
        port.get("fixed_ips")
                .forEach(fixed -> subnets.add(fixed.path("subnet_id").asString("")));
        return Answer.json(json -> json.object(() -> json.field("id", request.path("id"))
                .field("project_id", port.projectId())
                .field("tenant_id", port.projectId())
                .field("port_id", port.id())
                .field("network_id", port.text("network_id"))
                .field("subnet_id", subnets.stream().findFirst())
                .strings("subnet_ids", subnets)
                .array("tags", () -> {})));
    }

    private Answer one(Kind kind, Resource resource, Caller caller, Set<String> fields) {
        return Answer.json(json -> json.object(() -> {
            json.name(kind.singular());
            domain.write(json, resource, caller, fields);
        }));
    }
}
