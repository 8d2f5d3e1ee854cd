package io.kilonova.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The links of the Compute API: of a resource to itself, and of a page to the next. */
public final class PageLinks {
    private PageLinks() {}

    /**
     * Writes {@code "links": [{"rel": "self", …}, {"rel": "bookmark", …}]}.
     *
     * @param path below the version folder, for example {@code servers/70a599e0-31e7-49b7-b260-868f441e862b}
     */
    public static void resource(JsonWriter json, Request request, String path) {
        json.array("links", () -> {
            link(json, "self", request.versionUrl() + "/" + path);
            link(json, "bookmark", request.baseUrl() + "/" + path);
        });
    }

    /**
     * Writes {@code "servers_links": [{"rel": "next", …}]} when the page is full, and nothing else.
     *
     * @param name of the field, for example {@code servers_links}
     * @param path of the list below the version folder, for example {@code servers/detail}
     * @param ids of the page's elements, in order
     */
    public static void next(
            JsonWriter json, Request request, PageRequest page, String name, String path, List<String> ids) {
        if (page.isFull(ids.size())) {
            json.array(
                    name,
                    () -> link(json, "next", nextAddress(request.versionUrl(), path, request.query(), ids.getLast())));
        }
    }

    /** The address of the page behind {@code marker}: the same query, from there. */
    static String nextAddress(String versionUrl, String path, Query query, String marker) {
        List<String> parameters = new ArrayList<>();
        query.asMap().forEach((name, values) -> {
            if (!name.equals("marker")) {
                values.forEach(value -> parameters.add(encode(name) + "=" + encode(value)));
            }
        });
        parameters.add("marker=" + encode(marker));
        return versionUrl + "/" + path + "?" + String.join("&", parameters);
    }

    private static void link(JsonWriter json, String relation, String address) {
        json.object(() -> json.field("rel", relation).field("href", address));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
