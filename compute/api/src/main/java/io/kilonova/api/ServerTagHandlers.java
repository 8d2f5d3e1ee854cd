package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.Request;
import io.kilonova.http.Statuses;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.ServerError;
import java.util.ArrayList;
import java.util.List;

/** The tags of servers (Compute API 2.26). */
final class ServerTagHandlers {
    private static final int MAXIMUM_CHARACTERS = 60;

    private final ComputeService compute;

    ServerTagHandlers(ComputeService compute) {
        this.compute = compute;
    }

    Answer list(Request request) {
        return tags(of(request));
    }

    Answer replace(Request request) {
        List<String> given = ServerBodyReader.list(request.body().path("tags")).stream()
                .distinct()
                .toList();
        return tags(compute.changeTags(request.caller(), request.id(), request.path("id"), present -> given));
    }

    Answer clear(Request request) {
        compute.changeTags(request.caller(), request.id(), request.path("id"), present -> List.of());
        return Answer.empty();
    }

    Answer check(Request request) {
        require(of(request), request);
        return Answer.empty();
    }

    Answer add(Request request) {
        String tag = request.path("tag");
        if (tag.isEmpty() || tag.length() > MAXIMUM_CHARACTERS || tag.contains(",") || tag.contains("/")) {
            throw HttpError.BODY_INVALID.with(
                    "Tag '%s' is invalid. It must be a non empty string without characters '/' and ','. Maximum length is %d characters"
                            .formatted(tag, MAXIMUM_CHARACTERS));
        }
        boolean known = of(request).contains(tag);
        if (!known) {
            compute.changeTags(request.caller(), request.id(), request.path("id"), present -> {
                List<String> more = new ArrayList<>(present);
                if (!more.contains(tag)) {
                    more.add(tag);
                }
                return more;
            });
        }
        return Answer.empty()
                .status(known ? Statuses.NO_CONTENT : Statuses.CREATED)
                .header("Location", request.versionUrl() + "/servers/" + request.path("id") + "/tags/" + tag);
    }

    Answer remove(Request request) {
        compute.changeTags(request.caller(), request.id(), request.path("id"), present -> {
            require(present, request);
            return present.stream()
                    .filter(other -> !other.equals(request.path("tag")))
                    .toList();
        });
        return Answer.empty();
    }

    private List<String> of(Request request) {
        return compute.servers()
                .get(request.caller().visibility(), request.path("id"))
                .tags();
    }

    private static void require(List<String> tags, Request request) {
        if (!tags.contains(request.path("tag"))) {
            throw ServerError.TAG_NOT_FOUND.with(request.path("id"), request.path("tag"));
        }
    }

    private static Answer tags(List<String> tags) {
        return Answer.json(json -> json.object(() -> json.strings("tags", tags)));
    }
}
