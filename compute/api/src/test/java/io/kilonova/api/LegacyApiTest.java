package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /v2}: what 2.1 answers, without microversions, and lenient with what it does not know. */
class LegacyApiTest {
    private static final String KEYPAIR = """
            {"keypair": {"name": "%s", "colour": "red"}, "more": 1}""";

    private CatalogueCloud cloud;

    @BeforeEach
    void start(@TempDir Path folder) {
        cloud = new CatalogueCloud(folder);
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void unknown_properties_pass_on_v2_and_are_refused_on_v2_1() {
        assertThat(cloud.sendTo("/v2/os-keypairs", "ann", "POST", KEYPAIR.formatted("old"))
                        .status())
                .isEqualTo(200);
        assertThat(cloud.sendTo("/v2.1/os-keypairs", "ann", "POST", KEYPAIR.formatted("new"))
                        .message())
                .contains("Additional properties are not allowed");
    }

    @Test
    void unknown_properties_of_a_server_pass_on_v2() {
        String body = """
                {"server": {"name": " a ", "flavorRef": "1", "imageRef": "%s", "networks": "none", "tags": 7}}""".formatted(cloud.imageId());
        assertThat(cloud.sendTo("/v2/servers", "ann", "POST", body.replace("\"none\"", "[]"))
                        .status())
                .isEqualTo(202);
        assertThat(cloud.sendTo("/v2.1/servers", "ann", "POST", body.replace("\"none\"", "[]"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void what_a_known_property_must_be_holds_on_v2_too() {
        assertThat(cloud.sendTo("/v2/os-keypairs", "ann", "POST", "{\"keypair\": {\"name\": 7}}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void routes_of_later_microversions_are_not_there_on_v2_whatever_a_header_says() {
        String id = cloud.boot("ann", "web");
        assertThat(cloud.sendTo(
                                "/v2/servers/" + id + "/tags",
                                "ann",
                                "GET",
                                "",
                                "OpenStack-API-Version",
                                "compute 2.26")
                        .status())
                .isEqualTo(404);
        assertThat(cloud.sendTo("/v2/os-networks", "ann", "GET", "").status())
                .isEqualTo(cloud.sendTo("/v2.1/os-networks", "ann", "GET", "").status());
        assertThat(cloud.sendTo("/v2/servers/" + id, "ann", "GET", "")
                        .json()
                        .path("server")
                        .has("description"))
                .isFalse();
    }
}
