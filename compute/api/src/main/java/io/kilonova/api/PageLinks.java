package io.kilonova.api;

import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The link to the page after this one: the same query with another marker. */
final class PageLinks {
    private PageLinks() {}

    /** Writes {@code name}, an array of one link; {@code path} is below the version folder. */
    static void next(JsonWriter json, Request request, String name, String marker, String path) {
        List<String> parts = new ArrayList<>();
        request.query().asMap().forEach((key, values) -> {
            if (!key.equals("marker")) {
                values.forEach(value -> parts.add(encode(key) + "=" + encode(value)));
            }
        });
        parts.add("marker=" + encode(marker));
        json.array(
                name,
                () -> json.object(() -> json.field("rel", "next")
                        .field("href", request.versionUrl() + path + "?" + String.join("&", parts))));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
