package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class GroupsAndAggregatesApiTest {
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

    private String group(String version, String json) {
        CatalogueCloud.Reply reply =
                cloud.post("ann", version, "/os-server-groups", "{\"server_group\": %s}".formatted(json));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().path("server_group").path("id").asString();
    }

    @Test
    void a_group_is_shown_as_each_version_knows_it() {
        String id = group("2.1", "{\"name\": \"apart\", \"policies\": [\"anti-affinity\"]}");

        JsonNode old = cloud.get("ann", "2.1", "/os-server-groups/" + id).json().path("server_group");
        assertThat(old.path("policies").path(0).asString()).isEqualTo("anti-affinity");
        assertThat(old.has("metadata")).isTrue();
        assertThat(old.has("project_id")).isFalse();
        assertThat(cloud.get("ann", "2.13", "/os-server-groups/" + id)
                        .json()
                        .path("server_group")
                        .path("project_id")
                        .asString())
                .isEqualTo(CatalogueCloud.ANNS);
        JsonNode latest =
                cloud.get("ann", "2.64", "/os-server-groups/" + id).json().path("server_group");
        assertThat(latest.path("policy").asString()).isEqualTo("anti-affinity");
        assertThat(latest.path("rules")).isEmpty();
        assertThat(latest.has("policies")).isFalse();
        assertThat(latest.has("metadata")).isFalse();
    }

    @Test
    void soft_policies_came_with_2_15_and_rules_with_2_64() {
        String soft = "{\"name\": \"n\", \"policies\": [\"soft-affinity\"]}";
        assertThat(cloud.post("ann", "2.14", "/os-server-groups", "{\"server_group\": %s}".formatted(soft))
                        .status())
                .isEqualTo(400);
        group("2.15", soft);
        String ruled = group(
                "2.64", "{\"name\": \"n\", \"policy\": \"anti-affinity\", \"rules\": {\"max_server_per_host\": 2}}");
        assertThat(cloud.get("ann", "2.64", "/os-server-groups/" + ruled)
                        .json()
                        .path("server_group")
                        .path("rules")
                        .path("max_server_per_host")
                        .asInt())
                .isEqualTo(2);
        CatalogueCloud.Reply refused = cloud.post("ann", "2.64", "/os-server-groups", """
                {"server_group": {"name": "n", "policy": "affinity", "rules": {"max_server_per_host": 2}}}""");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains("anti-affinity");
    }

    @Test
    void another_projects_group_is_not_there() {
        String id = group("2.64", "{\"name\": \"mine\", \"policy\": \"affinity\"}");

        assertThat(cloud.get("bob", "2.64", "/os-server-groups/" + id).status()).isEqualTo(404);
        assertThat(cloud.remove("bob", "2.64", "/os-server-groups/" + id).status())
                .isEqualTo(404);
        assertThat(cloud.get("bob", "2.64", "/os-server-groups?all_projects=1")
                        .json()
                        .path("server_groups"))
                .isEmpty();
        assertThat(create("bob", id, 1).status()).isEqualTo(400);
        assertThat(cloud.get("root", "2.64", "/os-server-groups?all_projects=1")
                        .json()
                        .path("server_groups"))
                .hasSize(1);
        assertThat(cloud.remove("ann", "2.64", "/os-server-groups/" + id).status())
                .isEqualTo(204);
    }

    @Test
    void the_quota_bounds_groups_and_members() {
        for (int number = 0; number < 10; number++) {
            group("2.64", "{\"name\": \"n\", \"policy\": \"soft-affinity\"}");
        }
        CatalogueCloud.Reply eleventh = cloud.post(
                "ann", "2.64", "/os-server-groups", "{\"server_group\": {\"name\": \"n\", \"policy\": \"affinity\"}}");
        assertThat(eleventh.status()).isEqualTo(403);

        String id = cloud.get("ann", "2.64", "/os-server-groups?limit=1&offset=3")
                .json()
                .path("server_groups")
                .path(0)
                .path("id")
                .asString();
        cloud.put("root", "2.1", "/os-quota-sets/" + CatalogueCloud.ANNS, """
                {"quota_set": {"server_group_members": 1}}""");
        assertThat(create("ann", id, 2).status()).isEqualTo(403);
        assertThat(create("ann", id, 1).status()).isEqualTo(202);
    }

    private CatalogueCloud.Reply create(String who, String group, int count) {
        String image = cloud.imageId();
        return cloud.post(who, "2.64", "/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s", "networks": "none", "min_count": %d},
                 "os:scheduler_hints": {"group": "%s"}}""".formatted(image, count, group));
    }

    @Test
    void anti_affinity_fills_each_host_once_and_then_says_no() {
        String id = group("2.64", "{\"name\": \"apart\", \"policy\": \"anti-affinity\"}");
        for (int number = 0; number < 3; number++) {
            assertThat(create("ann", id, 1).status()).isEqualTo(202);
            await().until(() -> statuses().noneMatch("BUILD"::equals));
        }

        assertThat(statuses()).containsExactlyInAnyOrder("ACTIVE", "ACTIVE", "ERROR");
        JsonNode members = cloud.get("ann", "2.64", "/os-server-groups/" + id)
                .json()
                .path("server_group")
                .path("members");
        assertThat(members).hasSize(3);
        String server = members.path(0).asString();
        assertThat(cloud.get("ann", "2.71", "/servers/" + server)
                        .json()
                        .path("server")
                        .path("server_groups")
                        .path(0)
                        .asString())
                .isEqualTo(id);
        cloud.delete("ann", server);
        assertThat(cloud.get("ann", "2.64", "/os-server-groups/" + id)
                        .json()
                        .path("server_group")
                        .path("members"))
                .hasSize(2);
    }

    private java.util.stream.Stream<String> statuses() {
        return cloud.get("ann", "2.1", "/servers/detail")
                .json()
                .path("servers")
                .valueStream()
                .map(server -> server.path("status").asString());
    }

    private String aggregate(String json) {
        CatalogueCloud.Reply reply =
                cloud.post("root", "2.41", "/os-aggregates", "{\"aggregate\": %s}".formatted(json));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.json().path("aggregate").has("hosts")).isFalse();
        return "/os-aggregates/" + reply.json().path("aggregate").path("id").asLong();
    }

    @Test
    void an_aggregate_with_a_zone_moves_its_hosts_there_and_servers_follow() {
        String east = aggregate("{\"name\": \"east\", \"availability_zone\": \"east\"}");
        assertThat(cloud.post("root", "2.1", east + "/action", "{\"add_host\": {\"host\": \"fake-0002\"}}")
                        .json()
                        .path("aggregate")
                        .path("hosts")
                        .path(0)
                        .asString())
                .isEqualTo("fake-0002");
        assertThat(cloud.get("ann", "2.1", "/os-availability-zone").text()).contains("\"east\"");

        CatalogueCloud.Reply made = cloud.post("root", "2.37", "/servers", """
                {"server": {"name": "s", "flavorRef": "1", "imageRef": "%s", "networks": "none", "availability_zone": "east"}}""".formatted(cloud.imageId()));
        String server = made.json().path("server").path("id").asString();
        await().until(() -> shown(server).path("status").asString().equals("ACTIVE"));
        assertThat(shown(server).path("OS-EXT-SRV-ATTR:host").asString()).isEqualTo("fake-0002");

        String west = aggregate("{\"name\": \"west\", \"availability_zone\": \"west\"}");
        assertThat(cloud.post("root", "2.1", west + "/action", "{\"add_host\": {\"host\": \"fake-0002\"}}")
                        .status())
                .as("a host is in one zone")
                .isEqualTo(409);
        assertThat(cloud.put("root", "2.1", east, "{\"aggregate\": {\"availability_zone\": \"south\"}}")
                        .status())
                .as("its servers were told that they are in the east")
                .isEqualTo(409);
        assertThat(cloud.remove("root", "2.1", east).status()).isEqualTo(400);
    }

    private JsonNode shown(String server) {
        return cloud.get("root", "2.1", "/servers/" + server).json().path("server");
    }

    @Test
    void bad_requests_about_aggregates_get_their_sentence() {
        String one = aggregate("{\"name\": \"one\"}");

        assertThat(cloud.post("root", "2.1", "/os-aggregates", "{\"aggregate\": {\"name\": \"one\"}}")
                        .status())
                .isEqualTo(409);
        assertThat(cloud.get("root", "2.1", "/os-aggregates/77").status()).isEqualTo(404);
        assertThat(cloud.get("root", "2.1", "/os-aggregates/x").status()).isEqualTo(400);
        assertThat(cloud.get("ann", "2.1", one).status()).isEqualTo(403);
        assertThat(cloud.post("root", "2.1", one + "/action", "{\"add_host\": {\"host\": \"none\"}}")
                        .status())
                .isEqualTo(404);
        assertThat(cloud.post("root", "2.1", one + "/action", "{\"remove_host\": {\"host\": \"fake-0001\"}}")
                        .status())
                .isEqualTo(404);
        cloud.post("root", "2.1", one + "/action", "{\"add_host\": {\"host\": \"fake-0001\"}}");
        assertThat(cloud.post("root", "2.1", one + "/action", "{\"add_host\": {\"host\": \"fake-0001\"}}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void metadata_is_merged_and_null_removes() {
        String one = aggregate("{\"name\": \"one\"}");
        cloud.post("root", "2.1", one + "/action", "{\"set_metadata\": {\"metadata\": {\"a\": \"1\", \"b\": \"2\"}}}");
        JsonNode aggregate = cloud.post(
                        "root", "2.1", one + "/action", "{\"set_metadata\": {\"metadata\": {\"a\": null}}}")
                .json()
                .path("aggregate");

        assertThat(aggregate.path("metadata").toString()).isEqualTo("{\"b\":\"2\"}");
        assertThat(aggregate.has("uuid")).isFalse();
        assertThat(cloud.get("root", "2.41", one).json().path("aggregate").has("uuid"))
                .isTrue();
        assertThat(cloud.remove("root", "2.1", one).status()).isEqualTo(200);
    }
}
