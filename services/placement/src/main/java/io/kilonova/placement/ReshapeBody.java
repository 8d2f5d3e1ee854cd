package io.kilonova.placement;

import io.kilonova.http.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The body of {@code POST /reshaper} (1.30): inventories by provider and allocations by consumer, to be changed at once. */
record ReshapeBody(Map<String, WantedInventories> inventories, List<Claim> claims) {
    /** All inventories that a provider is to have, and the generation that the caller knows. */
    record WantedInventories(long generation, Map<String, Inventory> inventories) {}

    static ReshapeBody read(Request request) {
        JsonNode body = Wire.only(request.body(), "the body", "inventories", "allocations");
        JsonNode listed = Wire.object(body.path("inventories"), "inventories");
        Map<String, WantedInventories> inventories = new LinkedHashMap<>();
        for (String uuid : listed.propertyNames()) {
            JsonNode entry = Wire.only(listed.path(uuid), "a provider", "inventories", "resource_provider_generation");
            JsonNode classes = Wire.object(entry.path("inventories"), "inventories");
            Map<String, Inventory> wanted = new LinkedHashMap<>();
            for (String resourceClass : classes.propertyNames()) {
                wanted.put(
                        Wire.resourceClass(resourceClass),
                        InventoryRoutes.read(request, classes.path(resourceClass), uuid, resourceClass));
            }
            inventories.put(
                    Wire.uuid(uuid, "a provider"),
                    new WantedInventories(Wire.generation(entry, "resource_provider_generation"), wanted));
        }
        JsonNode allocations = Wire.object(body.path("allocations"), "allocations");
        return new ReshapeBody(
                inventories, allocations.isEmpty() ? List.of() : ClaimBody.readAll(request.version(), allocations));
    }
}
