package io.kilonova.identity;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;

/** Tells which version of the Identity API is here: 3.14, as Keystone since 2020. */
final class VersionRoutes {
    private static final String VERSION = "v3.14";
    private static final String UPDATED = "2020-04-07T00:00:00Z";
    private static final String MEDIA_TYPE = "application/vnd.openstack.identity-v3+json";

    private VersionRoutes() {}

    /** The root: every version, with the status that says that one must be chosen. */
    static void root(Routes routes) {
        routes.get("/")
                .unauthenticated()
                .answers(Statuses.MULTIPLE_CHOICES)
                .to(request -> Answer.json(json -> json.object(() ->
                        json.object("versions", () -> json.array("values", () -> write(json, request))))));
    }

    /** The root of version 3. */
    static void third(Routes routes) {
        routes.get("/")
                .unauthenticated()
                .to(request -> Answer.json(json -> json.object(() -> {
                    json.object("version", () -> fields(json, request));
                })));
    }

    private static void write(JsonWriter json, Request request) {
        json.object(() -> fields(json, request));
    }

    private static void fields(JsonWriter json, Request request) {
        json.field("id", VERSION).field("status", "stable").field("updated", UPDATED);
        json.array(
                "links", () -> json.object(() -> json.field("rel", "self").field("href", request.baseUrl() + "/v3/")));
        json.array(
                "media-types",
                () -> json.object(() -> json.field("base", "application/json").field("type", MEDIA_TYPE)));
    }
}
