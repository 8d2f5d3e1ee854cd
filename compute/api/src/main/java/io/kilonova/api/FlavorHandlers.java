package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.PageLinks;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Request;
import io.kilonova.servers.CatalogueError;
import io.kilonova.servers.Flavor;
import io.kilonova.servers.FlavorCreate;
import io.kilonova.servers.Flavors;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Lists, shows, makes, describes and deletes flavors, and says who may use the private ones. */
final class FlavorHandlers {
    private final Flavors flavors;
    private final ProjectDirectory projects;
    private final FlavorListReader lists;
    private final InstantSource clock;

    FlavorHandlers(Flavors flavors, ProjectDirectory projects, FlavorListReader lists, InstantSource clock) {
        this.flavors = flavors;
        this.projects = projects;
        this.lists = lists;
        this.clock = clock;
    }

    Answer list(Request request) {
        return list(request, false);
    }

    Answer detail(Request request) {
        return list(request, true);
    }

    private Answer list(Request request, boolean detailed) {
        PageRequest asked = lists.page(request);
        List<Flavor> page = asked.limit() == 0 ? List.of() : flavors.list(lists.read(request, asked));
        FlavorView view = new FlavorView(request);
        return Answer.json(json -> json.object(() -> {
            json.array(
                    "flavors",
                    () -> page.forEach(flavor -> json.object(() -> {
                        if (detailed) {
                            view.full(json, flavor);
                        } else {
                            view.brief(json, flavor);
                        }
                    })));
            List<String> ids = page.stream().map(Flavor::id).toList();
            PageLinks.next(json, request, asked, "flavors_links", detailed ? "flavors/detail" : "flavors", ids);
        }));
    }

    Answer show(Request request) {
        return showing(request, flavors.get(request.caller().visibility(), request.path("id")));
    }

    private static Answer showing(Request request, Flavor flavor) {
        FlavorView view = new FlavorView(request);
        return Answer.json(json -> json.object(() -> json.object("flavor", () -> view.full(json, flavor))));
    }

    Answer create(Request request) {
        JsonNode body = request.body().path("flavor");
        return showing(request, flavors.create(create(body), clock.instant()));
    }

    private static FlavorCreate create(JsonNode body) {
        JsonNode factor = body.path("rxtx_factor");
        JsonNode isPublic = body.path("os-flavor-access:is_public");
        return new FlavorCreate(
                id(body.path("id")),
                body.path("name").asString().strip(),
                ServerBodyReader.text(body, "description"),
                Amounts.of(body, "vcpus"),
                Amounts.of(body, "ram"),
                Amounts.of(body, "disk"),
                Amounts.of(body, "OS-FLV-EXT-DATA:ephemeral"),
                Amounts.of(body, "swap"),
                factor.isMissingNode() ? 1.0 : Double.parseDouble(factor.asString()),
                isPublic.isMissingNode() || Truth.of(isPublic));
    }

    /** Clients say {@code auto}, null or nothing for an id that is chosen here. */
    private static Optional<String> id(JsonNode node) {
        return node.isMissingNode() || node.isNull() || node.asString().equals("auto")
                ? Optional.empty()
                : Optional.of(node.asString());
    }

    Answer describe(Request request) {
        Optional<String> description = ServerBodyReader.text(request.body().path("flavor"), "description");
        return showing(request, flavors.describe(request.path("id"), description, clock.instant()));
    }

    Answer delete(Request request) {
        flavors.delete(request.path("id"));
        return Answer.empty();
    }

    Answer listAccess(Request request) {
        Flavor flavor = flavors.get(request.caller().visibility(), request.path("id"));
        if (flavor.isPublic()) {
            throw CatalogueError.FLAVOR_ACCESS_NO_LIST.with();
        }
        return access(flavor.id());
    }

    Answer addAccess(Request request) {
        String project = request.body().path("addTenantAccess").path("tenant").asString();
        Flavor flavor = flavors.get(request.caller().visibility(), request.path("id"));
        if (flavor.isPublic() && request.version().atLeast(2, 7)) {
            throw CatalogueError.FLAVOR_PUBLIC.with();
        }
        projects.require(project);
        flavors.give(flavor.id(), project);
        return access(flavor.id());
    }

    Answer removeAccess(Request request) {
        String project =
                request.body().path("removeTenantAccess").path("tenant").asString();
        Flavor flavor = flavors.get(request.caller().visibility(), request.path("id"));
        flavors.take(flavor.id(), project);
        return access(flavor.id());
    }

    private Answer access(String flavorId) {
        List<String> holders = flavors.projectsOf(flavorId);
        return Answer.json(json -> json.object(() -> json.array(
                "flavor_access",
                () -> holders.forEach(project ->
                        json.object(() -> json.field("flavor_id", flavorId).field("tenant_id", project))))));
    }
}
