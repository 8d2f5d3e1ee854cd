package io.kilonova.api;

import io.kilonova.http.FaultFormat;
import io.kilonova.http.Microversion;
import io.kilonova.http.MicroversionNegotiation;
import io.kilonova.http.RepeatedRequests;
import io.kilonova.http.RouteTable;
import io.kilonova.http.SchemaLibrary;
import io.kilonova.http.ServiceApi;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Compute API as it is served: {@code /v2.1} at every microversion; {@code /v2} as 2.1, with unknown properties passed over.
 */
public final class ComputeApi {
    /** The oldest version, and what holds when a caller names none. */
    public static final Microversion MINIMUM = new Microversion(2, 1);

    /** The newest version. */
    public static final Microversion MAXIMUM = new Microversion(2, 104);

    private static final String LEGACY_HEADER = "X-OpenStack-Nova-API-Version";

    private ComputeApi() {}

    /** The service, made of the route tables of its areas, and of what remembers the answers to repeated requests. */
    public static ServiceApi of(List<RouteTable> tables, RepeatedRequests repeats) {
        return new ServiceApi(
                "compute",
                "/compute",
                FaultFormat.COMPUTE,
                Optional.of(new MicroversionNegotiation("compute", MINIMUM, MAXIMUM, Optional.of(LEGACY_HEADER))),
                List.of("x-openstack-request-id", "x-compute-request-id"),
                ServiceApi.DEFAULT_MAXIMUM_BODY_BYTES,
                true,
                new SchemaLibrary("schemas/compute"),
                Optional.of(repeats),
                Map.of(
                        "",
                        new ServiceApi.Root(List.of(new VersionRoutes.Top()), false),
                        "/v2.1",
                        new ServiceApi.Root(with(new VersionRoutes.Current(), tables), true),
                        "/v2",
                        new ServiceApi.Root(with(new VersionRoutes.Legacy(), tables), false)));
    }

    private static List<RouteTable> with(RouteTable versions, List<RouteTable> tables) {
        List<RouteTable> all = new java.util.ArrayList<>(tables);
        all.addFirst(versions);
        return List.copyOf(all);
    }
}
