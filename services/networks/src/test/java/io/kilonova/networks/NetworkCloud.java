package io.kilonova.networks;

import io.kilonova.access.Caller;
import io.kilonova.access.PolicyRules;
import io.kilonova.http.HttpServer;
import io.kilonova.http.ListenAddress;
import io.kilonova.storage.Database;
import io.kilonova.storage.EachDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** The network service alone, as callers reach it, with a fixed set of people. */
final class NetworkCloud implements AutoCloseable {
    static final String ANNS = "0a000000000000000000000000000001";
    static final String BOBS = "0b000000000000000000000000000002";
    static final String ROOTS = "0d000000000000000000000000000000";

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final HttpClient client = HttpClient.newHttpClient();
    private final BuiltInNetworks networks;
    private final HttpServer server;

    /** What came back. */
    record Reply(int status, String text) {
        JsonNode json() {
            return text.isEmpty() ? MissingNode.getInstance() : MAPPER.readTree(text);
        }

        /** The one resource of the body. */
        JsonNode one() {
            return json().properties().iterator().next().getValue();
        }

        String id() {
            return one().path("id").asString("");
        }

        String message() {
            return json().path("NeutronError").path("message").asString("");
        }

        String type() {
            return json().path("NeutronError").path("type").asString("");
        }

        /** The ids of a list. */
        List<String> ids() {
            return one().valueStream().map(node -> node.path("id").asString()).toList();
        }
    }

    NetworkCloud(Database database, NetworkBackend backend) {
        this.networks = new BuiltInNetworks(database, backend, InstantSource.system());
        this.server = new HttpServer(new HttpServer.Setup(
                List.of(networks.api()),
                NetworkCloud::find,
                PolicyRules.defaults(),
                entry -> {},
                ListenAddress.anyLoopbackPort(),
                Map.of(),
                Optional.empty(),
                Duration.ofSeconds(5)));
        server.start();
    }

    static Database database(Path folder) {
        return database(EachDatabase.SQLITE, folder);
    }

    static Database database(EachDatabase kind, Path folder) {
        return Database.open(kind.fresh(folder), List.of(BuiltInNetworks.MIGRATIONS));
    }

    /** Empties the tables, which is quicker than new ones. */
    static void forgetEverything(Database database) {
        database.change(transaction -> {
            for (String table : List.of("network_resources", "network_addresses", "network_quotas")) {
                transaction.sql().execute("DELETE FROM " + table);
            }
        });
    }

    private static Optional<Caller> find(String token) {
        return switch (token) {
            case "ann", "bob", "rita", "root" -> Optional.of(caller(token));
            default -> Optional.empty();
        };
    }

    /** Rita only reads in Ann's project; root is the administrator. */
    static Caller caller(String name) {
        String project = switch (name) {
            case "ann", "rita" -> ANNS;
            case "bob" -> BOBS;
            default -> ROOTS;
        };
        Set<String> roles = switch (name) {
            case "rita" -> Set.of("reader");
            case "root" -> Set.of("admin", "member", "reader");
            default -> Set.of("member", "reader");
        };
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

    BuiltInNetworks networks() {
        return networks;
    }

    int port() {
        return server.port();
    }

    Reply send(String who, String method, String path, HttpRequest.BodyPublisher body) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/networking/v2.0/" + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body)
                .header("X-Auth-Token", who)
                .header("Content-Type", "application/json")
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body());
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(exception);
        }
    }

    Reply get(String who, String path) {
        return send(who, "GET", path, HttpRequest.BodyPublishers.noBody());
    }

    Reply delete(String who, String path) {
        return send(who, "DELETE", path, HttpRequest.BodyPublishers.noBody());
    }

    /** Posts JSON that is written with single quotes. */
    Reply post(String who, String path, String json, Object... arguments) {
        return send(who, "POST", path, body(json, arguments));
    }

    Reply put(String who, String path, String json, Object... arguments) {
        return send(who, "PUT", path, body(json, arguments));
    }

    private static HttpRequest.BodyPublisher body(String json, Object... arguments) {
        return HttpRequest.BodyPublishers.ofString(
                (arguments.length == 0 ? json : json.formatted(arguments)).replace('\'', '"'));
    }

    /** Makes one and answers its id. */
    String make(String who, String path, String json, Object... arguments) {
        Reply reply = post(who, path, json, arguments);
        if (reply.status() != 201) {
            throw new AssertionError(path + " " + json.formatted(arguments) + ": " + reply);
        }
        return reply.id();
    }

    String network(String who, String name) {
        return make(who, "networks", "{'network': {'name': '%s'}}", name);
    }

    String subnet(String who, String network, String cidr) {
        return make(who, "subnets", "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '%s'}}", network, cidr);
    }

    String port(String who, String network) {
        return make(who, "ports", "{'port': {'network_id': '%s'}}", network);
    }

    /** An external network of the physical network public, with its subnet 172.24.4.0/24. */
    String external() {
        String network = make(
                "root",
                "networks",
                "{'network': {'name': 'public', 'router:external': true, 'provider:network_type': 'flat',"
                        + " 'provider:physical_network': 'public', 'mtu': 1500}}");
        make(
                "root",
                "subnets",
                "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '172.24.4.0/24', 'enable_dhcp': false,"
                        + " 'allocation_pools': [{'start': '172.24.4.10', 'end': '172.24.4.200'}]}}",
                network);
        return network;
    }

    /** A router with its gateway there and a foot in a subnet. */
    String router(String who, String external, String subnet) {
        String router = make(
                who, "routers", "{'router': {'name': 'r', 'external_gateway_info': {'network_id': '%s'}}}", external);
        Reply added = put(who, "routers/" + router + "/add_router_interface", "{'subnet_id': '%s'}", subnet);
        if (added.status() != 200) {
            throw new AssertionError(added.toString());
        }
        return router;
    }

    @Override
    public void close() {
        server.close();
    }
}
