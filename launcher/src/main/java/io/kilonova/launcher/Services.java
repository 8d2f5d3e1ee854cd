package io.kilonova.launcher;

import io.kilonova.access.Visibility;
import io.kilonova.api.ComputeApiSetup;
import io.kilonova.configuration.Configuration;
import io.kilonova.consistency.ConsistencyWatch;
import io.kilonova.http.ServiceApi;
import io.kilonova.identity.FirstCloud;
import io.kilonova.identity.Identity;
import io.kilonova.identity.IdentityOptions;
import io.kilonova.images.BuiltInImages;
import io.kilonova.images.ImageOptions;
import io.kilonova.images.ImageRoutes;
import io.kilonova.metadata.GuestAnswers;
import io.kilonova.metadata.Guests;
import io.kilonova.networks.BuiltInNetworks;
import io.kilonova.node.NodeRegister;
import io.kilonova.operations.Operations;
import io.kilonova.operations.PeriodicJobs;
import io.kilonova.placement.Allocations;
import io.kilonova.placement.ConsumerOwners;
import io.kilonova.placement.Inventories;
import io.kilonova.placement.PlacementApi;
import io.kilonova.placement.ResourceProviders;
import io.kilonova.scheduling.Scheduler;
import io.kilonova.scheduling.SchedulerOptions;
import io.kilonova.servers.ComputeHosts;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.DeletedServers;
import io.kilonova.servers.Flavors;
import io.kilonova.servers.Keypairs;
import io.kilonova.storage.Database;
import io.kilonova.telemetry.Metrics;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * The services of one cloud over one database, made by their constructors. The order is that of the arrows: storage, then
 * identity, images, networks and placement, then compute over all of them.
 */
final class Services implements AutoCloseable {
    /** The tables of all rooms. */
    static final List<String> MIGRATIONS = List.of(
            Operations.MIGRATIONS,
            Identity.MIGRATIONS,
            "db/images",
            BuiltInNetworks.MIGRATIONS,
            "db/placement",
            ComputeService.MIGRATIONS,
            NodeRegister.MIGRATIONS);

    /** How old the view of the hosts may grow. */
    private static final Duration FOLLOWING = Duration.ofMillis(500);

    /** Well within {@link ComputeHosts#SILENCE}. */
    private static final Duration REFRESH = Duration.ofSeconds(20);

    private static final Duration COMPARISON = Duration.ofMinutes(1);

    private static final Duration WATCH = Duration.ofMinutes(1);

    /** So much of each minute: 3 % of a core at most. */
    private static final Duration WATCH_SHARE = Duration.ofSeconds(2);

    private static final Duration HOUSEKEEPING = Duration.ofHours(1);
    private static final Duration DRAIN = Duration.ofSeconds(10);

    /** So many hosts that pass every check are enough to choose from ({@code [scheduler] max_placement_results}). */
    private static final int MAXIMUM_RESULTS = 1000;

    private final Identity identity;
    private final BuiltInImages images;
    private final BuiltInNetworks networks;
    private final ComputeService compute;
    private final Operations operations;
    private final PeriodicJobs jobs;
    private final Clockwork clockwork = new Clockwork();
    private final List<ServiceApi> apis;
    private final GuestAnswers guestAnswers;

