package io.kilonova.api;

import io.kilonova.access.Visibility;
import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.PageLinks;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Request;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.Server;
import io.kilonova.servers.ServerCreate;
import io.kilonova.servers.ServerQuery;
import java.security.SecureRandom;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Lists, shows, makes, changes and deletes servers. */
final class ServerHandlers {
    private static final int PASSWORD_CHARACTERS = 12;
    private static final String PASSWORD_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final RandomGenerator RANDOM = new SecureRandom();
    private static final ObjectMapper MAPPER = JsonMapper.shared();

    private final ComputeService compute;
    private final ServerView view;
    private final ServerListReader lists;
    private final ServerBodyReader bodies;

    ServerHandlers(ComputeService compute, ServerView view, ServerListReader lists, ServerBodyReader bodies) {
        this.compute = compute;
        this.view = view;
        this.lists = lists;
        this.bodies = bodies;
    }

    Answer list(Request request) {
        return list(request, false);
    }

    Answer detail(Request request) {
        return list(request, true);
    }

    private Answer list(Request request, boolean detailed) {
        PageRequest asked = lists.page(request);
        ServerQuery query = lists.read(request, detailed, asked);
        List<Server> servers =
                query.limit() == 0 ? List.of() : compute.servers().list(query);
        ServerView.Page page = detailed ? view.page(request, servers) : view.page(request);
        return Answer.json(json -> json.object(() -> {
            json.array(
                    "servers",
                    () -> servers.forEach(server -> {
                        if (detailed) {
                            json.object(() -> page.full(json, server, ServerView.Form.LISTED));
                        } else {
                            page.brief(json, server);
                        }
                    }));
            List<String> ids = servers.stream().map(Server::id).toList();
            PageLinks.next(json, request, asked, "servers_links", detailed ? "servers/detail" : "servers", ids);
        }));
    }

    Answer show(Request request) {
        Server server = compute.servers().get(request.caller().visibility(), request.path("id"));
        return showing(request, server, ServerView.Form.SHOWN);
    }

    private Answer showing(Request request, Server server, ServerView.Form form) {
        ServerView.Page page = view.page(request);
        return Answer.json(json -> json.object(() -> json.object("server", () -> page.full(json, server, form))));
    }

    Answer create(Request request) {
        JsonNode body = request.body().path("server");
        ServerCreate create = bodies.create(request);
        String password = body.path("adminPass").asString(newPassword());
        List<Server> servers = compute.create(create);
        Server first = servers.getFirst();
        if (Truth.of(body.path("return_reservation_id"))) {
            return Answer.json(json -> json.object(() -> json.field("reservation_id", first.reservationId())));
        }
        ServerView.Page page = view.page(request);
        return Answer.json(json -> json.object(() -> json.object("server", () -> {
                    json.field("id", first.id());
                    page.links(json, first.id());
                    json.field("OS-DCF:diskConfig", first.diskConfig());
                    requestedGroups(json, first);
                    json.field("adminPass", password);
                })))
                .header("Location", request.versionUrl() + "/servers/" + first.id());
    }

    private static void requestedGroups(JsonWriter json, Server server) {
        List<String> asked = server.settings().securityGroups();
        List<String> groups = asked.isEmpty() ? List.of("default") : asked;
        json.array("security_groups", () -> groups.forEach(name -> json.object(() -> json.field("name", name))));
    }

    Answer update(Request request) {
        Server server = compute.update(
                request.caller(),
                request.id(),
                request.path("id"),
                bodies.update(request.body().path("server")));
        return showing(request, server, ServerView.Form.UPDATED);
    }

    Answer delete(Request request) {
        compute.delete(request.caller(), request.id(), request.path("id"));
        return Answer.empty();
    }

    Answer rebuild(Request request) {
        JsonNode body = request.body().path("rebuild");
        compute.rebuild(request.caller(), request.id(), request.path("id"), bodies.rebuild(request, body));
        Server server = compute.servers().get(request.caller().visibility(), request.path("id"));
        String password = body.path("adminPass").asString(newPassword());
        ServerView.Page page = view.page(request);
        return Answer.json(json -> json.object(() -> json.object("server", () -> {
                    page.full(json, server, ServerView.Form.REBUILT);
                    json.field("adminPass", password);
                })))
                .header("Location", request.versionUrl() + "/servers/" + server.id());
    }

    Answer placementDecisions(Request request) {
        Visibility visibility = request.caller().visibility();
        String id = request.path("id");
        compute.servers().get(visibility, id);
        return Answer.json(json -> json.object(() -> json.array(
                "placement_decisions",
                () -> compute.decisions()
                        .of(id)
                        .forEach(decision ->
                                json.object(() -> json.timeInMicroseconds("decided_at", decision.decidedAt())
                                        .field("request_id", decision.requestId())
                                        .field("host", decision.host())
                                        .field("sentence", decision.tenantSentence())
                                        .field("report", MAPPER.readTree(decision.report())))))));
    }

    static String newPassword() {
        return RANDOM.ints(PASSWORD_CHARACTERS, 0, PASSWORD_ALPHABET.length())
                .mapToObj(index -> String.valueOf(PASSWORD_ALPHABET.charAt(index)))
                .collect(Collectors.joining());
    }
}
