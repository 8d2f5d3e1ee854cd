package io.kilonova.servers;

import static org.awaitility.Awaitility.await;

import io.kilonova.access.Caller;
import io.kilonova.access.PolicyRules;
import io.kilonova.access.Visibility;
import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FleetOptions;
import io.kilonova.http.HttpServer;
import io.kilonova.http.ListenAddress;
import io.kilonova.images.BuiltInImages;
import io.kilonova.images.ContainerFormat;
import io.kilonova.images.DiskFormat;
import io.kilonova.images.ImageAttributes;
import io.kilonova.images.ImageOptions;
import io.kilonova.images.ImageVisibility;
import io.kilonova.networks.BuiltInNetworks;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.networks.NetworkChoice;
import io.kilonova.operations.Operations;
import io.kilonova.operations.OperationsOptions;
import io.kilonova.placement.Allocations;
import io.kilonova.placement.ConsumerOwners;
import io.kilonova.placement.Inventories;
import io.kilonova.placement.ResourceProviders;
import io.kilonova.scheduling.Scheduler;
import io.kilonova.scheduling.SchedulerOptions;
import io.kilonova.spi.Hypervisor;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.json.JsonMapper;

/**
 * The domain of a cloud without its APIs: some controllers, each with a view and connections of its own, over one database and one
 * fleet of fake hosts, with one image, one network and the flavors {@code small} (1 processor, 512 MiB, 1 GiB) and {@code large} (4,
 * 2,048, 4). Ann owns all; nothing is limited.
 */
public final class SmallCloud implements AutoCloseable {
    /** Ann's project. */
    public static final String PROJECT = "0a000000000000000000000000000001";

    static final List<String> MIGRATIONS = List.of(
            Operations.MIGRATIONS, "db/images", BuiltInNetworks.MIGRATIONS, "db/placement", ComputeService.MIGRATIONS);

    private final Path folder;
    private final FakeFleet fleet;
    private final List<Controller> controllers = new ArrayList<>();
    private final AtomicLong silenceMillis = new AtomicLong();
    private final Set<String> heardElsewhere = ConcurrentHashMap.newKeySet();
    private final String imageId;

    /** One controller's parts. */
    public record Controller(
            Database database,
            BuiltInImages images,
            BuiltInNetworks networks,
            ComputeService compute,
            Operations operations) {}

    /**
     * Starts a cloud.
     *
     * @param database where; with SQLite there can be one controller
     * @param folder for files
     * @param count how many controllers
     * @param fleet which hosts
     */
    public SmallCloud(DatabaseOptions database, Path folder, int count, FleetOptions fleet) {
        this.folder = folder;
        this.fleet = FakeFleet.of(fleet);
        for (int number = 1; number <= count; number++) {
            String name = "controller-" + number;
            controllers.add(controller(
                    Database.open(database, MIGRATIONS),
                    count == 1 ? OperationsOptions.embedded() : OperationsOptions.cluster(name),
                    Fleet.of(this.fleet.hosts())));
        }
        Controller first = controllers.getFirst();
        Flavors flavors = new Flavors(first.database());
        flavors.create(FlavorCreate.of("small", "small", 1, 512, 1), Instant.now());
        flavors.create(FlavorCreate.of("large", "large", 4, 2048, 4), Instant.now());
        this.imageId = image(first.images());
        network(first.networks());
        controllers.forEach(controller -> {
            controller.compute().start();
            controller.operations().start();
        });
    }

    private Controller controller(Database database, OperationsOptions options, Fleet hosts) {
        Clock clock = Clock.systemUTC();
        BuiltInImages images = BuiltInImages.open(database, ImageOptions.in(imageFolder()), clock, UUID::randomUUID);
        BuiltInNetworks networks = new BuiltInNetworks(database, NetworkBackend.none(), clock);
        ConsumerOwners owners = (transaction, type, consumer) -> ComputeService.owns(transaction, consumer);
        ResourceProviders providers = new ResourceProviders(clock);
        ComputeService compute = new ComputeService(new ComputeService.Setup(
                database,
                images,
                networks,
                new Allocations(owners, clock),
                providers,
                new Inventories(providers, clock),
                new Scheduler(SchedulerOptions.defaults()),
                hosts,
                guest -> Map.of(),
                new Flavors(database),
                new Keypairs(database),
                new ComputeHosts(database, clock, () -> System.nanoTime() / 1_000_000 + silenceMillis.get()),
                unlimited(),
                clock));
        Operations operations = new Operations(database, compute.operations(), options, clock);
        compute.bind(operations);
        return new Controller(database, images, networks, compute, operations);
    }

    /** One processor of a server is one of the host, so that a test can fill hosts to the brim. */
    private static ComputeOptions unlimited() {
        Map<QuotaResource, Long> quotas = new EnumMap<>(QuotaResource.class);
        for (QuotaResource resource : QuotaResource.values()) {
            quotas.put(resource, -1L);
        }
        ComputeOptions usual = ComputeOptions.defaults();
        return new ComputeOptions(
                usual.defaultZone(),
                usual.scheduleZone(),
                usual.maximumAttempts(),
                usual.buildLimit(),
                usual.shutdownGrace(),
                quotas,
                HostShare.of(0, 1.0),
                HostShare.of(0, 1.0),
                HostShare.of(0, 1.0),
                Duration.ZERO);
    }

