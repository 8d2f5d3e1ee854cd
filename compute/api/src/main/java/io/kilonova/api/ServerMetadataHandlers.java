package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.Request;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.ServerError;
import java.util.Map;
import java.util.Optional;

/** The metadata of servers. */
final class ServerMetadataHandlers {
    private final ComputeService compute;

    ServerMetadataHandlers(ComputeService compute) {
        this.compute = compute;
    }

    Answer list(Request request) {
        return metadata(of(request));
    }

    Answer merge(Request request) {
        return change(request, false);
    }

    Answer replace(Request request) {
        return change(request, true);
    }

    private Answer change(Request request, boolean replace) {
        Map<String, String> given = ServerBodyReader.strings(request.body().path("metadata"));
        return metadata(compute.updateMetadata(request.caller(), request.id(), request.path("id"), given, replace));
    }

    Answer show(Request request) {
        String key = request.path("key");
        String value = Optional.ofNullable(of(request).get(key)).orElseThrow(ServerError.METADATA_NOT_FOUND::with);
        return item(key, value);
    }

    Answer update(Request request) {
        Map<String, String> given = ServerBodyReader.strings(request.body().path("meta"));
        String key = request.path("key");
        String value = Optional.ofNullable(given.get(key))
                .filter(present -> given.size() == 1)
                .orElseThrow(() -> HttpError.BODY_INVALID.with("Request body and URI mismatch"));
        compute.updateMetadata(request.caller(), request.id(), request.path("id"), given, false);
        return item(key, value);
    }

    Answer delete(Request request) {
        compute.deleteMetadata(request.caller(), request.id(), request.path("id"), request.path("key"));
        return Answer.empty();
    }

    private Map<String, String> of(Request request) {
        return compute.servers()
                .get(request.caller().visibility(), request.path("id"))
                .metadata();
    }

    private static Answer metadata(Map<String, String> metadata) {
        return Answer.json(json -> json.object(() -> json.strings("metadata", metadata)));
    }

    private static Answer item(String key, String value) {
        return Answer.json(json -> json.object(() -> json.strings("meta", Map.of(key, value))));
    }
}
