package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;

/** The version documents, from which clients learn what this API can. */
final class VersionRoutes {
    private static final String MEDIA_TYPE = "application/vnd.openstack.compute+json;version=";

    private VersionRoutes() {}

    /** {@code GET /}: all versions. */
    static final class Top implements RouteTable {
        @Override
        public void declare(Routes routes) {
            routes.get("/").unauthenticated().to(Top::all);
            routes.get("/versions")
                    .unauthenticated()
                    .answers(Statuses.MULTIPLE_CHOICES)
                    .to(Top::all);
        }

        private static Answer all(Request request) {
            return Answer.json(json -> json.object(() -> json.array("versions", () -> {
                legacy(json, request, false);
                current(json, request, false);
            })));
        }
    }

    /** {@code GET /v2.1/}. */
    static final class Current implements RouteTable {
        @Override
        public void declare(Routes routes) {
            routes.get("/")
                    .unauthenticated()
                    .to(request -> Answer.json(json -> json.object(() -> {
                        json.object("version", () -> writeCurrent(json, request, true));
                    })));
        }
    }

    /** {@code GET /v2/}. */
    static final class Legacy implements RouteTable {
        @Override
        public void declare(Routes routes) {
            routes.get("/")
                    .unauthenticated()
                    .to(request -> Answer.json(json -> json.object(() -> {
                        json.object("version", () -> writeLegacy(json, request, true));
                    })));
        }
    }

    private static void current(JsonWriter json, Request request, boolean full) {
        json.object(() -> writeCurrent(json, request, full));
    }

    private static void legacy(JsonWriter json, Request request, boolean full) {
        json.object(() -> writeLegacy(json, request, full));
    }

    private static void writeCurrent(JsonWriter json, Request request, boolean full) {
        json.field("id", "v2.1")
                .field("status", "CURRENT")
                .field("version", ComputeApi.MAXIMUM.toString())
                .field("min_version", ComputeApi.MINIMUM.toString())
                .field("updated", "2013-07-23T11:33:21Z");
        rest(json, request, "v2.1", full ? "2.1" : "");
    }

    private static void writeLegacy(JsonWriter json, Request request, boolean full) {
        json.field("id", "v2.0")
                .field("status", "SUPPORTED")
                .field("version", "")
                .field("min_version", "")
                .field("updated", "2011-01-21T11:33:21Z");
        rest(json, request, "v2", full ? "2" : "");
    }

    private static void rest(JsonWriter json, Request request, String folder, String mediaVersion) {
        json.array(
                "links",
                () -> json.object(
                        () -> json.field("rel", "self").field("href", request.baseUrl() + "/" + folder + "/")));
        if (!mediaVersion.isEmpty()) {
            json.array(
                    "media-types",
                    () -> json.object(
                            () -> json.field("base", "application/json").field("type", MEDIA_TYPE + mediaVersion)));
        }
    }
}
