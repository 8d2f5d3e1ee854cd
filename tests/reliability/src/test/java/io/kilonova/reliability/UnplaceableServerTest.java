package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A server for which there is no host says why, and holds nothing. */
class UnplaceableServerTest {
    @TempDir
    private Path folder;

    @Test
    void a_server_without_a_host_keeps_the_decision_and_tells_its_owner_in_the_fault() throws Exception {
        try (CloudProcess cloud = new CloudProcess(folder)) {
            cloud.start();
            try (CloudApi api = CloudApi.signIn(cloud.awaitServing(), cloud.password())) {
                api.put("/compute/v2.1/os-quota-sets/" + api.project(), """
                                {"quota_set": {"instances": -1, "cores": -1, "ram": -1}}""").orFail();
                api.post("/compute/v2.1/flavors", """
                                {"flavor": {"id": "huge", "name": "huge", "ram": 2147483647, "vcpus": 1, "disk": 0}}""").orFail();
                String image =
                        api.post("/image/v2/images", """
                                {"name": "guest", "disk_format": "raw", "container_format": "bare"}""").orFail().path("id").stringValue();
                api.upload("/image/v2/images/%s/file".formatted(image), new byte[1024]);
                String server = api.post("/compute/v2.1/servers", """
                                {"server": {"name": "huge", "flavorRef": "huge", "imageRef": "%s", "networks": "none"}}""".formatted(image))
                        .orFail()
                        .path("server")
                        .path("id")
                        .stringValue();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> !status(api, server).equals("BUILD"));

                JsonNode shown = api.get("/compute/v2.1/servers/" + server).path("server");
                assertThat(shown.path("status").stringValue()).isEqualTo("ERROR");
                assertThat(api.metrics())
                        .containsPattern("kilonova_scheduler_rejections_total\\{check=\"[a-z_]+\"} [1-9]")
                        .containsPattern(
                                "kilonova_operation_step_seconds_count\\{operation=\"build_server\",outcome=\"failed\",step=\"place\"")
                        .containsPattern(
                                "kilonova_operation_seconds_count\\{operation=\"build_server\",outcome=\"failed\"} 1")
                        .containsPattern("kilonova_database_rollbacks_total")
                        .contains("kilonova_operations_accepted_total 1.0");
                StoredState stored = new StoredState(cloud.state());
                List<String> sentences = stored.column("SELECT tenant_sentence FROM placement_decisions");
                assertThat(sentences).hasSize(1);
                assertThat(shown.path("fault").path("message").stringValue())
                        .startsWith("No valid host was found.")
                        .endsWith(sentences.getFirst());
                assertThat(sentences.getFirst()).doesNotContain("fake-00");
                assertThat(stored.column("SELECT report FROM placement_decisions")
                                .getFirst())
                        .contains("fake-00");
                assertThat(stored.column("SELECT host FROM placement_decisions"))
                        .containsExactly("null");
                assertThat(stored.wrongs()).isEmpty();
                assertThat(stored.number("SELECT count(*) FROM placement_allocations"))
                        .isZero();
            }
        }
    }

    private static String status(CloudApi api, String server) throws java.io.IOException {
        return api.get("/compute/v2.1/servers/" + server)
                .path("server")
                .path("status")
                .stringValue();
    }
}
