package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.storage.PostgresqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A cloud moves from SQLite to PostgreSQL: what it had it has, and its guests never notice. */
class MovedCloudTest {
    @TempDir
    private Path folder;

    @Test
    void a_cloud_moves_to_postgresql_with_all_that_it_has_and_its_guests_run_on() throws Exception {
        try (CloudProcess cloud = new CloudProcess(folder)) {
            cloud.start();
            JsonNode before;
            try (CloudApi api = CloudApi.signIn(cloud.awaitServing(), cloud.password())) {
                before = boot(api);
            }
            cloud.close();
            Path file = folder.resolve("cloud.kilonova");

            assertThat(cloud.run("export", file.toString())).as(cloud.log()).isZero();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(cloud.run("import", file.toString())).isEqualTo(1);
            assertThat(cloud.log()).contains("The database is in use already.");
            cloud.configure("[database]%nconnection = %s%n"
                    .formatted(PostgresqlServer.shared().freshDatabase().url().substring("jdbc:".length())));
            assertThat(cloud.run("import", file.toString())).as(cloud.log()).isZero();

            cloud.start();
            try (CloudApi api = CloudApi.signIn(cloud.awaitServing(), cloud.password())) {
                assertThat(server(api, id(before))).isEqualTo(before);
                api.post("/compute/v2.1/servers/%s/action".formatted(id(before)), "{\"os-stop\": null}")
                        .orFail();
                awaitStatus(api, id(before), "SHUTOFF");
                api.delete("/compute/v2.1/servers/" + id(before)).orFail();
                await().atMost(Duration.ofSeconds(30))
                        .until(() ->
                                api.get("/compute/v2.1/servers").path("servers").isEmpty());
            }
        }
    }

    private static JsonNode boot(CloudApi api) throws IOException {
        api.post("/compute/v2.1/flavors", """
                        {"flavor": {"id": "small", "name": "small", "ram": 64, "vcpus": 1, "disk": 0}}""").orFail();
        String image = api.post("/image/v2/images", """
                        {"name": "guest", "disk_format": "raw", "container_format": "bare"}""").orFail().path("id").stringValue();
        api.upload("/image/v2/images/%s/file".formatted(image), new byte[1024]);
        String id = id(
                api.post("/compute/v2.1/servers", """
                        {"server": {"name": "moved", "flavorRef": "small", "imageRef": "%s", "networks": "none"}}""".formatted(image)).orFail().path("server"));
        awaitStatus(api, id, "ACTIVE");
        return server(api, id);
    }

    private static void awaitStatus(CloudApi api, String id, String status) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> server(api, id).path("status").stringValue().equals(status));
    }

    private static JsonNode server(CloudApi api, String id) throws IOException {
        JsonNode server = api.get("/compute/v2.1/servers/" + id).path("server");
        // The address in its links is that of the process.
        return ((ObjectNode) server).without(List.of("links", "flavor", "image"));
    }

    private static String id(JsonNode server) {
        return server.path("id").stringValue();
    }
}