    Services(
            Database database,
            Configuration configuration,
            Path state,
            HostPlatform platform,
            Metrics metrics,
            BooleanSupplier crowded,
            Clock clock) {
        this.identity = new Identity(
                database,
                IdentityOptions.in(state)
                        .withTokens(
                                configuration.get(KilonovaOptions.TOKEN_EXPIRATION),
                                configuration.get(KilonovaOptions.MAX_ACTIVE_KEYS)),
                clock);
        this.images = BuiltInImages.open(database, ImageOptions.in(state.resolve("images")), clock, UUID::randomUUID);
        this.networks = new BuiltInNetworks(database, platform.networkBackend(database), clock);
        ConsumerOwners owners = (transaction, type, consumer) -> ComputeService.owns(transaction, consumer);
        ResourceProviders providers = new ResourceProviders(clock);
        ComputeHosts hosts = new ComputeHosts(database, clock);
        Flavors flavors = new Flavors(database);
        Keypairs keypairs = new Keypairs(database);
        this.compute = new ComputeService(new ComputeService.Setup(
                database,
                images,
                networks,
                new Allocations(owners, clock),
                providers,
                new Inventories(providers, clock),
                new Scheduler(schedulerOptions(configuration)),
                platform.fleet(image -> image(image.id())),
                platform.configDrives(),
                flavors,
                keypairs,
                hosts,
                ComputeSettings.of(configuration),
                clock));
        this.operations = new Operations(
                database, compute.operations(), platform.operations().givingWayWhile(crowded), clock, metrics);
        compute.bind(operations);
        CloudMetrics.register(metrics, database, compute, hosts);
        platform.measure(metrics);
        this.jobs = new PeriodicJobs(database, platform.hostName(), clock);
        ConsistencyWatch watch = new ConsistencyWatch(new ConsistencyWatch.Setup(
                database, Optional.of(compute::hypervisors), Optional.of(state.resolve("images")), clock));
        CloudMetrics.ofWatch(metrics, watch);
        jobs.add("consistency_watch", WATCH, () -> watch.advance(WATCH_SHARE));
        jobs.add("servers_housekeeping", HOUSEKEEPING, () -> compute.forgetOld(clock.instant()));
        jobs.add("identity_housekeeping", HOUSEKEEPING, identity::housekeep);
        this.guestAnswers = new GuestAnswers(
                new Guests(networks, compute.servers()), configuration.get(KilonovaOptions.DHCP_DOMAIN));
        this.apis = List.of(
                identity.api(),
                new ComputeApiSetup(
                                compute,
                                networks,
                                flavors,
                                keypairs,
                                hosts,
                                new DeletedServers(database),
                                identity::hasProject,
                                database,
                                platform.hostName(),
                                clock,
                                configuration.get(KilonovaOptions.MAX_LIMIT))
                        .api(),
                ImageRoutes.api(images),
                networks.api(),
                PlacementApi.of(database, owners, clock),
                UnbuiltVolumes.api());
    }

    private static SchedulerOptions schedulerOptions(Configuration configuration) {
        return SchedulerOptions.defaults()
                .withFilters(configuration.get(KilonovaOptions.ENABLED_FILTERS))
                .choosing(
                        configuration.get(KilonovaOptions.HOST_SUBSET_SIZE),
                        true,
                        configuration.get(KilonovaOptions.MAX_ATTEMPTS),
                        MAXIMUM_RESULTS);
    }

    /** Who knows whose token is whose. */
    Identity identity() {
        return identity;
    }

    /** Who answers guests that ask for their metadata. */
    GuestAnswers guestAnswers() {
        return guestAnswers;
    }

    /** The networks of the cloud. */
    BuiltInNetworks networks() {
        return networks;
    }

    /** The servers of the cloud. */
    ComputeService compute() {
        return compute;
    }

    /** The stored file of an image, for a host. */
    InputStream image(String id) {
        return images.open(Visibility.everything(), id);
    }

    /** Who carries out what the services accept. */
    Operations operations() {
        return operations;
    }

    /** What is served. */
    List<ServiceApi> apis() {
        return apis;
    }

    /** Takes up what was left, and listens to the hosts. */
    void start() {
        compute.start();
        operations.start();
        jobs.start();
        clockwork.every(FOLLOWING, "the view of the hosts", compute::catchUp);
        clockwork.every(REFRESH, "the look at the hosts", compute::refresh);
        clockwork.every(COMPARISON, "the comparison with the guests", compute::compareGuests);
    }

    /** Makes sure that whoever runs the cloud can sign in and finds its services. */
    void bootstrap(FirstCloud cloud) {
        identity.bootstrap(cloud);
    }

    @Override
    public void close() {
        Parts parts = new Parts();
        parts.own("identity", identity::close);
        parts.own("compute", compute::close);
        parts.own("operations", () -> operations.drain(DRAIN));
        parts.own("periodic jobs", jobs);
        parts.own("the clockwork", clockwork);
        parts.close();
    }
}
