package io.kilonova.api;

import io.kilonova.access.Policy;
import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.servers.Aggregate;
import io.kilonova.servers.Aggregates;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The host aggregates API: groups of hosts, the zones that they make, and what the scheduler's filters read of them. */
final class AggregateRoutes implements RouteTable {
    private static final String NO_QUERY = "no_parameters_query";
    private static final String AGGREGATES = "os_compute_api:os-aggregates:";

    private final Aggregates aggregates;

    AggregateRoutes(Aggregates aggregates) {
        this.aggregates = aggregates;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/os-aggregates")
                .policy(policy("index", "List aggregates"))
                .query(NO_QUERY)
                .to(this::list);
        routes.post("/os-aggregates")
                .policy(policy("create", "Make an aggregate"))
                .body("aggregates/create")
                .to(this::create);
        routes.get("/os-aggregates/{id}")
                .policy(policy("show", "Show an aggregate"))
                .query(NO_QUERY)
                .to(request -> one(request, aggregates.get(id(request))));
        routes.put("/os-aggregates/{id}")
                .policy(policy("update", "Change an aggregate's name or zone"))
                .body("aggregates/update")
                .to(this::update);
        routes.delete("/os-aggregates/{id}")
                .policy(policy("delete", "Delete an aggregate"))
                .to(this::delete);
        Routes.Actions aggregate = routes.actions("/os-aggregates/{id}/action");
        aggregate
                .action("add_host")
                .policy(policy("add_host", "Add a host to an aggregate"))
                .body("aggregates/actions/add_host")
                .to(request -> one(request, aggregates.addHost(id(request), host(request, "add_host"))));
        aggregate
                .action("remove_host")
                .policy(policy("remove_host", "Take a host from an aggregate"))
                .body("aggregates/actions/remove_host")
                .to(request -> one(request, aggregates.removeHost(id(request), host(request, "remove_host"))));
        aggregate
                .action("set_metadata")
                .policy(policy("set_metadata", "Change the metadata of an aggregate"))
                .body("aggregates/actions/set_metadata")
                .to(this::setMetadata);
    }

    private static Policy policy(String verb, String meaning) {
        return Policy.admin(AGGREGATES + verb, meaning);
    }

    private Answer list(Request request) {
        List<Aggregate> all = aggregates.list();
        return Answer.json(json -> json.object(() -> json.array(
                "aggregates",
                () -> all.forEach(aggregate -> json.object(() -> write(json, request, aggregate, true))))));
    }

    private Answer create(Request request) {
        JsonNode body = request.body().path("aggregate");
        Aggregate made = aggregates.create(body.path("name").asString().strip(), zone(body));
        return Answer.json(json ->
                json.object(() -> json.object("aggregate", () -> write(json, request, made, false))));
    }

    private Answer update(Request request) {
        JsonNode body = request.body().path("aggregate");
        Optional<String> name = ServerBodyReader.text(body, "name").map(String::strip);
        return one(request, aggregates.update(id(request), name, metadata -> {
            if (body.has("availability_zone")) {
                metadata.remove(Aggregate.ZONE);
            }
            zone(body).ifPresent(zone -> metadata.put(Aggregate.ZONE, zone));
            return metadata;
        }));
    }

    private Answer delete(Request request) {
        aggregates.delete(id(request));
        return Answer.empty();
    }

    private Answer setMetadata(Request request) {
        JsonNode given = request.body().path("set_metadata").path("metadata");
        return one(request, aggregates.update(id(request), Optional.empty(), metadata -> {
            given.properties().forEach(item -> {
                if (item.getValue().isNull()) {
                    metadata.remove(item.getKey());
                } else {
                    metadata.put(item.getKey(), item.getValue().asString());
                }
            });
            return metadata;
        }));
    }

    private static String host(Request request, String verb) {
        return request.body().path(verb).path("host").asString();
    }

    private static Optional<String> zone(JsonNode body) {
        return ServerBodyReader.text(body, "availability_zone");
    }

    private static long id(Request request) {
        String text = request.path("id");
        if (!text.matches("-?[0-9]{1,18}")) {
            throw HttpError.QUERY_INVALID.with("Invalid input received: %s is not the number of an aggregate"
                    .formatted(text.length() > 100 ? text.substring(0, 100) : text));
        }
        return Long.parseLong(text);
    }

    private static Answer one(Request request, Aggregate aggregate) {
        return Answer.json(json ->
                json.object(() -> json.object("aggregate", () -> write(json, request, aggregate, true))));
    }

    /** What was just made is shown without hosts and metadata, as Nova does. */
    private static void write(JsonWriter json, Request request, Aggregate aggregate, boolean whole) {
        json.field("id", aggregate.id())
                .field("name", aggregate.name())
                .field("availability_zone", aggregate.zone())
                .timeInMicroseconds("created_at", aggregate.createdAt())
                .timeInMicroseconds("updated_at", aggregate.updatedAt())
                .nothing("deleted_at")
                .field("deleted", false);
        if (whole) {
            json.strings("hosts", aggregate.hosts());
            json.strings("metadata", aggregate.metadata());
        }
        if (request.version().atLeast(2, 41)) {
            json.field("uuid", aggregate.uuid());
        }
    }
}
