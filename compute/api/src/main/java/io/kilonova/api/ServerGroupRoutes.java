package io.kilonova.api;

import io.kilonova.access.Caller;
import io.kilonova.access.Policy;
import io.kilonova.access.Visibility;
import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.scheduling.GroupPolicy;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.QuotaResource;
import io.kilonova.servers.ServerGroupRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The server groups API: groups whose servers are kept together or apart. */
final class ServerGroupRoutes implements RouteTable {
    private static final String GROUPS = "os_compute_api:os-server-groups:";
    private static final Policy INDEX = Policy.reader(GROUPS + "index", "List server groups");
    private static final Policy INDEX_ALL =
            Policy.admin(GROUPS + "index:all_projects", "List the server groups of all projects");
    private static final Policy CREATE = Policy.member(GROUPS + "create", "Make a server group");
    private static final Policy SHOW = Policy.reader(GROUPS + "show", "Show a server group");
    private static final Policy DELETE = Policy.member(GROUPS + "delete", "Delete a server group");

    private final ComputeService compute;
    private final int maximumLimit;

    ServerGroupRoutes(ComputeService compute, int maximumLimit) {
        this.compute = compute;
        this.maximumLimit = maximumLimit;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/os-server-groups")
                .policy(INDEX)
                .query("server_groups/list_query")
                .to(this::list);
        routes.post("/os-server-groups")
                .policy(CREATE)
                .body("server_groups/create")
                .to(this::create);
        routes.get("/os-server-groups/{id}")
                .policy(SHOW)
                .query("no_parameters_query")
                .to(this::show);
        routes.delete("/os-server-groups/{id}")
                .policy(DELETE)
                .answers(Statuses.NO_CONTENT)
                .to(this::delete);
    }

    private Answer list(Request request) {
        boolean all = request.query().has("all_projects") && request.caller().isAdmin();
        if (all) {
            request.enforce(INDEX_ALL, Map.of());
        }
        PageRequest page = PageRequest.of(request.query(), maximumLimit);
        Visibility visibility =
                all ? Visibility.everything() : Visibility.of(request.caller().project());
        List<ServerGroupRow> groups =
                page.limit() == 0 ? List.of() : compute.groups().list(visibility, page.limit(), page.offset());
        return Answer.json(json -> json.object(() -> json.array(
                "server_groups", () -> groups.forEach(group -> json.object(() -> write(json, request, group))))));
    }

    private Answer create(Request request) {
        JsonNode body = request.body().path("server_group");
        Caller caller = request.caller();
        String policy =
                body.path("policy").asString(body.path("policies").path(0).asString(""));
        JsonNode maximum = body.path("rules").path("max_server_per_host");
        ServerGroupRow group = compute.groups()
                .create(
                        new ServerGroupRow(
                                "",
                                caller.project(),
                                caller.userId(),
                                body.path("name").asString(),
                                GroupPolicy.of(policy).orElseThrow(),
                                maximum.isMissingNode() ? Optional.empty() : Optional.of(maximum.asInt()),
                                List.of()),
                        compute.quotas().limits(caller.project()).getOrDefault(QuotaResource.SERVER_GROUPS, -1L));
        return one(request, group);
    }

    private Answer show(Request request) {
        return one(request, compute.groups().get(request.caller().visibility(), request.path("id")));
    }

    private Answer delete(Request request) {
        compute.groups().delete(request.caller().visibility(), request.path("id"));
        return Answer.empty();
    }

    private static Answer one(Request request, ServerGroupRow group) {
        return Answer.json(json -> json.object(() -> json.object("server_group", () -> write(json, request, group))));
    }

    private static void write(JsonWriter json, Request request, ServerGroupRow group) {
        json.field("id", group.id()).field("name", group.name());
        if (request.version().atLeast(2, 64)) {
            json.field("policy", group.policy().label());
            json.object(
                    "rules", () -> group.maximumPerHost().ifPresent(most -> json.field("max_server_per_host", most)));
        } else {
            json.strings("policies", List.of(group.policy().label()));
            json.object("metadata", () -> {});
        }
        json.strings("members", group.members());
        if (request.version().atLeast(2, 13)) {
            json.field("project_id", group.projectId()).field("user_id", group.userId());
        }
    }
}
