package io.kilonova.networks;

import io.kilonova.http.JsonWriter;
import java.util.Set;

/** Writes resources as the Networking API shows them: their document, and what every resource has. */
final class ResourceView {
    /** What begins so is the cloud's own note and is not shown. */
    private static final String INTERNAL = "kilonova:";

    private static final Set<String> ADMIN_ONLY = Set.of(
            "provider:network_type",
            "provider:physical_network",
            "provider:segmentation_id",
            "binding:host_id",
            "binding:profile",
            "binding:vif_details",
            "binding:vif_type",
            "distributed",
            "ha");

    private ResourceView() {}

    /** One resource; {@code fields} narrows it, when there are any. */
    static void write(JsonWriter json, Resource resource, boolean seesAll, Set<String> fields) {
        json.object(() -> {
            text(json, fields, "id", resource.id());
            text(json, fields, "project_id", resource.projectId());
            text(json, fields, "tenant_id", resource.projectId());
            resource.document().properties().stream()
                    .filter(entry -> !entry.getKey().startsWith(INTERNAL))
                    .forEach(entry -> {
                        if ((seesAll || !ADMIN_ONLY.contains(entry.getKey())) && wanted(fields, entry.getKey())) {
                            json.field(entry.getKey(), entry.getValue());
                        }
                    });
            if (wanted(fields, "tags")) {
                json.strings("tags", ResourceTags.of(resource));
            }
            if (wanted(fields, "created_at")) {
                json.time("created_at", resource.createdAt());
            }
            if (wanted(fields, "updated_at")) {
                json.time("updated_at", resource.updatedAt());
            }
            if (wanted(fields, "revision_number")) {
                json.field("revision_number", resource.revision());
            }
        });
    }

    static boolean wanted(Set<String> fields, String name) {
        return fields.isEmpty() || fields.contains(name);
    }

    private static void text(JsonWriter json, Set<String> fields, String name, String value) {
        if (wanted(fields, name)) {
            json.field(name, value);
        }
    }
}
