package io.kilonova.placement;

import static io.kilonova.placement.PlacementApi.policy;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;

/** Resource providers with their traits and aggregates. */
final class ProviderRoutes implements RouteTable {
    private final Database database;
    private final ResourceProviders providers;

    ProviderRoutes(Database database, ResourceProviders providers) {
        this.database = database;
        this.providers = providers;
    }

    @Override
    public void declare(Routes routes) {
        String one = "/resource_providers/{uuid}";
        routes.get("/resource_providers")
                .policy(policy("resource_providers:list", "List resource providers"))
                .to(this::list);
        routes.post("/resource_providers")
                .policy(policy("resource_providers:create", "Create a resource provider"))
                .anyBody()
                .to(this::create);
        routes.get(one)
                .policy(policy("resource_providers:show", "Show a resource provider"))
                .to(this::show);
        routes.put(one)
                .policy(policy("resource_providers:update", "Change a resource provider"))
                .anyBody()
                .to(this::update);
        routes.delete(one)
                .policy(policy("resource_providers:delete", "Delete a resource provider"))
                .answers(Statuses.NO_CONTENT)
                .to(this::delete);
        routes.get(one + "/aggregates")
                .policy(policy("resource_providers:aggregates:list", "List a provider's aggregates"))
                .since(1, 1)
                .to(this::aggregates);
        routes.put(one + "/aggregates")
                .policy(policy("resource_providers:aggregates:update", "Set a provider's aggregates"))
                .anyBody()
                .since(1, 1)
                .to(this::setAggregates);
        routes.get(one + "/traits")
                .policy(policy("resource_providers:traits:list", "List a provider's traits"))
                .since(1, 6)
                .to(this::traits);
        routes.put(one + "/traits")
                .policy(policy("resource_providers:traits:update", "Set a provider's traits"))
                .anyBody()
                .since(1, 6)
                .to(this::setTraits);
        routes.delete(one + "/traits")
                .policy(policy("resource_providers:traits:delete", "Remove a provider's traits"))
                .answers(Statuses.NO_CONTENT)
                .since(1, 6)
                .to(this::deleteTraits);
    }

    private Answer list(Request request) {
        Set<String> names = new TreeSet<>(Set.of("name", "uuid"));
        add(request, 3, names, "member_of");
        add(request, 4, names, "resources");
        add(request, 14, names, "in_tree");
        add(request, 18, names, "required");
        Wire.allow(request, names);
        ProviderQuery query = ProviderQuery.read(request, "");
        List<Condition> conditions = new ArrayList<>();
        Wire.single(request, "name").ifPresent(name -> conditions.add(PlacementTables.NAME.eq(name)));
        Wire.single(request, "uuid")
                .ifPresent(uuid -> conditions.add(PlacementTables.UUID.eq(ProviderQuery.uuid(uuid))));
        query.inTree()
                .ifPresent(uuid -> conditions.add(PlacementTables.ROOT_UUID.in(DSL.select(PlacementTables.ROOT_UUID)
                        .from(PlacementTables.PROVIDERS)
                        .where(PlacementTables.UUID.eq(uuid)))));
        List<ResourceProvider> found = database.read(sql -> {
            query.check(sql);
            return providers.snapshots(sql, DSL.and(conditions)).stream()
                    .filter(query::metBy)
                    .map(ProviderSnapshot::provider)
                    .toList();
        });
        return Wire.json(
                request,
                json -> json.object(() -> json.array(
                        "resource_providers",
                        () -> found.forEach(provider -> json.object(() -> write(request, json, provider))))));
    }

    private static void add(Request request, int minor, Set<String> names, String name) {
        if (request.version().atLeast(1, minor)) {
            names.add(name);
        }
    }

    private Answer create(Request request) {
        boolean nested = request.version().atLeast(1, 14);
        JsonNode body = nested
                ? Wire.only(request.body(), "the body", "name", "uuid", "parent_provider_uuid")
                : Wire.only(request.body(), "the body", "name", "uuid");
        String name = Wire.text(body, "name", Wire.NAME_LENGTH);
        String uuid = body.has("uuid")
                ? Wire.uuid(Wire.text(body, "uuid", 36), "uuid")
                : UUID.randomUUID().toString();
        Optional<String> parent = parent(body);
        ResourceProvider made = database.write(transaction -> providers.create(transaction, uuid, name, parent));
        Answer answer = request.version().atLeast(1, 20)
                ? Wire.json(request, json -> json.object(() -> write(request, json, made)))
                : Answer.empty().status(Statuses.CREATED);
        return answer.header("Location", request.baseUrl() + "/resource_providers/" + uuid);
    }

    private Answer show(Request request) {
        return written(request, database.read(sql -> providers.get(sql, request.path("uuid"))));
    }

    private Answer update(Request request) {
        String uuid = request.path("uuid");
        boolean nested = request.version().atLeast(1, 14);
        JsonNode body = nested
                ? Wire.only(request.body(), "the body", "name", "parent_provider_uuid")
                : Wire.only(request.body(), "the body", "name");
        String name = Wire.text(body, "name", Wire.NAME_LENGTH);
        return written(request, database.write(transaction -> {
            ResourceProvider before = providers.get(transaction.sql(), uuid);
            providers.rename(transaction, uuid, name);
            if (body.has("parent_provider_uuid")) {
                reparent(request, transaction, before, parent(body));
            }
            return providers.get(transaction.sql(), uuid);
        }));
    }

