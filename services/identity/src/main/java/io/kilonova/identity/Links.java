package io.kilonova.identity;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Writes the addresses in answers. */
final class Links {
    private Links() {}

    /** A path segment or a query value, percent-encoded. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The links of a list: itself, and the next page when there is one. */
    static void ofList(JsonWriter json, Request request, String path, Optional<String> next) {
        String self = request.versionUrl()
                + path
                + request.rawQuery().map(query -> "?" + query).orElse("");
        json.object("links", () -> {
            json.field("next", next);
            json.field("self", self);
            json.nothing("previous");
        });
    }

    /** A whole list of things that are few. */
    static <T> Answer list(Request request, String name, String path, List<T> things, Consumer<Element<T>> writer) {
        return Answer.json(json -> json.object(() -> {
            ofList(json, request, path, Optional.empty());
            json.array(
                    name, () -> things.forEach(thing -> json.object(() -> writer.accept(new Element<>(json, thing)))));
        }));
    }

    /** One thing of a list, and where to write its fields. */
    record Element<T>(JsonWriter json, T thing) {}
}
