package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.fake.Command;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Moves from host to host as callers of the Compute API ask for them, at the versions that changed them. */
class MovesApiTest {
    @TempDir
    private Path folder;

    private CatalogueCloud cloud;
    private String server;

    @BeforeEach
    void start() {
        cloud = new CatalogueCloud(folder);
        cloud.post("root", "2.1", "/flavors", """
                {"flavor": {"name": "m1.small", "id": "2", "ram": 1024, "vcpus": 2, "disk": 2}}""");
        server = cloud.boot("ann", "one");
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private CatalogueCloud.Reply act(String who, String version, String json) {
        return cloud.post(who, version, "/servers/" + server + "/action", json);
    }

    private void refused(CatalogueCloud.Reply reply, int status, String message) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.message()).isEqualTo(message);
    }

    private JsonNode shown() {
        return cloud.get("root", "2.96", "/servers/" + server).json().path("server");
    }

    private void becomes(String status) {
        await().until(() -> shown().path("status").asString().equals(status)
                && shown().path("OS-EXT-STS:task_state").isNull());
    }

    private String host() {
        return shown().path("OS-EXT-SRV-ATTR:host").asString();
    }

    private JsonNode migration(String version) {
        CatalogueCloud.Reply reply = cloud.get("root", version, "/os-migrations?instance_uuid=" + server);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().path("migrations").get(0);
    }

    @Test
    void a_user_resizes_and_confirms_or_reverts() {
        String before = host();
        assertThat(act("ann", "2.1", "{\"resize\": {\"flavorRef\": \"2\", \"OS-DCF:diskConfig\": \"AUTO\"}}")
                        .status())
                .isEqualTo(202);
        becomes("VERIFY_RESIZE");
        assertThat(host()).isNotEqualTo(before);
        assertThat(shown().path("flavor").path("original_name").asString()).isEqualTo("m1.small");
        assertThat(cloud.get("ann", "2.1", "/limits")
                        .json()
                        .path("limits")
                        .path("absolute")
                        .path("totalCoresUsed")
                        .asInt())
                .isEqualTo(2);
        refused(
                act("ann", "2.1", "{\"os-stop\": null}"),
                409,
                "Cannot 'stop' instance %s while it is in vm_state resized".formatted(server));
        assertThat(act("ann", "2.1", "{\"revertResize\": null}").status()).isEqualTo(202);
        becomes("ACTIVE");
        assertThat(host()).isEqualTo(before);
        assertThat(cloud.get("ann", "2.1", "/limits")
                        .json()
                        .path("limits")
                        .path("absolute")
                        .path("totalCoresUsed")
                        .asInt())
                .isEqualTo(1);
        refused(
                act("ann", "2.1", "{\"confirmResize\": null}"),
                409,
                "Cannot 'confirmResize' instance %s while it is in vm_state active".formatted(server));
        act("ann", "2.1", "{\"resize\": {\"flavorRef\": \"2\"}}");
        becomes("VERIFY_RESIZE");
        assertThat(act("ann", "2.1", "{\"confirmResize\": null}").status()).isEqualTo(204);
        becomes("ACTIVE");
        assertThat(migration("2.80").path("status").asString()).isEqualTo("confirmed");
        assertThat(migration("2.1").has("migration_type")).isFalse();
        assertThat(migration("2.23").path("migration_type").asString()).isEqualTo("resize");
        assertThat(migration("2.58").has("uuid")).isFalse();
        assertThat(migration("2.59").has("uuid")).isTrue();
        assertThat(migration("2.80").path("user_id").asString()).isEqualTo("ann");
        assertThat(migration("2.1").path("new_instance_type_id").asInt()).isEqualTo(2);
        assertThat(cloud.get("ann", "2.21", "/servers/" + server + "/os-instance-actions")
                        .json()
                        .path("instanceActions")
                        .valueStream()
                        .map(action -> action.path("action").asString()))
                .containsExactly("confirmResize", "resize", "revertResize", "resize", "create");
    }

    @Test
    void what_cannot_be_resized_says_why() {
        refused(
                act("ann", "2.1", "{\"resize\": {\"flavorRef\": \"1\"}}"),
                400,
                "When resizing, instances must change flavor!");
        refused(act("ann", "2.1", "{\"resize\": {\"flavorRef\": \"77\"}}"), 400, "Flavor 77 could not be found.");
        cloud.post("root", "2.1", "/flavors", """
                {"flavor": {"name": "flat", "id": "3", "ram": 1024, "vcpus": 2, "disk": 0}}""");
        refused(
                act("ann", "2.1", "{\"resize\": {\"flavorRef\": \"3\"}}"),
                400,
                "Server disk was unable to be resized because: Resize to zero disk flavor is not allowed.");
        cloud.put("root", "2.1", "/os-quota-sets/" + CatalogueCloud.ANNS, "{\"quota_set\": {\"cores\": 1}}");
        refused(
                act("ann", "2.1", "{\"resize\": {\"flavorRef\": \"2\"}}"),
                403,
                "Quota exceeded for cores: Requested 1, but already used 1 of 1 cores");
        assertThat(act("bob", "2.1", "{\"resize\": {\"flavorRef\": \"2\"}}").status())
                .isEqualTo(404);
        act("ann", "2.1", "{\"lock\": null}");
        assertThat(act("root", "2.1", "{\"lock\": null}").status()).isEqualTo(202);
        refused(
                act("ann", "2.1", "{\"resize\": {\"flavorRef\": \"2\"}}"),
                409,
                "Instance %s is locked".formatted(server));
        assertThat(cloud.get("root", "2.1", "/os-migrations").json().path("migrations"))
                .isEmpty();
        assertThat(shown().path("status").asString()).isEqualTo("ACTIVE");
    }

    @Test
    void a_migration_goes_to_the_host_that_is_named_from_2_56_on() {
        String other = host().equals("fake-0001") ? "fake-0002" : "fake-0001";
        assertThat(act("ann", "2.1", "{\"migrate\": null}").status()).isEqualTo(403);
        refused(
                act("root", "2.56", "{\"migrate\": {\"host\": \"nowhere\"}}"),
                400,
                "Compute host nowhere could not be found.");
        refused(
                act("root", "2.56", "{\"migrate\": {\"host\": \"%s\"}}".formatted(host())),
                400,
                "Cannot migrate to the host where the server exists.");
        assertThat(act("root", "2.55", "{\"migrate\": null}").status()).isEqualTo(202);
        becomes("VERIFY_RESIZE");
        assertThat(host()).isEqualTo(other);
        assertThat(migration("2.23").path("migration_type").asString()).isEqualTo("migration");
        act("root", "2.1", "{\"revertResize\": null}");
        becomes("ACTIVE");
        assertThat(act("root", "2.56", "{\"migrate\": {\"host\": \"%s\"}}".formatted(other))
                        .status())
                .isEqualTo(202);
        becomes("VERIFY_RESIZE");
        assertThat(host()).isEqualTo(other);
    }

    @Test
    void a_running_server_moves_in_the_words_of_each_version() {
        String before = host();
        refused(
                act("root", "2.1", """
                        {"os-migrateLive": {"host": null, "block_migration": false, "disk_over_commit": false}}"""),
                400,
                "The server's disks are not on shared storage: Live migration can not be used without shared storage except a booted from volume VM which does not have a local disk.");
        refused(act("root", "2.30", """
                        {"os-migrateLive": {"host": null, "block_migration": "auto", "force": true}}"""), 400, "Can't force to a non-provided destination");
        refused(act("root", "2.25", """
                        {"os-migrateLive": {"host": "dummy-host", "block_migration": "auto"}}"""), 400, "Compute host dummy-host could not be found.");
        refused(
                act("root", "2.68", """
                        {"os-migrateLive": {"host": "%s", "block_migration": "auto"}}""".formatted(before)),
                400,
                "Unable to migrate instance (%s) to current host (%s).".formatted(server, before));
        assertThat(act("root", "2.68", """
                        {"os-migrateLive": {"host": null, "block_migration": "auto", "force": true}}""").status()).isEqualTo(400);
        assertThat(act("root", "2.1", """
                        {"os-migrateLive": {"host": null, "block_migration": true, "disk_over_commit": false}}""").status()).isEqualTo(202);
        await().until(() -> migration("2.23").path("status").asString().equals("completed"));
        becomes("ACTIVE");
        assertThat(host()).isNotEqualTo(before);
        assertThat(act("root", "2.34", """
                        {"os-migrateLive": {"host": null, "block_migration": false}}""").status()).isEqualTo(202);
        await().until(() -> migration("2.23").path("status").asString().equals("failed"));
        becomes("ACTIVE");
    }

    @Test
    void a_live_migration_is_shown_while_it_goes_on_and_aborted_or_forced() {
        cloud.fleet().strikeWith(Misfortunes.none().byChance(Command.LIVE_MIGRATE, 1, new Misfortune.Hang()));
        act("root", "2.68", "{\"os-migrateLive\": {\"host\": null, \"block_migration\": \"auto\"}}");
        String migrations = "/servers/" + server + "/migrations";
        await().until(() -> cloud.get("root", "2.23", migrations + "/1").status() == 200
                && !cloud.get("root", "2.23", migrations + "/1")
                        .json()
                        .path("migration")
                        .path("memory_total_bytes")
                        .isNull());
        assertThat(shown().path("status").asString()).isEqualTo("MIGRATING");
        assertThat(cloud.get("root", "2.80", migrations).json().path("migrations"))
                .hasSize(1);
        assertThat(migration("2.23").path("links")).hasSize(2);
        assertThat(cloud.get("ann", "2.23", migrations).status()).isEqualTo(403);
        refused(
                cloud.remove("root", "2.24", migrations + "/45"),
                404,
                "Migration 45 not found for instance %s".formatted(server));
        assertThat(cloud.remove("root", "2.24", migrations + "/1").status()).isEqualTo(202);
        becomes("ACTIVE");
        assertThat(migration("2.23").path("status").asString()).isEqualTo("cancelled");
        refused(
                cloud.get("root", "2.23", migrations + "/1"),
                404,
                "Live migration 1 for server %s is not in progress.".formatted(server));
        refused(
                cloud.remove("root", "2.24", migrations + "/1"),
                409,
                "Cannot 'abort live migration' instance %s while it is in task_state None".formatted(server));

        act("root", "2.68", "{\"os-migrateLive\": {\"host\": null, \"block_migration\": \"auto\"}}");
        await().until(() -> !cloud.get("root", "2.23", migrations + "/2")
                .json()
                .path("migration")
                .path("memory_total_bytes")
                .isNull());
        assertThat(cloud.post("root", "2.22", migrations + "/2/action", "{\"force_complete\": null}")
                        .status())
                .isEqualTo(202);
        becomes("ACTIVE");
        assertThat(migration("2.23").path("status").asString()).isEqualTo("completed");
    }

    @Test
    void a_server_is_evacuated_from_a_host_that_is_down() {
        String dead = host();
        refused(
                act("root", "2.95", "{\"evacuate\": {}}"),
                400,
                "Compute service of %s is still in use.".formatted(dead));
        cloud.put("root", "2.11", "/os-services/force-down", """
                {"host": "%s", "binary": "nova-compute", "forced_down": true}""".formatted(dead));
        refused(
                act("root", "2.14", "{\"evacuate\": {\"host\": \"%s\"}}".formatted(dead)),
                400,
                "The target host can't be the same one.");
        refused(act("root", "2.14", "{\"evacuate\": {\"host\": \"nowhere\"}}"), 404, "Compute host nowhere not found.");
        refused(
                act("root", "2.29", "{\"evacuate\": {\"force\": true}}"),
                400,
                "Can't force to a non-provided destination");
        assertThat(act("root", "2.68", "{\"evacuate\": {\"force\": true}}").status())
                .isEqualTo(400);
        CatalogueCloud.Reply reply = act("root", "2.13", """
                {"evacuate": {"adminPass": "MySecretPass", "onSharedStorage": "False"}}""");
        assertThat(reply.json().path("adminPass").asString()).isEqualTo("MySecretPass");
        assertThat(reply.status()).isEqualTo(200);
        becomes("ACTIVE");
        assertThat(host()).isNotEqualTo(dead);
        assertThat(migration("2.23").path("migration_type").asString()).isEqualTo("evacuation");
        assertThat(migration("2.23").path("status").asString()).isEqualTo("done");
        refused(
                cloud.put("root", "2.11", "/os-services/force-down", """
                        {"host": "%s", "binary": "nova-compute", "forced_down": false}""".formatted(dead)),
                400,
                "Unable to force up host %s as `done` evacuation migration records remain associated with the host. Ensure the compute service has been restarted, allowing these records to move to `completed` before retrying this request."
                        .formatted(dead));
    }

    @Test
    void a_live_migration_that_has_not_begun_to_send_is_aborted_from_2_65_on() {
        cloud.fleet().strikeWith(Misfortunes.none().byChance(Command.PREPARE_LIVE_MIGRATION, 1, new Misfortune.Hang()));
        String before = host();
        act("root", "2.68", "{\"os-migrateLive\": {\"host\": null, \"block_migration\": \"auto\"}}");
        await().until(() -> migration("2.23").path("status").asString().equals("preparing"));
        String shown = "/servers/" + server + "/migrations/1";
        assertThat(cloud.get("root", "2.58", shown).json().path("migration").has("uuid"))
                .isFalse();
        assertThat(cloud.get("root", "2.59", shown).json().path("migration").has("uuid"))
                .isTrue();
        refused(
                cloud.remove("root", "2.64", shown),
                400,
                "Migration 1 state of instance %s is preparing. Cannot abort live migration while the migration is in this state."
                        .formatted(server));
        assertThat(cloud.remove("root", "2.65", shown).status()).isEqualTo(202);
        becomes("ACTIVE");
        assertThat(host()).isEqualTo(before);
        assertThat(migration("2.23").path("status").asString()).isEqualTo("cancelled");
    }

    @Test
    void a_host_that_takes_no_servers_gets_what_is_forced_there() {
        String before = host();
        String other = before.equals("fake-0001") ? "fake-0002" : "fake-0001";
        service("disable", other, "");
        String live = "{\"os-migrateLive\": {\"host\": \"%s\", \"block_migration\": \"auto\", \"force\": %s}}";
        assertThat(act("root", "2.30", live.formatted(other, false)).status()).isEqualTo(202);
        await().until(() -> migration("2.23").path("status").asString().equals("failed"));
        becomes("ACTIVE");
        assertThat(host()).isEqualTo(before);
        assertThat(act("root", "2.30", live.formatted(other, true)).status()).isEqualTo(202);
        await().until(() -> migration("2.23").path("status").asString().equals("completed"));
        becomes("ACTIVE");
        assertThat(host()).isEqualTo(other);

        service("disable", before, "");
        service("force-down", other, ", \"forced_down\": true");
        String evacuate = "{\"evacuate\": {\"host\": \"%s\", \"force\": %s}}";
        assertThat(act("root", "2.29", evacuate.formatted(before, false)).status())
                .isEqualTo(200);
        await().until(() -> migration("2.23").path("status").asString().equals("failed"));
        becomes("ACTIVE");
        assertThat(host()).isEqualTo(other);
        assertThat(act("root", "2.29", evacuate.formatted(before, true)).status())
                .isEqualTo(200);
        await().until(() -> migration("2.23").path("status").asString().equals("done"));
        assertThat(host()).isEqualTo(before);
    }

    private void service(String verb, String host, String more) {
        assertThat(cloud.put("root", "2.11", "/os-services/" + verb, """
                {"host": "%s", "binary": "nova-compute"%s}""".formatted(host, more))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void from_2_80_on_migrations_tell_whose_they_are_and_are_found_by_it() {
        act("root", "2.56", "{\"migrate\": null}");
        becomes("VERIFY_RESIZE");
        assertThat(migration("2.79").has("user_id")).isFalse();
        assertThat(migration("2.79").has("project_id")).isFalse();
        assertThat(migration("2.80").path("user_id").asString()).isEqualTo("root");
        assertThat(migration("2.80").path("project_id").asString()).isEqualTo("0d000000000000000000000000000000");
        assertThat(found("user_id=root")).isEqualTo(1);
        assertThat(found("user_id=ann")).isZero();
        assertThat(found("project_id=0d000000000000000000000000000000")).isEqualTo(1);
        assertThat(found("project_id=" + CatalogueCloud.ANNS)).isZero();
        assertThat(cloud.get("root", "2.79", "/os-migrations?user_id=root").status())
                .isEqualTo(400);
    }

    private int found(String filter) {
        return cloud.get("root", "2.80", "/os-migrations?" + filter)
                .json()
                .path("migrations")
                .size();
    }

    @Test
    void a_dead_host_whose_servers_were_evacuated_or_deleted_can_be_forgotten_and_gives_its_room_back() {
        String dead = host();
        cloud.put("root", "2.11", "/os-services/force-down", """
                {"host": "%s", "binary": "nova-compute", "forced_down": true}""".formatted(dead));
        act("root", "2.68", "{\"evacuate\": {}}");
        becomes("ACTIVE");
        assertThat(migration("2.59").path("status").asString()).isEqualTo("done");
        String service = cloud.get("root", "2.53", "/os-services?binary=nova-compute&host=" + dead)
                .json()
                .path("services")
                .get(0)
                .path("id")
                .asString();
        assertThat(cloud.remove("root", "2.53", "/os-services/" + service).status())
                .isEqualTo(204);
        assertThat(migration("2.59").path("status").asString()).isEqualTo("completed");
        assertThat(cloud.get("root", "2.53", "/os-services?binary=nova-compute&host=" + dead)
                        .json()
                        .path("services"))
                .isEmpty();
    }

    @Test
    void from_2_95_on_an_evacuated_server_is_off() {
        cloud.put("root", "2.11", "/os-services/force-down", """
                {"host": "%s", "binary": "nova-compute", "forced_down": true}""".formatted(host()));
        assertThat(act("root", "2.95", "{\"evacuate\": {}}").text()).isEmpty();
        becomes("SHUTOFF");
    }

    @Test
    void migrations_are_filtered_and_paged() {
        for (int round = 0; round < 3; round++) {
            act("root", "2.68", "{\"os-migrateLive\": {\"host\": null, \"block_migration\": \"auto\"}}");
            int expected = round + 1;
            await().until(() -> cloud.get("root", "2.59", "/os-migrations?status=completed")
                            .json()
                            .path("migrations")
                            .size()
                    == expected);
            becomes("ACTIVE");
        }
        JsonNode page = cloud.get("root", "2.59", "/os-migrations?limit=2").json();
        assertThat(page.path("migrations")
                        .valueStream()
                        .map(one -> one.path("id").asInt()))
                .containsExactly(3, 2);
        assertThat(page.path("migrations_links")).hasSize(1);
        String marker = page.path("migrations").get(1).path("uuid").asString();
        assertThat(cloud.get("root", "2.59", "/os-migrations?limit=2&marker=" + marker)
                        .json()
                        .path("migrations")
                        .valueStream()
                        .map(one -> one.path("id").asInt()))
                .containsExactly(1);
        refused(
                cloud.get("root", "2.59", "/os-migrations?marker=" + server),
                400,
                "Marker %s could not be found.".formatted(server));
        assertThat(cloud.get("root", "2.59", "/os-migrations?nonsense=1").status())
                .isEqualTo(400);
        assertThat(cloud.get("root", "2.58", "/os-migrations?nonsense=1").status())
                .isEqualTo(200);
        refused(
                cloud.get(
                        "root",
                        "2.66",
                        "/os-migrations?changes-since=2026-01-02T00:00:00&changes-before=2026-01-01T00:00:00"),
                400,
                "The value of changes-since must be less than or equal to changes-before.");
        assertThat(cloud.get("root", "2.59", "/os-migrations?migration_type=resize")
                        .json()
                        .path("migrations"))
                .isEmpty();
        assertThat(cloud.get("ann", "2.1", "/os-migrations").status()).isEqualTo(403);
    }
}
