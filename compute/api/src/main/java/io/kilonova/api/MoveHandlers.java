package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import io.kilonova.servers.MoveCommands;
import io.kilonova.servers.ServerError;
import io.kilonova.servers.ServerMove;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Takes servers from host to host. */
final class MoveHandlers {
    private final MoveCommands moves;

    MoveHandlers(MoveCommands moves) {
        this.moves = moves;
    }

    Answer resize(Request request) {
        JsonNode body = request.body().path("resize");
        moves.resize(
                request.caller(),
                request.id(),
                request.path("id"),
                body.path("flavorRef").asString(),
                ServerBodyReader.text(body, "OS-DCF:diskConfig"));
        return Answer.empty();
    }

    Answer confirm(Request request) {
        moves.confirm(request.caller(), request.id(), request.path("id"));
        return Answer.empty();
    }

    Answer revert(Request request) {
        moves.revert(request.caller(), request.id(), request.path("id"));
        return Answer.empty();
    }

    Answer migrate(Request request) {
        Optional<String> host = request.version().atLeast(2, 56)
                ? ServerBodyReader.text(request.body().path("migrate"), "host")
                : Optional.empty();
        if (host.isPresent()) {
            request.enforce(MovePolicies.MIGRATE_HOST, Map.of());
        }
        moves.migrate(request.caller(), request.id(), request.path("id"), host);
        return Answer.empty();
    }

    /** Before 2.30 a named host is not asked whether it likes the server; from 2.68 it always is. */
    Answer liveMigrate(Request request) {
        JsonNode body = request.body().path("os-migrateLive");
        Optional<String> host = ServerBodyReader.text(body, "host");
        if (host.isPresent()) {
            request.enforce(MovePolicies.MIGRATE_LIVE_HOST, Map.of());
        }
        boolean automatic = body.path("block_migration").asString("").equals("auto");
        boolean copies = automatic || Truth.of(body.path("block_migration"));
        boolean forced =
                forced(body, host) || (host.isPresent() && request.version().before(2, 30));
        moves.liveMigrate(
                request.caller(),
                request.id(),
                request.path("id"),
                new ServerMove.Wish(host, forced, copies, false),
                request.version().before(2, 34));
        return Answer.empty();
    }

    /** From 2.95 an evacuated server stays off; before 2.29 a named host is not asked whether it likes the server. */
    Answer evacuate(Request request) {
        JsonNode body = request.body().path("evacuate");
        Optional<String> host = ServerBodyReader.text(body, "host");
        boolean forced =
                forced(body, host) || (host.isPresent() && request.version().before(2, 29));
        moves.evacuate(
                request.caller(),
                request.id(),
                request.path("id"),
                new ServerMove.Wish(host, forced, false, request.version().atLeast(2, 95)));
        return request.version().atLeast(2, 14)
                ? Answer.empty()
                : Answer.json(json -> json.object(
                        () -> json.field("adminPass", body.path("adminPass").asString(ServerHandlers.newPassword()))));
    }

    private static boolean forced(JsonNode body, Optional<String> host) {
        boolean forced = Truth.of(body.path("force"));
        if (forced && host.isEmpty()) {
            throw ServerError.FORCE_NEEDS_HOST.with();
        }
        return forced;
    }
}
