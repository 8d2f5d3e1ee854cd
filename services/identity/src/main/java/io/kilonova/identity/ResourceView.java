package io.kilonova.identity;

import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Writes resources as Keystone does: attributes, extras, then a link to itself. */
final class ResourceView {
    private ResourceView() {}

    /** The fields of one, within an object that is open. */
    static void write(JsonWriter json, Request request, Resource resource, ResourceRules rules) {
        ResourceKind kind = resource.kind();
        json.field("id", resource.id());
        for (Attribute attribute : kind.attributes()) {
            if (!attribute.hidden()) {
                write(json, resource, attribute);
            }
        }
        rules.write(json, resource);
        if (kind.hasOptions() && !resource.extra().has("options")) {
            json.object("options", () -> {});
        }
        for (Map.Entry<String, JsonNode> extra : resource.extra().properties()) {
            json.field(extra.getKey(), extra.getValue());
        }
        json.object(
                "links",
                () -> json.field(
                        "self", request.versionUrl() + "/" + kind.plural() + "/" + Links.encoded(resource.id())));
    }

    private static void write(JsonWriter json, Resource resource, Attribute attribute) {
        String name = attribute.name();
        if (attribute.flag()) {
            json.field(name, resource.flag(name));
        } else if (resource.optional(name).isPresent() || !isLeftOut(resource.kind(), name)) {
            json.field(name, resource.optional(name));
        }
    }

    /** Keystone does not name these when they are not set; everything else is null then. */
    private static boolean isLeftOut(ResourceKind kind, String name) {
        return (kind == ResourceKind.USER && name.equals("default_project_id"))
                || (kind == ResourceKind.SERVICE && name.equals("name"));
    }
}
