package io.kilonova.networks;

import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import java.util.List;
import java.util.Set;

/** Answers the routes of tags, which all kinds of resources have. */
final class TagHandlers {
    private final NetworkDomain domain;

    TagHandlers(NetworkDomain domain) {
        this.domain = domain;
    }

    Answer list(Request request, Kind kind) {
        return tags(ResourceTags.of(domain.get(kind, request.caller().visibility(), request.path("id"))));
    }

    Answer show(Request request, Kind kind) {
        require(ResourceTags.of(domain.get(kind, request.caller().visibility(), request.path("id"))), request);
        return Answer.empty();
    }

    Answer replace(Request request, Kind kind) {
        Set<String> tags = ResourceTags.read(request.body());
        return tags(ResourceTags.of(domain.retag(kind, request.caller(), request.path("id"), before -> {
            before.clear();
            before.addAll(tags);
        })));
    }

    Answer add(Request request, Kind kind) {
        String tag = request.path("tag");
        return tags(
                ResourceTags.of(domain.retag(kind, request.caller(), request.path("id"), before -> before.add(tag))));
    }

    Answer remove(Request request, Kind kind) {
        String tag = request.path("tag");
        domain.retag(kind, request.caller(), request.path("id"), before -> {
            require(List.copyOf(before), request);
            before.remove(tag);
        });
        return Answer.empty();
    }

    Answer removeAll(Request request, Kind kind) {
        domain.retag(kind, request.caller(), request.path("id"), Set::clear);
        return Answer.empty();
    }

    private static void require(List<String> tags, Request request) {
        if (!tags.contains(request.path("tag"))) {
            throw NetworkError.TAG_NOT_FOUND.with(request.path("tag"));
        }
    }

    private static Answer tags(List<String> tags) {
        return Answer.json(json -> json.object(() -> json.strings("tags", tags)));
    }
}
