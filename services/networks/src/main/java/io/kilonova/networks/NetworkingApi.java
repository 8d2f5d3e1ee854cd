package io.kilonova.networks;

import io.kilonova.http.Answer;
import io.kilonova.http.FaultFormat;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.Routes;
import io.kilonova.http.SchemaLibrary;
import io.kilonova.http.ServiceApi;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Networking API v2.0 as it is served. */
final class NetworkingApi {
    private NetworkingApi() {}

    static ServiceApi of(NetworkDomain domain) {
        NetworkRoutes routes = new NetworkRoutes(
                new ResourceHandlers(domain), new NetworkQuotaHandlers(domain), new TagHandlers(domain));
        return new ServiceApi(
                "network",
                "/networking",
                FaultFormat.NETWORK,
                Optional.empty(),
                List.of("x-openstack-request-id"),
                ServiceApi.DEFAULT_MAXIMUM_BODY_BYTES,
                false,
                new SchemaLibrary("schemas/networks"),
                Map.of(
                        "",
                        new ServiceApi.Root(List.of(NetworkingApi::versions), false),
                        "/v2.0",
                        new ServiceApi.Root(List.of(NetworkingApi::resources, routes), false)));
    }

    private static void versions(Routes routes) {
        routes.get("/")
                .unauthenticated()
                .to(request -> Answer.json(json ->
                        json.object(() -> json.array("versions", () -> json.object(() -> version(json, request))))));
    }

    private static void version(JsonWriter json, Request request) {
        json.field("id", "v2.0")
                .field("status", "CURRENT")
                .array(
                        "links",
                        () -> json.object(() -> json.field("rel", "self").field("href", request.baseUrl() + "/v2.0/")));
    }

    private static void resources(Routes routes) {
        routes.get("/")
                .unauthenticated()
                .to(request -> Answer.json(json -> json.object(() -> json.array("resources", () -> {
                    for (Kind kind : Kind.values()) {
                        json.object(() -> json.field("name", kind.singular())
                                .field("collection", kind.plural())
                                .array(
                                        "links",
                                        () -> json.object(() -> json.field("rel", "self")
                                                .field("href", request.versionUrl() + "/" + kind.collection()))));
                    }
                }))));
    }
}
