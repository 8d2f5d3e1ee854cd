package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What operators see of the work that goes on. */
class OperationsApiTest {
    @TempDir
    private Path folder;

    private CatalogueCloud cloud;

    @BeforeEach
    void start() {
        cloud = new CatalogueCloud(folder);
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private JsonNode ended(String parameters) {
        CatalogueCloud.Reply reply = cloud.get("root", "2.104", "/operations?state=ended" + parameters);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json();
    }

    @Test
    void operators_see_what_was_done_in_pages_and_tenants_see_nothing_of_it() {
        cloud.boot("ann", "one");
        cloud.boot("ann", "one");
        Awaitility.await().until(() -> ended("").path("operations").size() == 2);
        JsonNode first = ended("&limit=1");
        JsonNode newest = first.path("operations").get(0);
        assertThat(newest.path("operation").asString()).isEqualTo("build_server");
        assertThat(newest.path("phase").asString()).isEqualTo("succeeded");
        assertThat(newest.path("step").asString()).isEqualTo("spawn");
        assertThat(newest.path("ended_at").isNull()).isFalse();
        assertThat(first.path("operations_links").get(0).path("href").asString())
                .contains("/operations?")
                .contains("marker=" + newest.path("id").asString());
        JsonNode second = ended("&limit=1&marker=" + newest.path("id").asString());
        assertThat(second.path("operations").get(0).path("id").asString())
                .isNotEqualTo(newest.path("id").asString());
        assertThat(cloud.get("root", "2.1", "/operations/" + newest.path("id").asString())
                        .json()
                        .path("operation")
                        .path("subject")
                        .asString())
                .isEqualTo(newest.path("subject").asString());
        assertThat(cloud.get("ann", "2.104", "/operations").status()).isEqualTo(403);
        assertThat(cloud.get("ann", "2.104", "/operations/" + newest.path("id").asString())
                        .status())
                .isEqualTo(403);
    }

    @Test
    void bad_questions_get_clear_answers() {
        assertThat(cloud.get("root", "2.104", "/operations?state=lost").status())
                .isEqualTo(400);
        assertThat(cloud.get("root", "2.104", "/operations?limit=0").status()).isEqualTo(400);
        assertThat(cloud.get("root", "2.104", "/operations?marker=none").status())
                .isEqualTo(400);
        assertThat(cloud.get("root", "2.104", "/operations/none").status()).isEqualTo(404);
    }
}
