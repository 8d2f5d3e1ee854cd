package io.kilonova.placement;

import static io.kilonova.placement.PlacementApi.policy;
import static io.kilonova.placement.PlacementTables.ALLOCATIONS;
import static io.kilonova.placement.PlacementTables.AMOUNT;
import static io.kilonova.placement.PlacementTables.CONSUMERS;
import static io.kilonova.placement.PlacementTables.CONSUMER_TYPE;
import static io.kilonova.placement.PlacementTables.CONSUMER_UUID;
import static io.kilonova.placement.PlacementTables.PROJECT_ID;
import static io.kilonova.placement.PlacementTables.RESOURCE_CLASS;
import static io.kilonova.placement.PlacementTables.USER_ID;
import static io.kilonova.placement.PlacementTables.UUID;

import io.kilonova.access.Policy;
import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Who has taken what, by consumer, by provider and by project. */
final class AllocationRoutes implements RouteTable {
    private final Database database;
    private final ResourceProviders providers;
    private final Inventories inventories;
    private final Allocations allocations;

    AllocationRoutes(Database database, ResourceProviders providers, Inventories inventories, Allocations allocations) {
        this.database = database;
        this.providers = providers;
        this.inventories = inventories;
        this.allocations = allocations;
    }

    @Override
    public void declare(Routes routes) {
        Policy usages = new Policy(
                "placement:usages",
                "rule:service_or_admin or (role:reader and project_id:%(project_id)s)",
                "Show what a project has taken");
        routes.get("/allocations/{consumer}")
                .policy(policy("allocations:list", "List a consumer's allocations"))
                .to(this::show);
        routes.put("/allocations/{consumer}")
                .policy(policy("allocations:update", "Set a consumer's allocations"))
                .anyBody()
                .answers(Statuses.NO_CONTENT)
                .to(this::put);
        routes.delete("/allocations/{consumer}")
                .policy(policy("allocations:delete", "Remove a consumer's allocations"))
                .answers(Statuses.NO_CONTENT)
                .to(this::delete);
        routes.post("/allocations")
                .policy(policy("allocations:manage", "Set the allocations of several consumers"))
                .anyBody()
                .since(1, 13)
                .answers(Statuses.NO_CONTENT)
                .to(this::post);
        routes.get("/resource_providers/{uuid}/allocations")
                .policy(policy("resource_providers:allocations:list", "List a provider's allocations"))
                .to(this::ofProvider);
        routes.get("/usages").policy(usages).since(1, 9).to(request -> usages(request, usages));
        routes.post("/reshaper")
                .policy(new Policy(
                        "placement:reshaper:reshape", "role:service", "Change inventories and allocations at once"))
                .anyBody()
                .since(1, 30)
                .answers(Statuses.NO_CONTENT)
                .to(this::reshape);
    }

    private Answer show(Request request) {
        String consumerUuid = request.path("consumer");
        List<Allocation> held = database.read(sql -> allocations.ofConsumer(sql, consumerUuid));
        Optional<Consumer> consumer = database.read(sql -> allocations.consumer(sql, consumerUuid));
        Map<String, Long> generations = database.read(sql -> generations(sql, held));
        return Wire.json(
                request,
                json -> json.object(() -> {
                    json.object(
                            "allocations",
                            () -> generations.forEach((provider, generation) -> json.object(provider, () -> {
                                json.field("generation", generation);
                                json.object(
                                        "resources",
                                        () -> held.stream()
                                                .filter(allocation -> allocation
                                                        .providerUuid()
                                                        .equals(provider))
                                                .forEach(allocation ->
                                                        json.field(allocation.resourceClass(), allocation.amount())));
                            })));
                    consumer.filter(found -> request.version().atLeast(1, 12))
                            .ifPresent(found -> writeOwner(request, json, found));
                }));
    }

    private static void writeOwner(Request request, JsonWriter json, Consumer consumer) {
        json.field("project_id", consumer.projectId()).field("user_id", consumer.userId());
        if (request.version().atLeast(1, 28)) {
            json.field("consumer_generation", consumer.generation());
        }
        if (request.version().atLeast(1, 38)) {
            json.field("consumer_type", consumer.type().orElse("unknown"));
        }
    }

    private Map<String, Long> generations(DSLContext sql, List<Allocation> held) {
        Set<String> uuids = new HashSet<>();
        held.forEach(allocation -> uuids.add(allocation.providerUuid()));
        Map<String, Long> generations = new TreeMap<>();
        providers
                .list(sql, UUID.in(uuids))
                .forEach(provider -> generations.put(provider.uuid(), provider.generation()));
        return generations;
    }

    private Answer put(Request request) {
        Claim claim = ClaimBody.read(request.version(), request.path("consumer"), request.body());
        database.change(transaction -> allocations.claim(transaction, claim));
        return Answer.empty();
    }

    private Answer post(Request request) {
        List<Claim> claims = ClaimBody.readAll(request.version(), request.body());
        database.change(transaction -> claims.forEach(claim -> allocations.claim(transaction, claim)));
        return Answer.empty();
    }

