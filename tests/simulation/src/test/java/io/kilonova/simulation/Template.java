package io.kilonova.simulation;

import io.kilonova.access.PolicyRules;
import io.kilonova.http.HttpServer;
import io.kilonova.http.ListenAddress;
import io.kilonova.networks.BuiltInNetworks;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.node.NodeRegister;
import io.kilonova.node.SimulatedNode;
import io.kilonova.operations.Operations;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.FlavorCreate;
import io.kilonova.servers.Flavors;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.SQLiteConnection;

/**
 * A database with all tables, a network, flavors and nodes, made once by the program itself and kept as bytes: each simulation begins
 * with a copy in memory, for migrations take longer than a simulated hour.
 */
final class Template {
    /** The tables of the rooms that are simulated. */
    private static final List<String> MIGRATIONS = List.of(
            Operations.MIGRATIONS,
            BuiltInNetworks.MIGRATIONS,
            "db/placement",
            ComputeService.MIGRATIONS,
            NodeRegister.MIGRATIONS);

    private static byte[] image = {};

    private Template() {}

    /** A database of one's own that begins as the template. */
    static Connection copy() {
        try {
            Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
            connection.unwrap(SQLiteConnection.class).deserialize("main", image());
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA foreign_keys = ON");
                statement.execute("PRAGMA synchronous = OFF");
                statement.execute("PRAGMA journal_mode = MEMORY");
            }
            return connection;
        } catch (SQLException e) {
            throw new IllegalStateException("the simulated database cannot be opened", e);
        }
    }

    private static synchronized byte[] image() {
        if (image.length == 0) {
            image = make();
        }
        return image;
    }

    private static byte[] make() {
        try {
            Path folder = Files.createTempDirectory("kilonova-simulation");
            Path file = folder.resolve("template.db");
            try (Database database = Database.open(DatabaseOptions.sqlite(file), MIGRATIONS)) {
                Flavors flavors = new Flavors(database);
                Instant beginning = Instant.ofEpochMilli(World.BEGINNING_MILLIS);
                flavors.create(FlavorCreate.of("small", "small", 1, 512, 1), beginning);
                flavors.create(FlavorCreate.of("large", "large", 2, 1024, 2), beginning);
                flavors.create(FlavorCreate.of("wide", "wide", 2, 768, 1), beginning);
                makeNetwork(database);
                SimulatedCloud.hostNames().forEach(host -> SimulatedNode.enrol(database, host));
            }
            byte[] made = bytes(file);
            Files.delete(file);
            Files.delete(folder);
            return made;
        } catch (IOException e) {
            throw new IllegalStateException("the template cannot be made", e);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = DELETE");
        } catch (SQLException e) {
            throw new IllegalStateException("the template cannot leave its journal mode", e);
        }
        return Files.readAllBytes(file);
    }

    /** Through the Networking API, as an operator does it. */
    private static void makeNetwork(Database database) {
        BuiltInNetworks networks = new BuiltInNetworks(database, NetworkBackend.none(), Clock.systemUTC());
        try (HttpServer server = new HttpServer(new HttpServer.Setup(
                List.of(networks.api()),
                token -> Optional.of(People.administrator()),
                PolicyRules.defaults(),
                entry -> {},
                ListenAddress.anyLoopbackPort(),
                Map.of(),
                Optional.empty(),
                Duration.ofSeconds(1)))) {
            server.start();
            String network = post(server.port(), "networks", "{'network': {'name': 'shared', 'shared': true}}");
            post(
                    server.port(),
                    "subnets",
                    "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '10.0.0.0/22'}}".formatted(network));
        }
    }

    private static String post(int port, String collection, String json) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/networking/v2.0/%s".formatted(port, collection)))
                .header("X-Auth-Token", "administrator")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            Matcher id = Pattern.compile("\"id\": ?\"([^\"]+)\"").matcher(response.body());
            if (response.statusCode() != 201 || !id.find()) {
                throw new IllegalStateException(collection + ": " + response.body());
            }
            return id.group(1);
        } catch (IOException e) {
            throw new IllegalStateException(collection, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(collection, e);
        }
    }
}