    private static String image(BuiltInImages images) {
        String id = images.create(new ImageAttributes(
                        PROJECT,
                        Optional.of("disk"),
                        ImageVisibility.PUBLIC,
                        Optional.of(DiskFormat.RAW),
                        Optional.of(ContainerFormat.BARE),
                        0,
                        0,
                        false,
                        false,
                        new TreeMap<>(),
                        new TreeSet<>()))
                .id();
        images.store(Visibility.everything(), id, new ByteArrayInputStream(new byte[4096]));
        return id;
    }

    /** Networks are made through their API alone. */
    private static void network(BuiltInNetworks networks) {
        HttpServer server = new HttpServer(new HttpServer.Setup(
                List.of(networks.api()),
                token -> Optional.of(ann()),
                PolicyRules.defaults(),
                entry -> {},
                ListenAddress.anyLoopbackPort(),
                Map.of(),
                Optional.empty(),
                Duration.ofSeconds(5)));
        server.start();
        try (server;
                HttpClient client = HttpClient.newHttpClient()) {
            String url = "http://127.0.0.1:%d/networking/v2.0/".formatted(server.port());
            String network = post(client, url + "networks", "{\"network\": {\"name\": \"net\"}}");
            String id = JsonMapper.shared()
                    .readTree(network)
                    .path("network")
                    .path("id")
                    .asString();
            post(client, url + "subnets", """
                    {"subnet": {"network_id": "%s", "ip_version": 4, "cidr": "10.0.0.0/16"}}""".formatted(id));
        } catch (IOException exception) {
            throw new java.io.UncheckedIOException(exception);
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(exception);
        }
    }

    private static String post(HttpClient client, String url, String json) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("X-Auth-Token", "ann")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
            throw new AssertionError(answer.body());
        }
        return answer.body();
    }

    /** Who makes all servers. */
    public static Caller ann() {
        return new Caller(
                "ann",
                "ann",
                "default",
                Optional.of(PROJECT),
                Optional.of("project"),
                Optional.of("default"),
                Optional.empty(),
                false,
                Set.of("admin", "member", "reader"),
                "audit",
                Instant.MAX);
    }

    /** A controller, from 0. */
    public Controller controller(int number) {
        return controllers.get(number);
    }

    /** Has the only controller crash and begin anew over what it left in the database. */
    public void restart() {
        restart(Fleet.of(fleet.hosts()));
    }

    /** The same, as a controller whose hosts are on other machines: none is up before it is {@link ComputeService#heard}. */
    public void restartApart() {
        Fleet reached = Fleet.of(fleet.hosts());
        restart(new Fleet() {
            @Override
            public Optional<Hypervisor> find(String host) {
                return reached.find(host);
            }

            @Override
            public Collection<Hypervisor> all() {
                return reached.all();
            }

            @Override
            public Collection<Hypervisor> own() {
                return List.of();
            }

            @Override
            public boolean isHeardElsewhere(String host) {
                return heardElsewhere.contains(host);
            }
        });
    }

    private void restart(Fleet hosts) {
        Controller dead = controllers.getFirst();
        dead.operations().abandon();
        dead.compute().close();
        Controller next = controller(dead.database(), OperationsOptions.embedded(), hosts);
        controllers.set(0, next);
        next.compute().start();
        next.operations().start();
    }

    /** Lets so much time pass in which no host is heard. */
    public void passInSilence(Duration duration) {
        silenceMillis.addAndGet(duration.toMillis());
    }

    /** Has a controller that is not here hear a host. */
    public void isHeardElsewhere(String host) {
        heardElsewhere.add(host);
    }

    /** The hosts. */
    public FakeFleet fleet() {
        return fleet;
    }

    /** Where images' files are. */
    public Path imageFolder() {
        return folder.resolve("images");
    }

    /** Has servers made by one controller; they have one network card each, and are accepted when this returns. */
    public List<Server> create(int controller, String flavor, int count, Map<String, List<String>> hints) {
        return controllers
                .get(controller)
                .compute()
                .create(new ServerCreate(
                        ann(),
                        "req-" + UUID.randomUUID(),
                        "server",
                        Optional.empty(),
                        Optional.empty(),
                        flavor,
                        imageId,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        new NetworkChoice.Automatic(),
                        List.of(),
                        Optional.empty(),
                        Map.of(),
                        List.of(),
                        Map.of(),
                        false,
                        count,
                        count,
                        hints,
                        Optional.empty(),
                        Optional.empty(),
                        "MANUAL",
                        List.of()));
    }

    /** Has a server deleted by the first controller. */
    public void delete(String server) {
        controllers.getFirst().compute().delete(ann(), "req-" + UUID.randomUUID(), server);
    }

    /** Waits until no operation goes on. */
    public void awaitRest() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> controllers
                        .getFirst()
                        .database()
                        .read(sql -> sql.fetchCount(org.jooq.impl.DSL.table("operations")) == 0));
    }

    /** All servers. */
    public List<Server> servers() {
        return controllers.getFirst().compute().servers().following("", 100_000);
    }

    @Override
    public void close() {
        controllers.forEach(controller -> controller.operations().close());
        controllers.forEach(controller -> controller.compute().close());
        fleet.close();
        controllers.forEach(controller -> controller.database().close());
    }
}
