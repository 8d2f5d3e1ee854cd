package io.kilonova.api;

import io.kilonova.http.RouteTable;
import io.kilonova.http.ServiceApi;
import io.kilonova.networks.Networks;
import io.kilonova.servers.ComputeHosts;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.DeletedServers;
import io.kilonova.servers.Flavors;
import io.kilonova.servers.HostUses;
import io.kilonova.servers.Keypairs;
import io.kilonova.servers.TenantUsages;
import io.kilonova.storage.Database;
import java.time.InstantSource;
import java.util.List;

/**
 * What the Compute API is served from; {@link #api} puts all its route tables together.
 *
 * @param compute servers and what is asked of them
 * @param networks their cards
 * @param flavors what servers are sized by
 * @param keypairs the users' public keys
 * @param hosts the hosts as services and hypervisors
 * @param deleted servers that are gone
 * @param projects which projects there are
 * @param database where all of them are kept
 * @param controllerHost the name of the machine that this controller runs on, for {@code os-services}
 * @param clock of the program
 * @param maximumLimit what a page of a list may hold at most ({@code [api] max_limit})
 */
public record ComputeApiSetup(
        ComputeService compute,
        Networks networks,
        Flavors flavors,
        Keypairs keypairs,
        ComputeHosts hosts,
        DeletedServers deleted,
        ProjectDirectory projects,
        Database database,
        String controllerHost,
        InstantSource clock,
        int maximumLimit) {
    /** The page size that Nova has by default. */
    public static final int DEFAULT_MAXIMUM_LIMIT = 1000;

    /** The whole Compute API, ready to be listened for. */
    public ServiceApi api() {
        return ComputeApi.of(tables(), new IdempotencyKeys(database, clock));
    }

    /** Every area of the API; what is not built stands last, so that it never hides what is. */
    List<RouteTable> tables() {
        return List.of(
                servers(),
                moves(),
                flavorRoutes(),
                keypairRoutes(),
                quotaRoutes(),
                hostRoutes(),
                new AggregateRoutes(compute.aggregates()),
                new ServerGroupRoutes(compute, maximumLimit),
                new OperationRoutes(new OperationHandlers(compute::engine, maximumLimit)),
                new ExtensionRoutes(compute.servers()),
                new UnbuiltServerRoutes(),
                new UnbuiltRoutes(),
                new ProxyRoutes(),
                new RemovedRoutes());
    }

    private RouteTable servers() {
        return new ServerRoutes(
                new ServerHandlers(
                        compute,
                        new ServerView(hosts, compute.groups()),
                        new ServerListReader(maximumLimit),
                        new ServerBodyReader()),
                new ServerActionHandlers(compute),
                new ServerMetadataHandlers(compute),
                new ServerTagHandlers(compute),
                new ServerNetworkHandlers(compute, networks),
                new InstanceActionHandlers(compute, deleted, maximumLimit));
    }

    private RouteTable moves() {
        return new MoveRoutes(
                new MoveHandlers(compute.moves()),
                new MigrationHandlers(compute, new MigrationView(hosts), maximumLimit));
    }

    private RouteTable flavorRoutes() {
        return new FlavorRoutes(
                new FlavorHandlers(flavors, projects, new FlavorListReader(maximumLimit), clock),
                new ExtraSpecHandlers(flavors, clock));
    }

    private RouteTable keypairRoutes() {
        return new KeypairRoutes(new KeypairHandlers(keypairs, compute.quotas(), clock, maximumLimit));
    }

    private RouteTable quotaRoutes() {
        return new QuotaRoutes(
                new QuotaHandlers(compute.quotas(), projects),
                new TenantUsageHandlers(new TenantUsages(database), clock, maximumLimit));
    }

    private RouteTable hostRoutes() {
        ServiceList services = new ServiceList(hosts, controllerHost, clock);
        return new HostRoutes(
                new ZoneHandlers(services),
                new ServiceHandlers(services, compute),
                new HypervisorHandlers(hosts, new HostUses(database), maximumLimit));
    }
}
