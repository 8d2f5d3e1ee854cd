package io.kilonova.placement;

import io.kilonova.access.Policy;
import io.kilonova.http.Answer;
import io.kilonova.http.FaultFormat;
import io.kilonova.http.Microversion;
import io.kilonova.http.MicroversionNegotiation;
import io.kilonova.http.Request;
import io.kilonova.http.Routes;
import io.kilonova.http.SchemaLibrary;
import io.kilonova.http.ServiceApi;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Placement API, 1.0 to 1.39, over the tables of this room: what {@code openstack resource provider ...} reads and
 * writes. It is a view; servers claim through {@link Allocations} inside their own transactions.
 */
public final class PlacementApi {
    private static final int MAXIMUM_BODY_BYTES = 1_048_576;

    private final ProviderRoutes providers;
    private final NameRoutes names;
    private final InventoryRoutes inventories;
    private final AllocationRoutes allocations;
    private final CandidateRoutes candidates;

    private PlacementApi(Database database, ConsumerOwners owners, Clock clock) {
        ResourceProviders resourceProviders = new ResourceProviders(clock);
        Inventories ledger = new Inventories(resourceProviders, clock);
        this.providers = new ProviderRoutes(database, resourceProviders);
        this.names = new NameRoutes(database);
        this.inventories = new InventoryRoutes(database, resourceProviders, ledger);
        this.allocations = new AllocationRoutes(database, resourceProviders, ledger, new Allocations(owners, clock));
        this.candidates = new CandidateRoutes(database, resourceProviders);
    }

    /** The service, to be mounted by the launcher under {@code /placement}. */
    public static ServiceApi of(Database database, ConsumerOwners owners, Clock clock) {
        PlacementApi api = new PlacementApi(database, owners, clock);
        return new ServiceApi(
                "placement",
                "/placement",
                FaultFormat.PLACEMENT,
                Optional.of(new MicroversionNegotiation(
                        "placement", new Microversion(1, 0), new Microversion(1, 39), Optional.empty())),
                List.of("x-openstack-request-id"),
                MAXIMUM_BODY_BYTES,
                false,
                new SchemaLibrary("schemas/placement"),
                Map.of(
                        "",
                        new ServiceApi.Root(
                                List.of(
                                        PlacementApi::root,
                                        api.providers,
                                        api.names,
                                        api.inventories,
                                        api.allocations,
                                        api.candidates),
                                true)));
    }

    static Policy policy(String name, String meaning) {
        return Policy.service("placement:" + name, meaning);
    }

    private static void root(Routes routes) {
        routes.get("/").unauthenticated().answers(Statuses.OK).to(PlacementApi::versions);
    }

    private static Answer versions(Request request) {
        return Answer.json(json -> json.object(() -> json.array(
                "versions",
                () -> json.object(() -> json.field("id", "v1.0")
                        .field("max_version", "1.39")
                        .field("min_version", "1.0")
                        .field("status", "CURRENT")
                        .array(
                                "links",
                                () -> json.object(
                                        () -> json.field("rel", "self").field("href", "")))))));
    }
}
