package io.kilonova.placement;

import static io.kilonova.placement.PlacementApi.policy;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a resource provider has, and how much of it is taken. */
final class InventoryRoutes implements RouteTable {
    private static final String[] FIELDS = {"total", "reserved", "min_unit", "max_unit", "step_size", "allocation_ratio"
    };

    private final Database database;
    private final ResourceProviders providers;
    private final Inventories inventories;

    InventoryRoutes(Database database, ResourceProviders providers, Inventories inventories) {
        this.database = database;
        this.providers = providers;
        this.inventories = inventories;
    }

    @Override
    public void declare(Routes routes) {
        String all = "/resource_providers/{uuid}/inventories";
        String one = all + "/{resource_class}";
        routes.get(all)
                .policy(policy("resource_providers:inventories:list", "List inventories"))
                .to(this::list);
        routes.post(all)
                .policy(policy("resource_providers:inventories:create", "Add an inventory"))
                .anyBody()
                .answers(Statuses.CREATED)
                .to(this::create);
        routes.put(all)
                .policy(policy("resource_providers:inventories:update", "Replace inventories"))
                .anyBody()
                .to(this::replace);
        routes.delete(all)
                .policy(policy("resource_providers:inventories:delete", "Remove inventories"))
                .answers(Statuses.NO_CONTENT)
                .since(1, 5)
                .to(this::clear);
        routes.get(one)
                .policy(policy("resource_providers:inventories:show", "Show an inventory"))
                .to(this::show);
        routes.put(one)
                .policy(policy("resource_providers:inventories:update", "Replace inventories"))
                .anyBody()
                .to(this::update);
        routes.delete(one)
                .policy(policy("resource_providers:inventories:delete", "Remove inventories"))
                .answers(Statuses.NO_CONTENT)
                .to(this::delete);
        routes.get("/resource_providers/{uuid}/usages")
                .policy(policy("resource_providers:usages", "Show what is taken of a provider"))
                .to(this::usages);
    }

    private Answer list(Request request) {
        return written(request, request.path("uuid"));
    }

    private Answer show(Request request) {
        return writtenOne(request, request.path("uuid"), request.path("resource_class"));
    }

    private Answer create(Request request) {
        String uuid = request.path("uuid");
        JsonNode body = Wire.only(request.body(), "the body", with("resource_class", "resource_provider_generation"));
        String resourceClass = Wire.resourceClass(Wire.text(body, "resource_class", 255));
        Inventory added = read(request, body, uuid, resourceClass);
        Optional<Long> generation = body.has("resource_provider_generation")
                ? Optional.of(Wire.generation(body, "resource_provider_generation"))
                : Optional.empty();
        database.change(transaction -> {
            providers.get(transaction.sql(), uuid);
            inventories.add(transaction, uuid, generation, resourceClass, added);
        });
        return writtenOne(request, uuid, resourceClass)
                .header(
                        "Location",
                        request.baseUrl() + "/resource_providers/" + uuid + "/inventories/" + resourceClass);
    }

    private Answer replace(Request request) {
        String uuid = request.path("uuid");
        JsonNode body = Wire.only(request.body(), "the body", "inventories", "resource_provider_generation");
        long generation = Wire.generation(body, "resource_provider_generation");
        JsonNode listed = Wire.object(body.path("inventories"), "inventories");
        Map<String, Inventory> wanted = new LinkedHashMap<>();
        for (String resourceClass : listed.propertyNames()) {
            JsonNode entry = Wire.only(listed.path(resourceClass), "an inventory", with());
            wanted.put(Wire.resourceClass(resourceClass), read(request, entry, uuid, resourceClass));
        }
        database.change(transaction -> {
            providers.get(transaction.sql(), uuid);
            inventories.replace(transaction, uuid, generation, wanted);
        });
        return written(request, uuid);
    }

    private Answer update(Request request) {
        String uuid = request.path("uuid");
        String resourceClass = request.path("resource_class");
        JsonNode body = Wire.only(request.body(), "the body", with("resource_provider_generation"));
        Inventory changed = read(request, body, uuid, resourceClass);
        long generation = Wire.generation(body, "resource_provider_generation");
        database.change(transaction -> {
            providers.get(transaction.sql(), uuid);
            inventories.update(transaction, uuid, generation, resourceClass, changed);
        });
        return writtenOne(request, uuid, resourceClass);
    }

