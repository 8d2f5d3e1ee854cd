package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.Secret;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Options as an operator notices them: a whole cloud is started with each, and asked through its APIs. */
class OptionsAtWorkTest {
    @TempDir
    private Path folder;

    /** What is done with a cloud and its administrator. */
    private interface Visit {
        void with(CloudClient admin) throws Exception;
    }

    private void cloud(Map<String, String> environment, Visit visit) throws Exception {
        Map<String, String> all = new HashMap<>(environment);
        all.put("KILONOVA_HTTP_LISTEN", "127.0.0.1:0");
        all.put("KILONOVA_COMPUTE_DRIVER", "fake");
        all.put("KILONOVA_STATE_PATH", folder.resolve("state").toString());
        Configuration configuration = Configuration.read(KilonovaOptions.all(), Optional.empty(), all);
        StateDirectory state = StateDirectory.open(folder.resolve("state"));
        try (Cloud cloud = Cloud.start(configuration, state);
                CloudClient admin = new CloudClient(URI.create(cloud.url(configuration) + "/identity"))) {
            admin.signIn(
                    "admin",
                    Secret.of(Files.readString(folder.resolve("state/admin-password"))
                            .strip()));
            visit.with(admin);
        }
    }

    @Test
    void a_policy_file_stands_in_the_place_of_the_default_policies() throws Exception {
        Path rules = Files.writeString(
                folder.resolve("policy.yaml"), "\"os_compute_api:os-keypairs:index\": \"role:auditor\"\n");

        cloud(Map.of("KILONOVA_OSLO_POLICY_POLICY_FILE", rules.toString()), admin -> {
            assertThatThrownBy(() -> admin.get("compute", "/v2.1/os-keypairs"))
                    .hasMessageContaining("403")
                    .hasMessageContaining("os_compute_api:os-keypairs:index");
            assertThat(admin.get("compute", "/v2.1/servers").has("servers")).isTrue();
        });
    }

    @Test
    void a_policy_file_with_a_mistake_stops_the_start() throws Exception {
        Path rules = Files.writeString(folder.resolve("policy.yaml"), "\"a\": \"rule:nobody\"\n");

        assertThatThrownBy(() -> cloud(Map.of("KILONOVA_OSLO_POLICY_POLICY_FILE", rules.toString()), admin -> {}))
                .hasMessageContaining(rules.toString())
                .hasMessageContaining("nobody");
    }

    @Test
    void processors_that_are_reserved_are_not_for_guests() throws Exception {
        cloud(Map.of("KILONOVA_RESERVED_HOST_CPUS", "3"), admin -> {
            JsonNode providers = admin.get("placement", "/resource_providers").path("resource_providers");
            String first = providers.get(0).path("uuid").asString();
            assertThat(admin.get("placement", "/resource_providers/" + first + "/inventories/VCPU")
                            .path("reserved")
                            .asInt())
                    .isEqualTo(3);
        });
    }

    @Test
    void a_zone_for_servers_that_name_none_is_theirs() throws Exception {
        cloud(Map.of("KILONOVA_DEFAULT_SCHEDULE_ZONE", "mars"), admin -> {
            ObjectNode server = server(admin);
            assertThatThrownBy(() -> admin.post("compute", "/v2.1/servers", server))
                    .hasMessageContaining("400")
                    .hasMessageContaining("availability zone");
            server.withObject("server").put("availability_zone", "nova");
            assertThat(admin.post("compute", "/v2.1/servers", server)
                            .path("server")
                            .path("id")
                            .asString())
                    .isNotEmpty();
        });
    }

    @Test
    void a_build_has_the_deadline_that_was_chosen() throws Exception {
        cloud(Map.of("KILONOVA_INSTANCE_BUILD_TIMEOUT", "77"), admin -> {
            String id = admin.post("compute", "/v2.1/servers", server(admin))
                    .path("server")
                    .path("id")
                    .asString();
            await().until(() -> admin.get("compute", "/v2.1/servers/" + id)
                    .path("server")
                    .path("status")
                    .asString()
                    .equals("ACTIVE"));
            try (Connection database =
                            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state/kilonova.db"));
                    Statement statement = database.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT deadline_at - accepted_at FROM operations_ended"
                            + " WHERE operation = 'build_server'")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getLong(1)).isEqualTo(77_000);
            }
        });
    }

    private ObjectNode server(CloudClient admin) throws Exception {
        ObjectNode image = CloudClient.object();
        image.put("name", "disk").put("disk_format", "raw").put("container_format", "bare");
        String imageId = admin.post("image", "/v2/images", image).path("id").asString();
        admin.upload("image", "/v2/images/" + imageId + "/file", Files.write(folder.resolve("disk"), new byte[4096]));
        ObjectNode flavor = CloudClient.object();
        flavor.putObject("flavor")
                .put("name", "tiny")
                .put("vcpus", 1)
                .put("ram", 64)
                .put("disk", 1);
        String flavorId = admin.post("compute", "/v2.1/flavors", flavor)
                .path("flavor")
                .path("id")
                .asString();
        ObjectNode server = CloudClient.object();
        server.putObject("server")
                .put("name", "web")
                .put("flavorRef", flavorId)
                .put("imageRef", imageId)
                .putArray("networks");
        return server;
    }
}
