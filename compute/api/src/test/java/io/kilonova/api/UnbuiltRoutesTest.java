package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not built says so, what Nova took away says so, and nothing is answered outside of its versions. */
class UnbuiltRoutesTest {
    private static final List<String> NOT_BUILT = List.of(
            "POST /os-aggregates/1/images 2.81 {\"cache\": [{\"id\": \"70a599e0-31e7-49b7-b260-868f441e862b\"}]}",
            "GET /os-console-auth-tokens/x 2.31",
            "GET /os-instance_usage_audit_log 2.1",
            "GET /os-hosts 2.42",
            "GET /images 2.35",
            "GET /os-networks 2.35",
            "GET /os-floating-ips 2.35",
            "GET /os-volumes 2.35",
            "GET /os-volumes_boot 2.102",
            "GET /os-baremetal-nodes 2.35",
            "GET /servers/x/diagnostics 2.1",
            "GET /servers/x/topology 2.78",
            "GET /servers/x/os-volume_attachments 2.1",
            "GET /servers/x/shares 2.97",
            "POST /servers/x/remote-consoles 2.6 {\"remote_console\": {\"protocol\": \"vnc\", \"type\": \"novnc\"}}",
            "POST /servers/x/action 2.1 {\"shelve\": null}",
            "POST /servers/x/action 2.1 {\"unshelve\": null}",
            "POST /servers/x/action 2.1 {\"rescue\": null}",
            "POST /servers/x/action 2.1 {\"unrescue\": null}",
            "POST /servers/x/action 2.1 {\"createImage\": {\"name\": \"a\"}}",
            "POST /servers/x/action 2.1 {\"changePassword\": {\"adminPass\": \"a\"}}",
            "POST /servers/x/action 2.1 {\"os-resetState\": {\"state\": \"active\"}}",
            "POST /servers/x/action 2.5 {\"os-getVNCConsole\": {\"type\": \"novnc\"}}",
            "POST /servers/x/action 2.43 {\"addFloatingIp\": {\"address\": \"10.0.0.1\"}}");

    private static final List<String> GONE = List.of(
            "GET /os-agents 2.1",
            "GET /os-cells 2.1",
            "GET /os-cells/capacities 2.104",
            "GET /os-certificates/root 2.1",
            "GET /os-cloudpipe 2.1",
            "GET /os-fixed-ips/10.0.0.1 2.1",
            "POST /os-fixed-ips/10.0.0.1/action 2.1 {\"reserve\": null}",
            "GET /os-floating-ip-dns 2.1",
            "GET /os-floating-ips-bulk 2.1",
            "GET /os-fping 2.1",
            "POST /os-networks 2.1",
            "GET /os-security-group-default-rules 2.1",
            "GET /servers/x/consoles 2.1",
            "GET /servers/x/os-virtual-interfaces 2.12",
            "POST /servers/x/action 2.1 {\"resetNetwork\": null}",
            "POST /servers/x/action 2.5 {\"os-getRDPConsole\": {\"type\": \"rdp-html5\"}}");

    private static final List<String> OUTSIDE = List.of(
            "GET /images 2.36",
            "GET /os-networks 2.36",
            "GET /os-volumes 2.36",
            "GET /os-hosts 2.43",
            "GET /os-volumes_boot 2.103",
            "GET /servers/x/topology 2.77",
            "GET /servers/x/migrations 2.22",
            "GET /servers/x/shares 2.96",
            "GET /os-hypervisors/statistics 2.88",
            "GET /os-hypervisors/fake/search 2.53",
            "POST /servers/x/remote-consoles 2.5 {}",
            "POST /servers/x/action 2.6 {\"os-getVNCConsole\": {\"type\": \"novnc\"}}",
            "POST /servers/x/action 2.44 {\"addFloatingIp\": {\"address\": \"10.0.0.1\"}}",
            "POST /servers/x/action 2.16 {\"trigger_crash_dump\": null}");

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

    private void assertAll(List<String> requests, int status) {
        List<String> wrong = new ArrayList<>();
        for (String request : requests) {
            String[] parts = request.split(" ", 4);
            CatalogueCloud.Reply reply =
                    cloud.send("root", parts[2], parts[0], parts[1], parts.length < 4 ? "" : parts[3]);
            if (reply.status() != status) {
                wrong.add(request + " -> " + reply);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void what_is_not_built_says_501_and_what_is_missing() {
        assertAll(NOT_BUILT, 501);
        assertThat(cloud.get("root", "2.1", "/os-hosts").message())
                .startsWith("Kilonova does not do this yet: the hosts API");
    }

    @Test
    void what_nova_took_away_says_410() {
        assertAll(GONE, 410);
    }

    @Test
    void outside_of_its_versions_nothing_is_there() {
        assertAll(OUTSIDE, 404);
    }

    @Test
    void what_is_not_built_keeps_its_policies_and_its_bodies() {
        assertThat(cloud.get("ann", "2.1", "/os-hosts").status()).isEqualTo(403);
        assertThat(cloud.get("nobody", "2.1", "/os-cells").status()).isEqualTo(401);
        assertThat(cloud.post("ann", "2.1", "/servers/x/action", "{\"createImage\": {}}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void extensions_are_those_that_are_answered() {
        assertThat(cloud.get("ann", "2.1", "/extensions")
                        .json()
                        .path("extensions")
                        .valueStream())
                .anyMatch(extension -> extension.path("alias").asString().equals("os-keypairs"));
        assertThat(cloud.get("ann", "2.1", "/extensions/os-keypairs").status()).isEqualTo(200);
        assertThat(cloud.get("ann", "2.1", "/extensions/os-cells").status()).isEqualTo(404);
    }
}
