package io.kilonova.launcher;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * As much of a cloud's APIs as the demonstration meets: it keeps what is posted, finds it by list, wants a token, builds a
 * server within two questions, and lets its console grow by a line with each question.
 */
final class PretendedCloud implements AutoCloseable {
    static final String PASSWORD = "correct horse";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Map<String, String> LISTS = Map.of(
            "/image/v2/images", "images",
            "/compute/v2.1/flavors", "flavors",
            "/compute/v2.1/os-keypairs", "keypairs",
            "/compute/v2.1/servers", "servers",
            "/networking/v2.0/networks", "networks",
            "/networking/v2.0/subnets", "subnets",
            "/networking/v2.0/security-groups", "security_groups",
            "/networking/v2.0/security-group-rules", "security_group_rules");
    private static final List<String> CONSOLE =
            List.of("SeaBIOS", "Linux version 6", "KILONOVA-GUEST-READY hostname=demo");

    private final HttpServer server;
    final Map<String, List<ObjectNode>> resources = new LinkedHashMap<>();
    long uploadedBytes;
    boolean buildFails;
    private int consoleQuestions;

    PretendedCloud() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        LISTS.keySet().forEach(path -> resources.put(path, new ArrayList<>()));
        resources
                .get("/networking/v2.0/security-groups")
                .add(CloudClient.object().put("id", "group-1").put("name", "default"));
        server.createContext("/", this::answer);
        server.start();
    }

    URI identity() {
        return URI.create(
                "http://127.0.0.1:%d/identity".formatted(server.getAddress().getPort()));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (path.equals("/identity/v3/auth/tokens")) {
                signIn(exchange, JSON.readTree(body));
            } else if (path.equals("/identity/v3")) {
                send(exchange, 200, CloudClient.object());
            } else if (!"token-1".equals(exchange.getRequestHeaders().getFirst("X-Auth-Token"))) {
                fault(exchange, 401, "The request you have made requires authentication.");
            } else {
                serve(exchange, path, body);
            }
        }
    }

    private void signIn(HttpExchange exchange, JsonNode body) throws IOException {
        String password = body.at("/auth/identity/password/user/password").stringValue("");
        if (!password.equals(PASSWORD)) {
            fault(exchange, 401, "The request you have made requires authentication.");
            return;
        }
        ObjectNode token = CloudClient.object();
        addService(token, "compute", "/compute/v2.1");
        addService(token, "image", "/image");
        addService(token, "network", "/networking");
        exchange.getResponseHeaders().set("X-Subject-Token", "token-1");
        send(exchange, 201, CloudClient.object().set("token", token));
    }

    private void addService(ObjectNode token, String type, String path) {
        ObjectNode service = token.withArray("catalog").addObject().put("type", type);
        ObjectNode endpoint = service.putArray("endpoints").addObject().put("interface", "public");
        endpoint.put("url", identity().toString().replace("/identity", path));
    }

    private synchronized void serve(HttpExchange exchange, String path, byte[] body) throws IOException {
        String parent = path.substring(0, path.lastIndexOf('/'));
        switch (exchange.getRequestMethod()) {
            case "GET" -> read(exchange, path, parent);
            case "POST" -> post(exchange, path, JSON.readTree(body));
            case "PUT" -> {
                uploadedBytes = body.length;
                send(exchange, 204, CloudClient.object());
            }
            case "DELETE" -> {
                String last = path.substring(parent.length() + 1);
                resources
                        .get(parent)
                        .removeIf(item -> item.path("id").stringValue("").equals(last)
                                || item.at("/keypair/name").stringValue("").equals(last));
                send(exchange, 204, CloudClient.object());
            }
            default -> fault(exchange, 405, "method");
        }
    }

    private void read(HttpExchange exchange, String path, String parent) throws IOException {
        if (LISTS.containsKey(path)) {
            ObjectNode list = CloudClient.object();
            list.putArray(LISTS.get(path)).addAll(resources.get(path));
            send(exchange, 200, list);
            return;
        }
        ObjectNode item = resources.get(parent).getFirst();
        boolean built = !item.path("status").stringValue("").equals("BUILD");
        ObjectNode shown = item.deepCopy();
        item.put("status", buildFails ? "ERROR" : "ACTIVE");
        if (built && buildFails) {
            shown.putObject("fault").put("message", "No valid host was found.");
        }
        send(exchange, 200, CloudClient.object().set("server", shown));
    }

    private void post(HttpExchange exchange, String path, JsonNode body) throws IOException {
        if (path.endsWith("/action")) {
            consoleQuestions = Math.min(consoleQuestions + 1, CONSOLE.size());
            String output = String.join("\n", CONSOLE.subList(0, consoleQuestions)) + "\n";
            send(exchange, 200, CloudClient.object().put("output", output));
            return;
        }
        List<ObjectNode> items = resources.get(path);
        boolean wrapped = body.size() == 1 && body.iterator().next().isObject();
        ObjectNode item = (ObjectNode) (wrapped ? body.iterator().next() : body).deepCopy();
        if (path.endsWith("security-group-rules") && items.contains(item)) {
            fault(exchange, 409, "Security group rule already exists.");
            return;
        }
        ObjectNode answer =
                item.deepCopy().put("id", "id-%d".formatted(items.size() + 1)).put("status", "BUILD");
        if (path.endsWith("os-keypairs")) {
            answer.put("private_key", "-----BEGIN");
            items.add(CloudClient.object().set("keypair", answer));
        } else {
            items.add(path.endsWith("security-group-rules") ? item : answer);
        }
        String name = wrapped ? body.propertyNames().iterator().next() : "";
        send(exchange, 202, wrapped ? CloudClient.object().set(name, answer) : answer);
    }

    private static void fault(HttpExchange exchange, int status, String message) throws IOException {
        ObjectNode fault = CloudClient.object();
        fault.putObject("fault").put("code", status).put("message", message);
        send(exchange, status, fault);
    }

    private static void send(HttpExchange exchange, int status, JsonNode body) throws IOException {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, status == 204 ? -1 : bytes.length);
        if (status != 204) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
