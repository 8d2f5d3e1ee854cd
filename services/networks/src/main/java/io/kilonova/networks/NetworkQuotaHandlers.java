package io.kilonova.networks;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The quotas of the Networking API. */
final class NetworkQuotaHandlers {
    private final NetworkDomain domain;

    NetworkQuotaHandlers(NetworkDomain domain) {
        this.domain = domain;
    }

    Answer list(Request request) {
        Map<String, Map<String, Long>> projects = domain.changedQuotas();
        return Answer.json(json -> json.object(() -> json.array(
                "quotas",
                () -> projects.forEach((project, limits) -> json.object(() -> {
                    json.field("project_id", project).field("tenant_id", project);
                    write(json, limits);
                })))));
    }

    Answer show(Request request) {
        return quota(domain.quotas(request.path("project_id")));
    }

    Answer showDefaults(Request request) {
        return quota(NetworkQuotas.DEFAULTS);
    }

    Answer showDetails(Request request) {
        String project = request.path("project_id");
        Map<String, Long> limits = domain.quotas(project);
        return Answer.json(json -> json.object(() -> json.object(
                "quota",
                () -> limits.forEach((resource, limit) -> json.object(
                        resource,
                        () -> json.field("limit", limit)
                                .field("used", domain.used(resource, project))
                                .field("reserved", 0))))));
    }

    Answer update(Request request) {
        if (!request.body().path("quota").isObject()) {
            throw NetworkError.HTTP_BAD_REQUEST.with("Unable to find 'quota' in request body");
        }
        Map<String, Long> limits = new LinkedHashMap<>();
        request.body()
                .path("quota")
                .properties()
                .forEach(entry -> limits.put(entry.getKey(), limit(entry.getKey(), entry.getValue())));
        limits.remove("tenant_id");
        return quota(domain.setQuotas(request.path("project_id"), limits));
    }

    Answer reset(Request request) {
        domain.resetQuotas(request.path("project_id"));
        return Answer.empty();
    }

    private static long limit(String resource, JsonNode value) {
        if (resource.equals("tenant_id")) {
            return 0;
        }
        if (!NetworkQuotas.DEFAULTS.containsKey(resource)) {
            throw NetworkError.HTTP_BAD_REQUEST.with("Unrecognized attribute(s) '%s'".formatted(resource));
        }
        return ValueType.NUMBER
                .read(value)
                .filter(number -> number.asInt() >= -1)
                .orElseThrow(() -> NetworkError.HTTP_BAD_REQUEST.with(
                        "Invalid input for %s. Reason: it must be a whole number of at least -1.".formatted(resource)))
                .asLong();
    }

    private static Answer quota(Map<String, Long> limits) {
        return Answer.json(json -> json.object(() -> json.object("quota", () -> write(json, limits))));
    }

    private static void write(JsonWriter json, Map<String, Long> limits) {
        limits.forEach(json::field);
    }
}
