package io.kilonova.placement;

import static io.kilonova.placement.PlacementApi.policy;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.storage.Database;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jooq.impl.DSL;

/** {@code GET /allocation_candidates}: which providers could give what is asked for. */
final class CandidateRoutes implements RouteTable {
    private final Database database;
    private final ResourceProviders providers;

    CandidateRoutes(Database database, ResourceProviders providers) {
        this.database = database;
        this.providers = providers;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/allocation_candidates")
                .policy(policy("allocation_candidates:list", "List allocation candidates"))
                .since(1, 10)
                .to(this::list);
    }

    private Answer list(Request request) {
        CandidateQuery query = CandidateQuery.read(request);
        List<ProviderSnapshot> all = database.read(sql -> {
            query.check(sql);
            return providers.snapshots(sql, DSL.noCondition());
        });
        List<AllocationCandidates.Candidate> found = AllocationCandidates.find(all, query);
        Map<String, ProviderSnapshot> byUuid = new HashMap<>();
        all.forEach(snapshot -> byUuid.put(snapshot.provider().uuid(), snapshot));
        Set<String> roots = new TreeSet<>();
        found.forEach(candidate -> candidate
                .byGroup()
                .values()
                .forEach(provider ->
                        roots.add(byUuid.getOrDefault(provider.provider().uuid(), provider)
                                .provider()
                                .rootUuid())));
        return Wire.json(
                request,
                json -> json.object(() -> {
                    json.array(
                            "allocation_requests",
                            () -> found.forEach(
                                    candidate -> json.object(() -> writeRequest(request, json, candidate, query))));
                    json.object(
                            "provider_summaries",
                            () -> all.stream()
                                    .filter(snapshot -> shown(request, snapshot, roots, found))
                                    .forEach(snapshot -> json.object(
                                            snapshot.provider().uuid(),
                                            () -> writeSummary(request, json, snapshot, query))));
                }));
    }

    /** From 1.29 on the whole tree of a candidate is told, before that its own provider alone. */
    private static boolean shown(
            Request request, ProviderSnapshot snapshot, Set<String> roots, List<AllocationCandidates.Candidate> found) {
        if (request.version().atLeast(1, 29)) {
            return roots.contains(snapshot.provider().rootUuid());
        }
        return found.stream().anyMatch(candidate -> candidate.byGroup().containsValue(snapshot));
    }

    private static void writeRequest(
            Request request, JsonWriter json, AllocationCandidates.Candidate candidate, CandidateQuery query) {
        Map<String, Map<String, Long>> amounts = new LinkedHashMap<>();
        Map<String, Set<String>> mappings = new TreeMap<>();
        candidate.byGroup().forEach((suffix, provider) -> {
            String uuid = provider.provider().uuid();
            query.groups()
                    .getOrDefault(suffix, query.empty())
                    .resources()
                    .forEach((name, amount) -> amounts.computeIfAbsent(uuid, key -> new TreeMap<>())
                            .merge(name, amount, Long::sum));
            mappings.computeIfAbsent(suffix, key -> new TreeSet<>()).add(uuid);
        });
        if (request.version().atLeast(1, 12)) {
            json.object(
                    "allocations",
                    () -> amounts.forEach((uuid, resources) ->
                            json.object(uuid, () -> json.object("resources", () -> resources.forEach(json::field)))));
        } else {
            json.array(
                    "allocations",
                    () -> amounts.forEach((uuid, resources) ->
                            json.object(() -> json.object("resource_provider", () -> json.field("uuid", uuid))
                                    .object("resources", () -> resources.forEach(json::field)))));
        }
        if (request.version().atLeast(1, 34)) {
            json.object("mappings", () -> mappings.forEach(json::strings));
        }
    }

    private static void writeSummary(
            Request request, JsonWriter json, ProviderSnapshot snapshot, CandidateQuery query) {
        json.object(
                "resources",
                () -> new TreeMap<>(snapshot.inventories()).forEach((name, usage) -> {
                    if (request.version().atLeast(1, 27) || query.asks(name)) {
                        json.object(
                                name,
                                () -> json.field("capacity", usage.inventory().capacity())
                                        .field("used", usage.used()));
                    }
                }));
        if (request.version().atLeast(1, 17)) {
            json.strings("traits", new TreeSet<>(snapshot.traits()));
        }
        if (request.version().atLeast(1, 29)) {
            json.field("parent_provider_uuid", snapshot.provider().parentUuid())
                    .field("root_provider_uuid", snapshot.provider().rootUuid());
        }
    }
}
