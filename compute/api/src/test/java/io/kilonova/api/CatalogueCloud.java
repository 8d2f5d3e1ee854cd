package io.kilonova.api;

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
import io.kilonova.operations.Operations;
import io.kilonova.operations.OperationsOptions;
import io.kilonova.placement.Allocations;
import io.kilonova.placement.ConsumerOwners;
import io.kilonova.placement.Inventories;
import io.kilonova.placement.ResourceProviders;
import io.kilonova.scheduling.Scheduler;
import io.kilonova.scheduling.SchedulerOptions;
import io.kilonova.servers.ComputeHosts;
import io.kilonova.servers.ComputeOptions;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.DeletedServers;
import io.kilonova.servers.FlavorCreate;
import io.kilonova.servers.Flavors;
import io.kilonova.servers.Fleet;
import io.kilonova.servers.Keypairs;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import io.kilonova.storage.EachDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** A whole cloud of two fake hosts as callers of the Compute API reach it, with a fixed set of people. */
final class CatalogueCloud implements AutoCloseable {
    static final String ANNS = "0a000000000000000000000000000001";
    static final String BOBS = "0b000000000000000000000000000002";

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int MAXIMUM_LIMIT = 1000;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Database database;
    private final FakeFleet fleet = FakeFleet.of(FleetOptions.of(2).sized(8, 16_384, 100));
    private final Operations operations;
    private final ComputeService compute;
    private final HttpServer server;
    private final String imageId;

    /** What came back. */
    record Reply(int status, String text) {
        JsonNode json() {
            return text.isEmpty() ? MissingNode.getInstance() : MAPPER.readTree(text);
        }

        /** The sentence of an error. */
        String message() {
            return json().properties()
                    .iterator()
                    .next()
                    .getValue()
                    .path("message")
                    .asString();
        }
    }

    CatalogueCloud(Path folder) {
        this(folder, EachDatabase.SQLITE.fresh(folder));
    }

    /** A cloud over a database that may have been another's before. */
    CatalogueCloud(Path folder, DatabaseOptions storage) {
        Clock clock = Clock.systemUTC();
        this.database = Database.open(
                storage,
                List.of(
                        Operations.MIGRATIONS,
                        "db/images",
                        BuiltInNetworks.MIGRATIONS,
                        "db/placement",
                        ComputeService.MIGRATIONS));
        BuiltInImages images =
                BuiltInImages.open(database, ImageOptions.in(folder.resolve("images")), clock, UUID::randomUUID);
        BuiltInNetworks networks = new BuiltInNetworks(database, NetworkBackend.none(), clock);
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
                new Scheduler(SchedulerOptions.defaults()),
                Fleet.of(fleet.hosts()),
                guest -> Map.of(),
                flavors,
                keypairs,
                hosts,
                ComputeOptions.defaults(),
                clock));
        this.operations = new Operations(database, compute.operations(), OperationsOptions.embedded(), clock);
        compute.bind(operations);
        this.server = new HttpServer(new HttpServer.Setup(
                List.of(new ComputeApiSetup(
                                compute,
                                networks,
                                flavors,
                                keypairs,
                                hosts,
                                new DeletedServers(database),
                                project -> project.equals(ANNS) || project.equals(BOBS),
                                database,
                                "controller",
                                clock,
                                MAXIMUM_LIMIT)
                        .api()),
                CatalogueCloud::caller,
                PolicyRules.defaults(),
                entry -> {},
                ListenAddress.anyLoopbackPort(),
                Map.of(),
                Optional.empty(),
                Duration.ofSeconds(5)));
        if (flavors.find(Visibility.everything(), "1").isEmpty()) {
            flavors.create(FlavorCreate.of("1", "m1.tiny", 1, 512, 1), clock.instant());
        }
        this.imageId = image(images);
        compute.start();
        operations.start();
        server.start();
    }

    private static String image(BuiltInImages images) {
        String id = images.create(new ImageAttributes(
                        ANNS,
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

    private static Optional<Caller> caller(String token) {
        return switch (token) {
            case "ann" -> Optional.of(caller(token, ANNS, Set.of("member", "reader")));
            case "bob" -> Optional.of(caller(token, BOBS, Set.of("member", "reader")));
            case "root" ->
                Optional.of(caller(token, "0d000000000000000000000000000000", Set.of("admin", "member", "reader")));
            default -> Optional.empty();
        };
    }

    private static Caller caller(String name, String project, Set<String> roles) {
        return new Caller(
                name,
                name,
                "default",
                Optional.of(project),
                Optional.of("project of " + name),
                Optional.of("default"),
                Optional.empty(),
                false,
                roles,
                "audit",
                Instant.MAX);
    }

    /** The image that all servers start from. */
    String imageId() {
        return imageId;
    }

    /** Boots a server without networks and waits until it runs; gives its id. */
    String boot(String who, String name) {
        Reply made = send(who, "2.37", "POST", "/servers", """
                {"server": {"name": "%s", "flavorRef": "1", "imageRef": "%s", "networks": "none"}}""".formatted(name, imageId));
        if (made.status() != 202) {
            throw new AssertionError(made.toString());
        }
        String id = made.json().path("server").path("id").asString();
        await().until(() -> get(who, "2.37", "/servers/" + id)
                .json()
                .path("server")
                .path("status")
                .asString()
                .equals("ACTIVE"));
        return id;
    }

    /** The hosts. */
    FakeFleet fleet() {
        return fleet;
    }

    /** Deletes a server and waits until it is gone. */
    void delete(String who, String id) {
        send(who, "2.1", "DELETE", "/servers/" + id, "");
        await().until(() -> get(who, "2.1", "/servers/" + id).status() == 404);
    }

    Reply get(String who, String version, String path) {
        return send(who, version, "GET", path, "");
    }

    Reply post(String who, String version, String path, String json) {
        return send(who, version, "POST", path, json);
    }

    Reply put(String who, String version, String path, String json) {
        return send(who, version, "PUT", path, json);
    }

    Reply remove(String who, String version, String path) {
        return send(who, version, "DELETE", path, "");
    }

    Reply send(String who, String version, String method, String path, String json) {
        return sendTo("/v2.1" + path, who, method, json, "OpenStack-API-Version", "compute " + version);
    }

    /** Sends to a path below the service's root, with headers as names and values in turn. */
    Reply sendTo(String path, String who, String method, String json, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/compute" + path))
                .timeout(Duration.ofSeconds(60))
                .header("X-Auth-Token", who)
                .method(
                        method,
                        json.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(json));
        if (!json.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body());
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(exception);
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
        operations.close();
        compute.close();
        fleet.close();
        database.close();
    }
}
