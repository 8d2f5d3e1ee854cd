package io.kilonova.launcher;

import io.kilonova.configuration.PrivateFile;
import io.kilonova.errors.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A user's first server, over the public APIs alone: image, flavor, network, key pair, security group, server, and its
 * console until the guest says that it is ready. What is there from an earlier run is used again.
 */
final class Demonstration {
    /** The name of all that is made here. */
    static final String NAME = "kilonova-demo";

    private static final String IMAGE = "image";
    private static final String COMPUTE = "compute";
    private static final String NETWORK = "network";
    private static final byte[] QCOW2_MAGIC = {'Q', 'F', 'I', (byte) 0xfb};

    /** What our own guest says when it is up, and what most others say. */
    private static final Pattern READY = Pattern.compile("KILONOVA-GUEST-READY.*|.*\\blogin:.*");

    private final CloudClient cloud;
    private final Narrator narrator;
    private final Path state;
    private final Patience patience;

    Demonstration(CloudClient cloud, Narrator narrator, Path state, Patience patience) {
        this.cloud = cloud;
        this.narrator = narrator;
        this.state = state;
        this.patience = patience;
    }

    /** Makes everything, and answers the server's id when its guest is ready. */
    String run(Path imageFile) throws Exception {
        String image =
                narrator.step("image uploaded (%d MiB)".formatted(Files.size(imageFile) >> 20), () -> image(imageFile));
        String flavor = narrator.step("flavor made", this::flavor);
        String network = narrator.step("network and subnet made", this::network);
        narrator.step("key pair made", this::keyPair);
        narrator.step("security group opened for ping and SSH", this::securityGroupRules);
        String server = narrator.step("server requested", () -> server(image, flavor, network));
        narrator.step("server is ACTIVE", () -> patience.until("The server's build", () -> active(server)));
        narrator.say("  its console, as it boots:");
        narrator.step("the guest is ready", () -> watchConsole(server));
        return server;
    }

    /** Removes all that {@link #run} makes. What is not there is passed over. */
    void remove() throws Exception {
        narrator.step("server deleted", () -> {
            find(COMPUTE, "/v2.1/servers?name=" + NAME, "servers")
                    .ifPresent(id -> cloud.delete(COMPUTE, "/v2.1/servers/" + id));
            return patience.until("The server's deletion", this::serverGone);
        });
        narrator.step("network, key pair, flavor and image deleted", () -> {
            find(NETWORK, "/v2.0/networks?name=" + NAME, "networks")
                    .ifPresent(id -> cloud.delete(NETWORK, "/v2.0/networks/" + id));
            if (hasKeyPair()) {
                cloud.delete(COMPUTE, "/v2.1/os-keypairs/" + NAME);
            }
            find(COMPUTE, "/v2.1/flavors", "flavors").ifPresent(id -> cloud.delete(COMPUTE, "/v2.1/flavors/" + id));
            find(IMAGE, "/v2/images?name=" + NAME, "images").ifPresent(id -> cloud.delete(IMAGE, "/v2/images/" + id));
            return true;
        });
    }

    private String image(Path file) throws IOException {
        Optional<String> present = find(IMAGE, "/v2/images?status=active&name=" + NAME, "images");
        if (present.isPresent()) {
            return present.get();
        }
        ObjectNode body = CloudClient.object()
                .put("name", NAME)
                .put("disk_format", format(file))
                .put("container_format", "bare");
        String id = text(cloud.post(IMAGE, "/v2/images", body).path("id"));
        cloud.upload(IMAGE, "/v2/images/%s/file".formatted(id), file);
        return id;
    }