    private Answer delete(Request request) {
        String consumer = request.path("consumer");
        boolean released = database.write(transaction -> allocations.release(transaction, consumer));
        if (!released) {
            throw PlacementError.ALLOCATIONS_NOT_FOUND.with(Wire.cut(consumer));
        }
        return Answer.empty();
    }

    /** Inventories first grow, then allocations move, then inventories become what they are to be. */
    private Answer reshape(Request request) {
        ReshapeBody body = ReshapeBody.read(request);
        database.change(transaction -> {
            body.inventories().forEach((uuid, wanted) -> {
                Map<String, Inventory> union = new TreeMap<>();
                Inventories.of(transaction.sql(), uuid).forEach((name, usage) -> union.put(name, usage.inventory()));
                union.putAll(wanted.inventories());
                inventories.replace(transaction, uuid, wanted.generation(), union);
            });
            body.claims().forEach(claim -> allocations.claim(transaction, claim));
            body.inventories()
                    .forEach((uuid, wanted) -> inventories.replace(
                            transaction,
                            uuid,
                            providers.get(transaction.sql(), uuid).generation(),
                            wanted.inventories()));
        });
        return Answer.empty();
    }

    private Answer ofProvider(Request request) {
        String uuid = request.path("uuid");
        ResourceProvider provider = database.read(sql -> providers.get(sql, uuid));
        Map<String, List<Allocation>> given = database.read(sql -> allocations.ofProvider(sql, uuid));
        Map<String, Consumer> owners = new TreeMap<>();
        if (request.version().atLeast(1, 28)) {
            given.keySet()
                    .forEach(consumer -> database.read(sql -> allocations.consumer(sql, consumer))
                            .ifPresent(found -> owners.put(consumer, found)));
        }
        return Wire.json(
                request,
                json -> json.object(() -> {
                    json.field("resource_provider_generation", provider.generation());
                    json.object(
                            "allocations",
                            () -> given.forEach((consumer, held) -> json.object(consumer, () -> {
                                json.object(
                                        "resources",
                                        () -> held.forEach(allocation ->
                                                json.field(allocation.resourceClass(), allocation.amount())));
                                Consumer owner = owners.get(consumer);
                                if (owner != null) {
                                    json.field("consumer_generation", owner.generation());
                                }
                            })));
                }));
    }

    private Answer usages(Request request, Policy policy) {
        boolean typed = request.version().atLeast(1, 38);
        Wire.allow(request, typed ? Set.of("project_id", "user_id", "consumer_type") : Set.of("project_id", "user_id"));
        String project = Wire.single(request, "project_id")
                .orElseThrow(() -> PlacementError.QUERYPARAM_BAD_VALUE.with("'project_id' is a required property"));
        request.enforce(policy, Map.of("project_id", project));
        Condition owned = PROJECT_ID.eq(project);
        Optional<String> user = Wire.single(request, "user_id");
        if (user.isPresent()) {
            owned = owned.and(USER_ID.eq(user.get()));
        }
        Condition chosen = owned;
        String type = Wire.single(request, "consumer_type").orElse("");
        Map<String, Map<String, Long>> sums = database.read(sql -> sums(sql, chosen, typed && !type.equals("all")));
        if (!type.isEmpty() && !type.equals("all")) {
            sums.keySet().retainAll(Set.of(type));
        }
        Map<String, Long> flat = sums.getOrDefault("", Map.of());
        return Wire.json(
                request,
                json -> json.object(() -> json.object("usages", () -> {
                    if (!typed) {
                        flat.entrySet().stream()
                                .filter(entry -> !entry.getKey().equals("consumer_count"))
                                .forEach(entry -> json.field(entry.getKey(), entry.getValue()));
                    } else {
                        sums.forEach((name, amounts) ->
                                json.object(name.isEmpty() ? "all" : name, () -> amounts.forEach(json::field)));
                    }
                })));
    }

    /** Sums by consumer type (empty when they are not told apart), each with its number of consumers. */
    private static Map<String, Map<String, Long>> sums(DSLContext sql, Condition owned, boolean typed) {
        Map<String, Map<String, Long>> sums = new TreeMap<>();
        sql.select(CONSUMER_TYPE, RESOURCE_CLASS, DSL.sum(AMOUNT))
                .from(ALLOCATIONS)
                .join(CONSUMERS)
                .on(CONSUMER_UUID.eq(UUID))
                .where(owned)
                .groupBy(CONSUMER_TYPE, RESOURCE_CLASS)
                .forEach(row -> sums.computeIfAbsent(kind(row.value1(), typed), kind -> new TreeMap<>())
                        .merge(row.value2(), row.value3().longValue(), Long::sum));
        sql.select(CONSUMER_TYPE, DSL.count())
                .from(CONSUMERS)
                .where(owned)
                .groupBy(CONSUMER_TYPE)
                .forEach(row -> sums.computeIfAbsent(kind(row.value1(), typed), kind -> new TreeMap<>())
                        .merge("consumer_count", row.value2().longValue(), Long::sum));
        return sums;
    }

    private static String kind(@org.jspecify.annotations.Nullable String type, boolean typed) {
        if (!typed) {
            return "";
        }
        return type == null ? "unknown" : type;
    }
}
