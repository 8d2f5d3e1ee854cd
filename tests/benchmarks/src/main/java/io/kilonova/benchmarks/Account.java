package io.kilonova.benchmarks;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An administrator with a token, over a connection of their own. */
record Account(Connection connection, String token, String project) {
    /** Signs in to the project {@code admin}. */
    static Account signIn(int port, String password) throws IOException {
        Connection connection = new Connection(port);
        Connection.Answer answer =
                connection.exchange(Connection.bytes("POST", "/identity/v3/auth/tokens", "", """
                {"auth": {"identity": {"methods": ["password"], "password": {"user":
                {"name": "admin", "domain": {"id": "default"}, "password": "%s"}}},
                "scope": {"project": {"name": "admin", "domain": {"id": "default"}}}}}""".formatted(password)));
        String projects = demand(connection.exchange(Connection.get("/identity/v3/auth/projects", answer.token())));
        return new Account(connection, answer.token(), first(projects, "\"id\": ?\"([^\"]+)\""));
    }

    /** Makes a flavor and an image and lifts the quota; answers the body of a create. Servers have no network. */
    String furnish() throws IOException {
        post("/compute/v2.1/flavors", """
                {"flavor": {"id": "load", "name": "load", "ram": 64, "vcpus": 1, "disk": 0}}""");
        String image = first(
                post(
                        "/image/v2/images",
                        "{\"name\": \"load\", \"disk_format\": \"raw\", \"container_format\": \"bare\"}"),
                "\"id\": ?\"([^\"]+)\"");
        String head = "PUT /image/v2/images/%s/file HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Auth-Token: %s\r\n"
                .formatted(image, token);
        String data = "\0".repeat(1024);
        demand(connection.exchange(
                (head + "Content-Type: application/octet-stream\r\nContent-Length: 1024\r\n\r\n" + data)
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        demand(connection.exchange(Connection.bytes(
                "PUT",
                "/compute/v2.1/os-quota-sets/" + project,
                token,
                "{\"quota_set\": {\"instances\": -1, \"cores\": -1, \"ram\": -1}}")));
        return body();
    }

    /** The body of a create, in a cloud that was furnished. */
    String body() throws IOException {
        return """
                {"server": {"name": "load", "flavorRef": "load", "imageRef": "%s", "networks": "none"}}""".formatted(first(get("/image/v2/images?name=load"), "\"id\": ?\"([0-9a-f-]{36})\""));
    }

    /** The body of a GET. */
    String get(String path) throws IOException {
        return demand(connection.exchange(Connection.get(path, token)));
    }

    private String post(String path, String body) throws IOException {
        return demand(connection.exchange(Connection.bytes("POST", path, token, body)));
    }

    private static String demand(Connection.Answer answer) throws IOException {
        if (answer.status() >= 300) {
            throw new IOException("%d: %s".formatted(answer.status(), answer.body()));
        }
        return answer.body();
    }

    /** What {@code pattern} has in its group, where it is found first. */
    static String first(String text, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IOException("no %s in %s".formatted(pattern, text));
        }
        return matcher.group(1);
    }
}