    private static String format(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return Arrays.equals(stream.readNBytes(QCOW2_MAGIC.length), QCOW2_MAGIC) ? "qcow2" : "raw";
        }
    }

    private String flavor() {
        return find(COMPUTE, "/v2.1/flavors", "flavors").orElseGet(() -> {
            ObjectNode body = CloudClient.object();
            body.putObject("flavor")
                    .put("name", NAME)
                    .put("vcpus", 1)
                    .put("ram", 256)
                    .put("disk", 1);
            return text(
                    cloud.post(COMPUTE, "/v2.1/flavors", body).path("flavor").path("id"));
        });
    }

    private String network() {
        Optional<String> present = find(NETWORK, "/v2.0/networks?name=" + NAME, "networks");
        if (present.isPresent()) {
            return present.get();
        }
        ObjectNode network = CloudClient.object();
        network.putObject("network").put("name", NAME);
        String id = text(
                cloud.post(NETWORK, "/v2.0/networks", network).path("network").path("id"));
        ObjectNode subnet = CloudClient.object();
        subnet.putObject("subnet")
                .put("name", NAME)
                .put("network_id", id)
                .put("ip_version", 4)
                .put("cidr", "10.99.0.0/24");
        cloud.post(NETWORK, "/v2.0/subnets", subnet);
        return id;
    }

    private boolean keyPair() throws IOException {
        if (hasKeyPair()) {
            return false;
        }
        ObjectNode body = CloudClient.object();
        body.putObject("keypair").put("name", NAME);
        JsonNode made = cloud.post(COMPUTE, "/v2.1/os-keypairs", body);
        PrivateFile.write(privateKey(), text(made.path("keypair").path("private_key")));
        return true;
    }

    private boolean hasKeyPair() {
        return cloud.get(COMPUTE, "/v2.1/os-keypairs")
                .path("keypairs")
                .valueStream()
                .anyMatch(item -> text(item.path("keypair").path("name")).equals(NAME));
    }

    /** Where the private key of the key pair stands. */
    Path privateKey() {
        return state.resolve(NAME + ".pem");
    }

    private boolean securityGroupRules() {
        String group = find(NETWORK, "/v2.0/security-groups?name=default", "security_groups", "default")
                .orElseThrow(() ->
                        LauncherError.API_REFUSED.with("GET", "/v2.0/security-groups", 200, "no group \"default\""));
        ObjectNode ping = CloudClient.object();
        ping.putObject("security_group_rule")
                .put("security_group_id", group)
                .put("direction", "ingress")
                .put("protocol", "icmp");
        ObjectNode shell = CloudClient.object();
        shell.putObject("security_group_rule")
                .put("security_group_id", group)
                .put("direction", "ingress")
                .put("protocol", "tcp")
                .put("port_range_min", 22)
                .put("port_range_max", 22);
        List.of(ping, shell).forEach(this::addRule);
        return true;
    }

    /** A rule that is there already is answered 409: that is what was wanted. */
    private void addRule(ObjectNode rule) {
        try {
            cloud.post(NETWORK, "/v2.0/security-group-rules", rule);
        } catch (ServiceException refused) {
            if (!refused.sentence().contains("was answered 409")) {
                throw refused;
            }
        }
    }

    private String server(String image, String flavor, String network) {
        Optional<String> present = find(COMPUTE, "/v2.1/servers?name=" + NAME, "servers");
        if (present.isPresent()) {
            return present.get();
        }
        ObjectNode body = CloudClient.object();
        ObjectNode server = body.putObject("server");
        server.put("name", NAME).put("imageRef", image).put("flavorRef", flavor).put("key_name", NAME);
        server.putArray("networks").addObject().put("uuid", network);
        return text(cloud.post(COMPUTE, "/v2.1/servers", body).path("server").path("id"));
    }

    private Optional<String> active(String id) {
        JsonNode server = cloud.get(COMPUTE, "/v2.1/servers/" + id).path("server");
        String status = text(server.path("status"));
        if (status.equals("ERROR")) {
            throw LauncherError.SERVER_FAILED.with(
                    status, text(server.path("fault").path("message")));
        }
        return status.equals("ACTIVE") ? Optional.of(id) : Optional.empty();
    }

    private Optional<Boolean> serverGone() {
        return find(COMPUTE, "/v2.1/servers?name=" + NAME, "servers").isEmpty() ? Optional.of(true) : Optional.empty();
    }

    private String watchConsole(String server) throws Exception {
        ConsoleTail tail = new ConsoleTail();
        ObjectNode question = CloudClient.object();
        question.putObject("os-getConsoleOutput");
        return patience.until("The guest's boot", () -> {
            JsonNode answer = cloud.post(COMPUTE, "/v2.1/servers/%s/action".formatted(server), question);
            String lines = tail.newLines(text(answer.path("output")));
            narrator.quote(lines);
            return lines.lines()
                    .map(String::strip)
                    .filter(line -> READY.matcher(line).matches())
                    .findFirst();
        });
    }

    private Optional<String> find(String service, String path, String list) {
        return find(service, path, list, NAME);
    }

    private Optional<String> find(String service, String path, String list, String name) {
        return cloud.get(service, path)
                .path(list)
                .valueStream()
                .filter(item -> text(item.path("name")).equals(name))
                .map(item -> text(item.path("id")))
                .findFirst();
    }

    private static String text(JsonNode node) {
        return node.stringValue("");
    }

    /** How often a server and its console are asked for, and for how long. */
    static Patience patience(Duration deadline) {
        return new Patience(Duration.ofMillis(300), deadline);
    }
}
