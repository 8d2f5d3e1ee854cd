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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A cloud moves from SQLite to PostgreSQL, and from one machine to many: what it had it has, and its guests never notice. */
class MovedCloudTest {
    @TempDir
    private Path folder;

    @Test
    void a_cloud_moves_to_postgresql_and_to_many_machines_with_all_that_it_has_and_its_guests_run_on()
            throws Exception {
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
            String database = PostgresqlServer.shared().freshDatabase().url().substring("jdbc:".length());
            cloud.configure("[database]%nconnection = %s%n".formatted(database));
            assertThat(cloud.run("import", file.toString())).as(cloud.log()).isZero();

            isOneOfMany(database, before);
        }
    }

    /** The same state directory and database, by controllers from now on; the machine is a node under the name that it had. */
    private void isOneOfMany(String database, JsonNode before) throws Exception {
        String host = before.path("OS-EXT-SRV-ATTR:host").stringValue();
        try (Cluster cluster = new Cluster(folder, database, Program.ofThisBuild())) {
            int gate = Cluster.freePort();
            String address = cluster.controller("controller", gate).start();
            ClusterMember node = cluster.node(host, gate, 0);
            keepTheGuestsOf(host, cluster.stateOf(host));
            node.start();
            try (CloudApi api = cluster.signIn(address)) {
                Cluster.awaitHosts(api, 1);
                assertThat(server(api, id(before))).isEqualTo(before);
                assertThat(cluster.census().get(host)).singleElement().satisfies(guest -> {
                    assertThat(guest.id()).isEqualTo(id(before));
                    assertThat(guest.boots()).isEqualTo(1);
                });
                api.post("/compute/v2.1/servers/%s/action".formatted(id(before)), "{\"os-stop\": null}")
                        .orFail();
                awaitStatus(api, id(before), "SHUTOFF");
                api.delete("/compute/v2.1/servers/" + id(before)).orFail();
                await().atMost(Duration.ofSeconds(30))
                        .until(() ->
                                api.get("/compute/v2.1/servers").path("servers").isEmpty());
                assertThat(cluster.census().get(host)).isEmpty();
            }
        }
    }

    /** Real guests are libvirt's, whoever asks for them; those of a fake host are in its journal. */
    private void keepTheGuestsOf(String host, Path node) throws IOException {
        Path fake = Files.createDirectories(node.resolve("fake"));
        try (Stream<Path> files = Files.list(folder.resolve("state/fake"))) {
            for (Path file : files.filter(file -> file.getFileName().toString().startsWith(host + "."))
                    .toList()) {
                Files.copy(file, fake.resolve(file.getFileName()));
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