    /** Before 1.37 a parent may be set once and not taken away. */
    private void reparent(Request request, Transaction transaction, ResourceProvider before, Optional<String> parent) {
        if (before.parentUuid().equals(parent)) {
            return;
        }
        if (request.version().before(1, 37) && before.parentUuid().isPresent()) {
            throw PlacementError.PARENT_INVALID.with(
                    before.uuid(), "re-parenting a provider is not allowed before version 1.37.");
        }
        providers.moveUnder(transaction, before.uuid(), parent);
    }

    private static Optional<String> parent(JsonNode body) {
        return body.hasNonNull("parent_provider_uuid")
                ? Optional.of(Wire.uuid(Wire.text(body, "parent_provider_uuid", 36), "parent_provider_uuid"))
                : Optional.empty();
    }

    private Answer delete(Request request) {
        database.change(transaction -> providers.delete(transaction, request.path("uuid")));
        return Answer.empty();
    }

    private Answer written(Request request, ResourceProvider provider) {
        return Wire.json(request, json -> json.object(() -> write(request, json, provider)));
    }

    private static void write(Request request, JsonWriter json, ResourceProvider provider) {
        json.field("uuid", provider.uuid()).field("name", provider.name()).field("generation", provider.generation());
        if (request.version().atLeast(1, 14)) {
            json.field("parent_provider_uuid", provider.parentUuid()).field("root_provider_uuid", provider.rootUuid());
        }
        String self = "/resource_providers/" + provider.uuid();
        json.array("links", () -> {
            link(json, "self", self);
            link(json, "inventories", self + "/inventories");
            link(json, "usages", self + "/usages");
            if (request.version().atLeast(1, 1)) {
                link(json, "aggregates", self + "/aggregates");
            }
            if (request.version().atLeast(1, 6)) {
                link(json, "traits", self + "/traits");
            }
            if (request.version().atLeast(1, 11)) {
                link(json, "allocations", self + "/allocations");
            }
        });
    }

    static void link(JsonWriter json, String relation, String address) {
        json.object(() -> json.field("rel", relation).field("href", address));
    }

    private Answer aggregates(Request request) {
        return aggregatesOf(request, request.path("uuid"));
    }

    private Answer setAggregates(Request request) {
        String uuid = request.path("uuid");
        boolean generations = request.version().atLeast(1, 19);
        JsonNode body = generations
                ? Wire.only(request.body(), "the body", "aggregates", "resource_provider_generation")
                : request.body();
        Set<String> wanted = Wire.texts(generations ? body.path("aggregates") : body, "aggregates");
        wanted.forEach(aggregate -> Wire.uuid(aggregate, "aggregates"));
        Optional<Long> generation =
                generations ? Optional.of(Wire.generation(body, "resource_provider_generation")) : Optional.empty();
        database.change(transaction -> {
            providers.get(transaction.sql(), uuid);
            providers.setAggregates(transaction, uuid, generation, wanted);
        });
        return aggregatesOf(request, uuid);
    }

    private Answer aggregatesOf(Request request, String uuid) {
        ResourceProvider provider = database.read(sql -> providers.get(sql, uuid));
        Set<String> aggregates = database.read(sql -> providers.aggregates(sql, uuid));
        return Wire.json(
                request,
                json -> json.object(() -> {
                    json.strings("aggregates", aggregates);
                    if (request.version().atLeast(1, 19)) {
                        json.field("resource_provider_generation", provider.generation());
                    }
                }));
    }

    private Answer traits(Request request) {
        return traitsOf(request, request.path("uuid"));
    }

    private Answer setTraits(Request request) {
        String uuid = request.path("uuid");
        JsonNode body = Wire.only(request.body(), "the body", "traits", "resource_provider_generation");
        Set<String> wanted = Wire.texts(body.path("traits"), "traits");
        long generation = Wire.generation(body, "resource_provider_generation");
        database.change(transaction -> {
            providers.get(transaction.sql(), uuid);
            Traits.requireKnown(transaction.sql(), wanted);
            providers.setTraits(transaction, uuid, generation, wanted);
        });
        return traitsOf(request, uuid);
    }

    private Answer deleteTraits(Request request) {
        String uuid = request.path("uuid");
        database.change(transaction -> {
            long generation = providers.get(transaction.sql(), uuid).generation();
            providers.setTraits(transaction, uuid, generation, Set.of());
        });
        return Answer.empty();
    }

    private Answer traitsOf(Request request, String uuid) {
        ResourceProvider provider = database.read(sql -> providers.get(sql, uuid));
        Set<String> traits = database.read(sql -> providers.traits(sql, uuid));
        return Wire.json(
                request,
                json -> json.object(() ->
                        json.strings("traits", traits).field("resource_provider_generation", provider.generation())));
    }
}