    private Answer clear(Request request) {
        String uuid = request.path("uuid");
        database.change(transaction -> inventories.replace(
                transaction, uuid, providers.get(transaction.sql(), uuid).generation(), Map.of()));
        return Answer.empty();
    }

    private Answer delete(Request request) {
        String uuid = request.path("uuid");
        database.change(transaction -> {
            providers.get(transaction.sql(), uuid);
            inventories.delete(transaction, uuid, request.path("resource_class"));
        });
        return Answer.empty();
    }

    private Answer usages(Request request) {
        ProviderSnapshot snapshot = snapshot(request.path("uuid"));
        return Wire.json(
                request,
                json -> json.object(() -> json.field(
                                "resource_provider_generation",
                                snapshot.provider().generation())
                        .object(
                                "usages",
                                () -> sorted(snapshot).forEach((name, usage) -> json.field(name, usage.used())))));
    }

    private Answer written(Request request, String uuid) {
        ProviderSnapshot snapshot = snapshot(uuid);
        return Wire.json(
                request,
                json -> json.object(() -> json.field(
                                "resource_provider_generation",
                                snapshot.provider().generation())
                        .object(
                                "inventories",
                                () -> sorted(snapshot)
                                        .forEach((name, usage) ->
                                                json.object(name, () -> write(json, usage.inventory()))))));
    }

    private Answer writtenOne(Request request, String uuid, String resourceClass) {
        ProviderSnapshot snapshot = snapshot(uuid);
        InventoryUsage usage = snapshot.inventories().get(resourceClass);
        if (usage == null) {
            throw PlacementError.INVENTORY_NOT_FOUND.with(Wire.cut(resourceClass), uuid);
        }
        return Wire.json(
                request,
                json -> json.object(() -> {
                    json.field(
                            "resource_provider_generation", snapshot.provider().generation());
                    write(json, usage.inventory());
                }));
    }

    private ProviderSnapshot snapshot(String uuid) {
        return database.read(sql -> providers.snapshots(sql, PlacementTables.UUID.eq(uuid)).stream()
                .findFirst()
                .orElseThrow(() -> PlacementError.RESOURCE_PROVIDER_NOT_FOUND.with(uuid)));
    }

    private static Map<String, InventoryUsage> sorted(ProviderSnapshot snapshot) {
        return new java.util.TreeMap<>(snapshot.inventories());
    }

    private static void write(JsonWriter json, Inventory inventory) {
        json.field("total", inventory.total())
                .field("reserved", inventory.reserved())
                .field("min_unit", inventory.minimumUnit())
                .field("max_unit", inventory.maximumUnit())
                .field("step_size", inventory.stepSize())
                .field("allocation_ratio", inventory.allocationRatio());
    }

    /** Reads an inventory; reserving all of it is allowed from 1.26 on. */
    static Inventory read(Request request, JsonNode body, String uuid, String resourceClass) {
        double ratio = 1.0;
        if (body.has("allocation_ratio")) {
            JsonNode given = body.path("allocation_ratio");
            if (!given.isNumber() || !(given.doubleValue() >= 0.0001) || given.doubleValue() > 1e6) {
                throw PlacementError.BODY_INVALID.with("'allocation_ratio' must be a number from 0.0001 to 1000000");
            }
            ratio = given.doubleValue();
        }
        Inventory inventory = new Inventory(
                Wire.number(body, "total", 1, Inventory.MAXIMUM),
                Wire.number(body, "reserved", 0, Inventory.MAXIMUM, 0),
                Wire.number(body, "min_unit", 1, Inventory.MAXIMUM, 1),
                Wire.number(body, "max_unit", 1, Inventory.MAXIMUM, Inventory.MAXIMUM),
                Wire.number(body, "step_size", 1, Inventory.MAXIMUM, 1),
                ratio);
        if (request.version().before(1, 26) && inventory.reserved() == inventory.total()) {
            throw PlacementError.INVENTORY_INVALID.with(
                    resourceClass, uuid, "The reserved value is greater than or equal to total.");
        }
        return inventory;
    }

    private static String[] with(String... more) {
        String[] names = java.util.Arrays.copyOf(FIELDS, FIELDS.length + more.length);
        System.arraycopy(more, 0, names, FIELDS.length, more.length);
        return names;
    }
}
