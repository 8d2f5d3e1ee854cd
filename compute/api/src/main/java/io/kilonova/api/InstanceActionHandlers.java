package io.kilonova.api;

import io.kilonova.access.Visibility;
import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.PageLinks;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Query;
import io.kilonova.http.Request;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.DeletedServers;
import io.kilonova.servers.HostIds;
import io.kilonova.servers.InstanceActions;
import io.kilonova.servers.ServerError;
import java.util.List;

/** What was asked of servers, and how it ended. From 2.21 also of those that are gone. */
final class InstanceActionHandlers {
    private final ComputeService compute;
    private final DeletedServers deleted;
    private final int maximumLimit;

    InstanceActionHandlers(ComputeService compute, DeletedServers deleted, int maximumLimit) {
        this.compute = compute;
        this.deleted = deleted;
        this.maximumLimit = maximumLimit;
    }

    Answer list(Request request) {
        requireServer(request);
        Query query = request.query();
        PageRequest page = request.version().atLeast(2, 58) ? PageRequest.of(query, maximumLimit) : PageRequest.whole();
        InstanceActions.Filter filter = new InstanceActions.Filter(
                query.last("changes-since").map(value -> ServerListReader.time("changes-since", value)),
                query.last("changes-before").map(value -> ServerListReader.time("changes-before", value)),
                page.limit(),
                page.marker());
        List<InstanceActions.Action> actions = compute.actions().list(request.path("id"), filter);
        return Answer.json(json -> json.object(() -> {
            json.array(
                    "instanceActions",
                    () -> actions.forEach(action -> json.object(() -> write(json, request, action))));
            PageLinks.next(
                    json,
                    request,
                    page,
                    "links",
                    "servers/" + request.path("id") + "/os-instance-actions",
                    actions.stream().map(InstanceActions.Action::requestId).toList());
        }));
    }

    Answer show(Request request) {
        requireServer(request);
        InstanceActions.Action action = compute.actions()
                .find(request.path("id"), request.path("request_id"))
                .orElseThrow(HttpError.NOT_FOUND::with);
        boolean seesEvents = request.allows(ServerPolicies.ACTIONS_EVENTS);
        return Answer.json(json -> json.object(() -> json.object("instanceAction", () -> {
            write(json, request, action);
            if (seesEvents || request.version().atLeast(2, 51)) {
                json.array("events", () -> json.object(() -> event(json, request, action, seesEvents)));
            }
        })));
    }

    private void requireServer(Request request) {
        Visibility visibility = request.caller().visibility();
        String id = request.path("id");
        boolean known = compute.servers().find(visibility, id).isPresent()
                || (request.version().atLeast(2, 21)
                        && deleted.find(visibility, id).isPresent());
        if (!known) {
            throw ServerError.SERVER_NOT_FOUND.with(id);
        }
    }

    private static void write(JsonWriter json, Request request, InstanceActions.Action action) {
        json.field("action", action.action())
                .field("instance_uuid", action.serverId())
                .field("request_id", action.requestId())
                .field("user_id", action.userId())
                .field("project_id", action.projectId())
                .timeInMicroseconds("start_time", action.startedAt())
                .field("message", action.message());
        if (request.version().atLeast(2, 58)) {
            json.timeInMicroseconds("updated_at", action.updatedAt());
        }
    }

    private static void event(JsonWriter json, Request request, InstanceActions.Action action, boolean seesEvents) {
        json.field("event", action.event())
                .timeInMicroseconds("start_time", action.startedAt())
                .timeInMicroseconds("finish_time", action.finish().map(InstanceActions.Finish::at))
                .field("result", action.finish().map(InstanceActions.Finish::result));
        if (seesEvents) {
            json.nothing("traceback");
        }
        if (request.version().atLeast(2, 62)) {
            json.field(
                    "hostId",
                    action.host()
                            .map(host -> HostIds.of(action.projectId(), host))
                            .orElse(""));
            if (seesEvents) {
                json.field("host", action.host());
            }
        }
        if (request.version().atLeast(2, 84) && request.allows(ServerPolicies.ACTIONS_EVENT_DETAILS)) {
            json.field("details", action.finish().flatMap(InstanceActions.Finish::details));
        }
    }
}
