package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.Request;
import io.kilonova.servers.CatalogueError;
import io.kilonova.servers.ExtraSpecRules;
import io.kilonova.servers.Flavors;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Lists, shows, sets and removes the extra specs of flavors. */
final class ExtraSpecHandlers {
    private final Flavors flavors;
    private final InstantSource clock;

    ExtraSpecHandlers(Flavors flavors, InstantSource clock) {
        this.flavors = flavors;
        this.clock = clock;
    }

    Answer list(Request request) {
        Map<String, String> specs = of(request);
        return Answer.json(json -> json.object(() -> json.strings("extra_specs", specs)));
    }

    Answer show(Request request) {
        String key = request.path("key");
        String value = of(request).get(key);
        if (value == null) {
            throw CatalogueError.EXTRA_SPEC_NOT_FOUND.with(request.path("id"), key);
        }
        return Answer.json(json -> json.object(() -> json.field(key, value)));
    }

    Answer create(Request request) {
        Map<String, String> given = strings(request.body().path("extra_specs"));
        put(request, given);
        return Answer.json(json -> json.object(() -> json.strings("extra_specs", given)));
    }

    Answer update(Request request) {
        Map<String, String> given = strings(request.body());
        if (!given.containsKey(request.path("key"))) {
            throw HttpError.BODY_INVALID.with("Request body and URI mismatch");
        }
        put(request, given);
        return Answer.json(json -> json.object(() -> given.forEach(json::field)));
    }

    Answer delete(Request request) {
        flavors.removeExtraSpec(request.path("id"), request.path("key"), clock.instant());
        return Answer.empty();
    }

    private Map<String, String> of(Request request) {
        return flavors.get(request.caller().visibility(), request.path("id")).extraSpecs();
    }

    private void put(Request request, Map<String, String> given) {
        if (request.version().atLeast(2, 86)) {
            ExtraSpecRules.check(given);
        }
        flavors.putExtraSpecs(request.path("id"), given, clock.instant());
    }

    /** Values may be numbers; they are kept as text. */
    private static Map<String, String> strings(JsonNode node) {
        Map<String, String> specs = new LinkedHashMap<>();
        node.properties()
                .forEach(entry -> specs.put(entry.getKey(), entry.getValue().asString()));
        return specs;
    }
}
