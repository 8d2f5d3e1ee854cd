package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Limits, quotas and usage, as projects and administrators see them. */
class QuotasApiTest extends OnEachDatabase {
    private static final String SET = "/os-quota-sets/" + CatalogueCloud.ANNS;

    private JsonNode get(String who, String version, String path, String name) {
        CatalogueCloud.Reply reply = cloud.get(who, version, path);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().path(name);
    }

    @Test
    void limits_show_the_fields_of_their_version_and_what_servers_use() {
        cloud.boot("ann", "one");
        JsonNode old = get("ann", "2.1", "/limits", "limits").path("absolute");
        assertThat(old.size()).isEqualTo(19);
        assertThat(get("ann", "2.36", "/limits", "limits").path("absolute").size())
                .isEqualTo(14);
        assertThat(get("ann", "2.39", "/limits", "limits").path("absolute").size())
                .isEqualTo(13);
        JsonNode now = get("ann", "2.57", "/limits", "limits").path("absolute");
        assertThat(now.size()).isEqualTo(11);
        assertThat(now.path("totalInstancesUsed").asInt()).isEqualTo(1);
        assertThat(now.path("totalRAMUsed").asInt()).isEqualTo(512);
        assertThat(now.path("maxTotalCores").asInt()).isEqualTo(20);
        assertThat(get("root", "2.1", "/limits?reserved=1&tenant_id=" + CatalogueCloud.ANNS, "limits")
                        .path("absolute")
                        .path("totalCoresUsed")
                        .asInt())
                .isEqualTo(1);
        assertThat(cloud.get("bob", "2.1", "/limits?tenant_id=" + CatalogueCloud.ANNS)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void quotas_are_shown_changed_and_given_back() {
        assertThat(get("ann", "2.1", SET, "quota_set").size()).isEqualTo(15);
        assertThat(get("ann", "2.36", SET, "quota_set").size()).isEqualTo(11);
        assertThat(get("ann", "2.57", SET, "quota_set").propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "cores",
                        "instances",
                        "ram",
                        "key_pairs",
                        "metadata_items",
                        "server_groups",
                        "server_group_members");
        assertThat(cloud.get("bob", "2.57", SET).status()).isEqualTo(403);
        assertThat(cloud.put("ann", "2.57", SET, "{\"quota_set\": {\"cores\": 99}}")
                        .status())
                .isEqualTo(403);
        JsonNode changed = cloud.put("root", "2.57", SET, "{\"quota_set\": {\"cores\": \"99\"}}")
                .json()
                .path("quota_set");
        assertThat(changed.path("cores").asInt()).isEqualTo(99);
        assertThat(changed.has("id")).isFalse();
        assertThat(get("ann", "2.57", SET + "/defaults", "quota_set")
                        .path("cores")
                        .asInt())
                .isEqualTo(20);
        assertThat(cloud.remove("root", "2.57", SET).status()).isEqualTo(202);
        assertThat(get("ann", "2.57", SET, "quota_set").path("cores").asInt()).isEqualTo(20);
        assertThat(cloud.put("root", "2.36", SET, "{\"quota_set\": {\"fixed_ips\": 1}}")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.put("root", "2.57", SET + "?user_id=ann", "{\"quota_set\": {}}")
                        .status())
                .isEqualTo(501);
        assertThat(cloud.get("root", "2.1", "/os-quota-sets/nobody").message())
                .isEqualTo("Project ID nobody is not a valid project.");
    }

    @Test
    void a_limit_is_not_set_below_what_is_used_unless_forced() {
        cloud.boot("ann", "one");
        String none = "{\"quota_set\": {\"instances\": 0}}";
        CatalogueCloud.Reply refused = cloud.put("root", "2.57", SET, none);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message())
                .isEqualTo("Quota limit 0 for instances must be greater than or equal to already used and reserved 1.");
        assertThat(get("ann", "2.57", SET, "quota_set").path("instances").asInt())
                .isEqualTo(10);
        assertThat(cloud.put("root", "2.57", SET, "{\"quota_set\": {\"instances\": 0, \"force\": \"true\"}}")
                        .status())
                .isEqualTo(200);
        JsonNode instances = get("ann", "2.57", SET + "/detail", "quota_set").path("instances");
        assertThat(instances.path("limit").asInt()).isZero();
        assertThat(instances.path("in_use").asInt()).isEqualTo(1);
        assertThat(cloud.put("root", "2.57", SET, "{\"quota_set\": {\"instances\": -1}}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void the_default_class_is_what_projects_have_who_have_no_other() {
        String path = "/os-quota-class-sets/default";
        assertThat(get("root", "2.1", path, "quota_class_set").size()).isEqualTo(13);
        assertThat(get("root", "2.50", path, "quota_class_set").size()).isEqualTo(11);
        assertThat(cloud.get("ann", "2.1", path).status()).isEqualTo(403);
        assertThat(cloud.put("root", "2.57", path, "{\"quota_class_set\": {\"cores\": 7}}")
                        .json()
                        .path("quota_class_set")
                        .path("cores")
                        .asInt())
                .isEqualTo(7);
        assertThat(get("ann", "2.57", SET, "quota_set").path("cores").asInt()).isEqualTo(7);
    }

    @Test
    void usage_counts_servers_that_are_there_and_those_that_are_gone() {
        String kept = cloud.boot("ann", "kept");
        String gone = cloud.boot("ann", "gone");
        cloud.boot("bob", "his");
        cloud.delete("ann", gone);
        String time = "start=2020-01-01T00:00:00&end=2100-01-01T00:00:00";
        JsonNode usage =
                get("ann", "2.1", "/os-simple-tenant-usage/" + CatalogueCloud.ANNS + "?" + time, "tenant_usage");
        List<String> states = usage.path("server_usages")
                .valueStream()
                .map(server -> server.path("instance_id").asString() + " "
                        + server.path("state").asString())
                .toList();
        assertThat(states).containsExactlyInAnyOrder(kept + " active", gone + " terminated");
        assertThat(usage.path("total_memory_mb_usage").asDouble())
                .isEqualTo(512 * usage.path("total_hours").asDouble());
        assertThat(usage.path("total_hours").asDouble()).isPositive();

        assertThat(get("root", "2.1", "/os-simple-tenant-usage?detailed=1&" + time, "tenant_usages")
                        .size())
                .isEqualTo(2);
        JsonNode past = get(
                "root",
                "2.1",
                "/os-simple-tenant-usage?start=2020-01-01T00:00:00&end=2021-01-01T00:00:00",
                "tenant_usages");
        assertThat(past.size()).isZero();
    }

    @Test
    void usage_is_paged_by_server_and_hides_other_projects() {
        cloud.boot("ann", "one");
        cloud.boot("ann", "two");
        String his = cloud.boot("bob", "his");
        String path = "/os-simple-tenant-usage/" + CatalogueCloud.ANNS + "?start=2020-01-01T00:00:00&limit=1";
        JsonNode first = cloud.get("ann", "2.40", path).json();
        assertThat(first.path("tenant_usage").path("server_usages").size()).isEqualTo(1);
        String next = first.path("tenant_usage_links").get(0).path("href").asString();
        assertThat(next).contains("marker=");
        assertThat(cloud.get("ann", "2.40", path + "&marker=" + his).status()).isEqualTo(400);
        assertThat(cloud.get("bob", "2.40", path).status()).isEqualTo(403);
        assertThat(cloud.get("ann", "2.40", "/os-simple-tenant-usage").status()).isEqualTo(403);
        assertThat(cloud.get("root", "2.40", "/os-simple-tenant-usage?start=nonsense")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.get("root", "2.40", "/os-simple-tenant-usage?start=2100-01-01T00:00:00")
                        .message())
                .isEqualTo("Invalid start time. The start time cannot occur after the end time.");
    }
}
