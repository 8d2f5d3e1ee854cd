package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Which servers a list shows: filters, order, pages, and servers that are gone. */
class ServerListTest extends OnEachDatabase {
    private static final String LATEST = "2.104";

    private List<String> names(String who, String version, String query) {
        CatalogueCloud.Reply reply = cloud.get(who, version, "/servers" + query);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return StreamSupport.stream(reply.json().path("servers").spliterator(), false)
                .map(server -> server.path("name").asString())
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void a_name_is_an_expression_whatever_its_case() {
        cloud.boot("ann", "web-1");
        cloud.boot("ann", "web-22");
        cloud.boot("ann", "Data_1");

        assertThat(names("ann", "2.1", "?name=web")).containsExactly("web-22", "web-1");
        assertThat(names("ann", "2.1", "?name=" + encoded("^WEB-.$"))).containsExactly("web-1");
        assertThat(names("ann", "2.1", "?name=" + encoded("^web-[0-9]{2}$"))).containsExactly("web-22");
        assertThat(names("ann", "2.1", "?name=" + encoded("(data|none)_"))).containsExactly("Data_1");
        assertThat(names("ann", "2.1", "?name=" + encoded("a_1"))).containsExactly("Data_1");
        assertThat(names("ann", "2.1", "?name=" + encoded("%"))).isEmpty();
        assertThat(cloud.get("ann", "2.1", "/servers?name=" + encoded("(")).status())
                .isEqualTo(400);
    }

    @Test
    void an_expression_that_backtracks_without_end_is_given_up() {
        cloud.boot("ann", "a".repeat(200));
        assertThat(names("ann", "2.1", "?name=" + encoded("(a+)+b"))).isEmpty();
    }

    @Test
    void pages_of_an_expression_follow_each_other() {
        for (int number = 1; number <= 5; number++) {
            cloud.boot("ann", "n" + number);
        }
        String query = "?limit=2&sort_key=display_name&sort_dir=asc&name=" + encoded("n[1345]");
        JsonNode first = cloud.get("ann", "2.1", "/servers" + query).json();
        assertThat(names("ann", "2.1", query)).containsExactly("n1", "n3");
        String next = first.path("servers_links").path(0).path("href").asString();
        assertThat(names("ann", "2.1", next.substring(next.indexOf('?')))).containsExactly("n4", "n5");
    }

    @Test
    void tags_are_compared_as_they_are_written() {
        String one = cloud.boot("ann", "one");
        String two = cloud.boot("ann", "two");
        cloud.put("ann", "2.26", "/servers/" + one + "/tags", "{\"tags\": [\"red\", \"blue\"]}");
        cloud.put("ann", "2.26", "/servers/" + two + "/tags", "{\"tags\": [\"Red\"]}");

        assertThat(names("ann", "2.26", "?tags=red,blue")).containsExactly("one");
        assertThat(names("ann", "2.26", "?tags-any=blue,Red")).containsExactly("two", "one");
        assertThat(names("ann", "2.26", "?not-tags=red")).containsExactly("two");
        assertThat(names("ann", "2.26", "?not-tags-any=blue,Red")).isEmpty();
    }

    @Test
    void an_administrator_filters_by_what_tenants_may_not() {
        String one = cloud.boot("ann", "one");
        cloud.boot("ann", "two");
        String pair = """
                {"tier": "a \\"b\\""}""";
        cloud.put("ann", "2.1", "/servers/" + one + "/metadata", "{\"metadata\": " + pair + "}");
        String metadata = encoded(pair);

        assertThat(names("root", "2.1", "?all_tenants=1&metadata=" + metadata)).containsExactly("one");
        assertThat(names("ann", "2.1", "?metadata=" + metadata)).hasSize(2);
        assertThat(names("root", "2.1", "?all_tenants=1&tenant_id=" + CatalogueCloud.ANNS))
                .hasSize(2);
        assertThat(names("root", "2.1", "?tenant_id=" + CatalogueCloud.ANNS)).isEmpty();
        assertThat(names("root", "2.1", "?all_tenants=1&kernel_id=x")).isEmpty();
        assertThat(names("root", "2.1", "?all_tenants=1&root_device_name=vda")).hasSize(2);
        assertThat(cloud.get("root", "2.1", "/servers?metadata=red").status()).isEqualTo(400);
    }

    @Test
    void times_are_days_or_seconds() {
        cloud.boot("ann", "one");
        String created = cloud.get("ann", "2.1", "/servers/detail")
                .json()
                .path("servers")
                .path(0)
                .path("created")
                .asString();

        assertThat(names("ann", "2.83", "?created_at=" + created)).hasSize(1);
        assertThat(names(
                        "ann",
                        "2.83",
                        "?launched_at=" + Instant.now().toString().substring(0, 10)))
                .hasSize(1);
        assertThat(names("ann", "2.83", "?created_at=2001-01-01")).isEmpty();
        assertThat(cloud.get("ann", "2.83", "/servers?created_at=soon").status())
                .isEqualTo(400);
        assertThat(names("ann", "2.82", "?created_at=2001-01-01"))
                .as("not a tenant's filter before 2.83")
                .hasSize(1);
    }

    @Test
    void servers_that_are_gone_are_among_changes_and_are_shown_to_administrators() {
        Instant before = Instant.now().minus(Duration.ofMinutes(1)).truncatedTo(ChronoUnit.SECONDS);
        cloud.boot("ann", "stays");
        cloud.delete("ann", cloud.boot("ann", "goes"));

        assertThat(names("ann", LATEST, "")).containsExactly("stays");
        assertThat(names("ann", LATEST, "?changes-since=" + before)).containsExactlyInAnyOrder("goes", "stays");
        assertThat(names("bob", LATEST, "?changes-since=" + before)).isEmpty();
        assertThat(names("ann", LATEST, "?deleted=true")).containsExactly("stays");
        assertThat(names("root", LATEST, "?all_tenants=1&deleted=true")).containsExactly("goes");
        assertThat(names("root", LATEST, "?all_tenants=1&status=deleted")).containsExactly("goes");
        assertThat(cloud.get("ann", LATEST, "/servers?status=deleted").status()).isEqualTo(403);
        JsonNode gone = cloud.get("ann", LATEST, "/servers/detail?name=goes&changes-since=" + before)
                .json()
                .path("servers")
                .path(0);
        assertThat(gone.path("status").asString()).isEqualTo("DELETED");
        assertThat(gone.path("OS-EXT-STS:vm_state").asString()).isEqualTo("deleted");
        assertThat(gone.path("OS-SRV-USG:terminated_at").asString()).isNotEmpty();
        assertThat(names(
                        "root",
                        LATEST,
                        "?all_tenants=1&deleted=true&terminated_at="
                                + gone.path("updated").asString()))
                .containsExactly("goes");
        assertThat(cloud.get("ann", LATEST, "/servers?changes-since=" + before + "&changes-before=2001-01-01T00:00:00Z")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void pages_go_through_present_and_gone_servers_alike() {
        Instant before = Instant.now().minus(Duration.ofMinutes(1)).truncatedTo(ChronoUnit.SECONDS);
        cloud.delete("ann", cloud.boot("ann", "b"));
        cloud.boot("ann", "a");
        cloud.boot("ann", "c");
        String query = "?limit=1&sort_key=display_name&sort_dir=asc&changes-since=" + before;
        for (String expected : List.of("a", "b", "c")) {
            JsonNode page = cloud.get("ann", LATEST, "/servers" + query).json();
            assertThat(page.path("servers").path(0).path("name").asString()).isEqualTo(expected);
            String next = page.path("servers_links").path(0).path("href").asString();
            query = next.substring(next.indexOf('?'));
        }
    }

    @Test
    void every_sort_key_of_the_contract_orders() {
        cloud.boot("ann", "one");
        cloud.boot("ann", "two");
        JsonNode schema = new io.kilonova.http.SchemaLibrary("schemas/compute")
                .at("servers/list_query", new io.kilonova.http.Microversion(2, 1));
        List<String> keys = StreamSupport.stream(
                        schema.findValue("sort_key").findValue("enum").spliterator(), false)
                .map(JsonNode::asString)
                .toList();
        assertThat(keys).contains("memory_mb", "vm_state", "terminated_at").hasSizeGreaterThan(45);
        for (String key : keys) {
            String first = cloud.get("ann", "2.1", "/servers?limit=1&sort_key=" + key)
                    .json()
                    .path("servers")
                    .path(0)
                    .path("id")
                    .asString();
            CatalogueCloud.Reply second =
                    cloud.get("ann", "2.1", "/servers?limit=1&sort_key=" + key + "&marker=" + first);
            assertThat(second.status()).as("%s: %s", key, second.text()).isEqualTo(200);
            assertThat(second.json().path("servers").size()).as(key).isEqualTo(1);
        }
    }
}
