package io.kilonova.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What users ask of a cloud most, by several at once and often enough that Java knows what is worth compiling. */
final class Rehearsal {
    private static final String COMPUTE = "compute";
    private static final String SERVERS = "/v2.1/servers";

    /** So many rounds of each user: where the time that the first thousand servers take no longer falls. */
    private static final int ROUNDS = 100;

    private static final int USERS = 4;
    private static final int READS_A_ROUND = 4;
    private static final Patience PATIENCE = new Patience(Duration.ofMillis(50), Duration.ofMinutes(2));

    private final CloudClient cloud;
    private final Path folder;

    /** With a client that has signed in as administrator; files are written to {@code folder}. */
    Rehearsal(CloudClient cloud, Path folder) {
        this.cloud = cloud;
        this.folder = folder;
    }

    /** Makes servers, reads and lists them, and deletes them all; says how many they were. */
    int run() throws Exception {
        ObjectNode server = server(image(), flavor());
        liftQuota();
        List<Future<List<String>>> users = new ArrayList<>();
        List<String> made = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(USERS)) {
            for (int user = 0; user < USERS; user++) {
                users.add(executor.submit(() -> makeAndRead(server)));
            }
            for (Future<List<String>> user : users) {
                made.addAll(user.get());
            }
        }
        PATIENCE.until("The building of all servers", () -> none("?status=BUILD&limit=1"));
        made.forEach(id -> cloud.delete(COMPUTE, SERVERS + "/" + id));
        PATIENCE.until("The deletion of all servers", () -> none("?limit=1"));
        return made.size();
    }

    private List<String> makeAndRead(ObjectNode server) {
        List<String> made = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            String id = cloud.post(COMPUTE, SERVERS, server)
                    .path("server")
                    .path("id")
                    .stringValue("");
            made.add(id);
            for (int read = 0; read < READS_A_ROUND; read++) {
                JsonNode unused = cloud.get(COMPUTE, SERVERS + "/" + id);
            }
            JsonNode unused = cloud.get(COMPUTE, SERVERS + "/detail?limit=20");
        }
        return made;
    }

    private Optional<Boolean> none(String query) {
        return cloud.get(COMPUTE, SERVERS + query).path("servers").isEmpty() ? Optional.of(true) : Optional.empty();
    }

    private void liftQuota() {
        ObjectNode body = CloudClient.object();
        body.putObject("quota_set").put("instances", -1).put("cores", -1).put("ram", -1);
        JsonNode unused = cloud.put(COMPUTE, "/v2.1/os-quota-sets/" + cloud.project(), body);
    }

    private String flavor() {
        ObjectNode body = CloudClient.object();
        body.putObject("flavor")
                .put("name", "rehearsal")
                .put("vcpus", 1)
                .put("ram", 64)
                .put("disk", 0);
        return cloud.post(COMPUTE, "/v2.1/flavors", body)
                .path("flavor")
                .path("id")
                .stringValue("");
    }

    private String image() throws IOException {
        ObjectNode body = CloudClient.object()
                .put("name", "rehearsal")
                .put("disk_format", "raw")
                .put("container_format", "bare");
        String id = cloud.post("image", "/v2/images", body).path("id").stringValue("");
        Path file = Files.write(folder.resolve("rehearsal.raw"), new byte[1024]);
        cloud.upload("image", "/v2/images/%s/file".formatted(id), file);
        return id;
    }

    private static ObjectNode server(String image, String flavor) {
        ObjectNode body = CloudClient.object();
        body.putObject("server").put("name", "rehearsal").put("imageRef", image).put("flavorRef", flavor);
        return body;
    }
}
