package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What is told beside a server, and what is wrong with what callers send. */
class ServerDetailsTest extends OnEachDatabase {
    @Test
    void locking_and_unlocking_are_in_the_history_of_actions() {
        String id = cloud.boot("ann", "web");
        cloud.post("ann", "2.73", "/servers/" + id + "/action", "{\"lock\": {\"locked_reason\": \"work\"}}");
        cloud.post("ann", "2.73", "/servers/" + id + "/action", "{\"unlock\": null}");
        JsonNode actions = cloud.get("ann", "2.73", "/servers/" + id + "/os-instance-actions")
                .json()
                .path("instanceActions");
        assertThat(actions.valueStream().map(action -> action.path("action").asString()))
                .containsExactly("unlock", "lock", "create");
        JsonNode lock = cloud.get(
                        "root",
                        "2.73",
                        "/servers/" + id + "/os-instance-actions/"
                                + actions.path(1).path("request_id").asString())
                .json();
        assertThat(lock.path("instanceAction")
                        .path("events")
                        .path(0)
                        .path("result")
                        .asString())
                .isEqualTo("Success");
    }

    @Test
    void security_groups_are_told_with_ids_and_rules() {
        JsonNode group = cloud.get("ann", "2.1", "/os-security-groups")
                .json()
                .path("security_groups")
                .path(0);
        assertThat(group.path("name").asString()).isEqualTo("default");
        JsonNode rule = group.path("rules").path(0);
        assertThat(rule.path("parent_group_id").asString())
                .isEqualTo(group.path("id").asString());
        assertThat(rule.path("group").path("name").asString()).isEqualTo("default");
        assertThat(rule.path("ip_range").isEmpty()).isTrue();
        assertThat(group.path("rules").size())
                .as("what may come in, by IPv4 and IPv6")
                .isEqualTo(2);
        String id = cloud.boot("ann", "web");
        assertThat(cloud.get("ann", "2.1", "/servers/" + id + "/os-security-groups")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/servers/%00 | 400",
                "/servers/%FF%FE | 400",
                "/servers/..%2F..%2Fetc | 400",
                "/servers?name=%00 | 400",
                "/servers?name=%FF | 400",
                "/servers?limit=-1 | 400",
                "/servers?limit=1e3 | 400",
                "/servers?limit=99999999999999999999 | 200",
                "/servers?marker=%27%3B-- | 400",
                "/servers?sort_key=password | 400",
                "/servers?sort_dir=sideways | 400",
                "/servers?changes-since=yesterday | 400",
                "/os-keypairs/%00 | 400",
            })
    void a_strange_address_gets_a_clear_code(String path, int status) {
        assertThat(cloud.get("ann", "2.1", path).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{",
                "[]",
                "null",
                "7",
                "{\"keypair\": null}",
                "{\"keypair\": {\"name\": \"a\\u0000b\"}}",
                "{\"keypair\": {\"name\": 1e999999}}",
                "{\"keypair\": {\"name\": [[[[[[]]]]]]}}",
                "{\"keypair\": {\"name\": \"a\"}, \"keypair2\": {}}",
                "{\"keypair\": {\"name\": \"\\ud800\"}}",
            })
    void a_strange_body_is_refused(String body) {
        CatalogueCloud.Reply reply = cloud.post("ann", "2.1", "/os-keypairs", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.message()).isNotBlank();
    }

    @Test
    void an_answer_to_a_change_tells_less_before_2_75() {
        String id = cloud.boot("ann", "web");
        String change = """
                {"server": {"accessIPv6": "0:0:0:0:0:babe:220.12.22.2"}}""";
        String rebuild = """
                {"rebuild": {"imageRef": "%s"}}""".formatted(cloud.get("ann", "2.1", "/servers/" + id)
                .json()
                .path("server")
                .path("image")
                .path("id")
                .asString());
        JsonNode old = cloud.put("ann", "2.1", "/servers/" + id, change).json().path("server");
        assertThat(old.path("accessIPv6").asString()).isEqualTo("::babe:dc0c:1602");
        assertThat(old.propertyNames()).contains("accessIPv4", "progress").doesNotContain("key_name", "config_drive");
        assertThat(cloud.put("ann", "2.75", "/servers/" + id, change)
                        .json()
                        .path("server")
                        .propertyNames())
                .contains("key_name", "config_drive", "OS-EXT-STS:vm_state");
        JsonNode rebuilt = cloud.post("ann", "2.57", "/servers/" + id + "/action", rebuild)
                .json()
                .path("server");
        assertThat(rebuilt.propertyNames())
                .contains("adminPass", "key_name", "user_data")
                .doesNotContain("security_groups", "OS-EXT-STS:vm_state");
    }

    @Test
    void a_slash_at_the_end_leads_nowhere() {
        assertThat(cloud.get("ann", "2.1", "/servers/").status()).isEqualTo(404);
        assertThat(cloud.remove("ann", "2.1", "/servers/").status()).isEqualTo(404);
        assertThat(cloud.get("ann", "2.1", "/").status()).isEqualTo(200);
    }

    @Test
    void another_tenants_server_is_no_server() {
        String id = cloud.boot("ann", "web");
        assertThat(cloud.get("bob", "2.1", "/servers/" + id).status()).isEqualTo(404);
        assertThat(cloud.remove("bob", "2.1", "/servers/" + id).status()).isEqualTo(404);
        assertThat(cloud.post("bob", "2.1", "/servers/" + id + "/action", "{\"os-stop\": null}")
                        .status())
                .isEqualTo(404);
        assertThat(cloud.post("bob", "2.1", "/servers", """
                {"server": {"name": "x", "flavorRef": "1", "imageRef": "0f000000-0000-0000-0000-000000000000"}}""").status()).isEqualTo(400);
    }
}
