package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Zones, services and hypervisors, as administrators see and change them. */
class HostsApiTest extends OnEachDatabase {
    private JsonNode get(String version, String path, String name) {
        CatalogueCloud.Reply reply = cloud.get("root", version, path);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().path(name);
    }

    private JsonNode compute(String version) {
        return get(version, "/os-services?binary=nova-compute&host=fake-0001", "services")
                .get(0);
    }

    @Test
    void zones_show_their_hosts_to_administrators_alone() {
        JsonNode zones = cloud.get("ann", "2.1", "/os-availability-zone").json().path("availabilityZoneInfo");
        assertThat(zones.size()).isEqualTo(1);
        assertThat(zones.get(0).path("zoneName").asString()).isEqualTo("nova");
        assertThat(zones.get(0).path("zoneState").path("available").asBoolean()).isTrue();
        assertThat(zones.get(0).path("hosts").isNull()).isTrue();
        assertThat(cloud.get("ann", "2.1", "/os-availability-zone/detail").status())
                .isEqualTo(403);
        JsonNode detail = get("2.1", "/os-availability-zone/detail", "availabilityZoneInfo");
        assertThat(detail.get(0).path("hosts").path("controller").propertyNames())
                .containsExactlyInAnyOrder("nova-conductor", "nova-scheduler");
        assertThat(detail.get(1)
                        .path("hosts")
                        .path("fake-0001")
                        .path("nova-compute")
                        .path("available")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void a_zone_whose_hosts_are_all_disabled_is_not_available() {
        for (String host : new String[] {"fake-0001", "fake-0002"}) {
            cloud.put(
                    "root",
                    "2.1",
                    "/os-services/disable",
                    "{\"host\": \"%s\", \"binary\": \"nova-compute\"}".formatted(host));
        }
        JsonNode zone =
                get("2.1", "/os-availability-zone", "availabilityZoneInfo").get(0);
        assertThat(zone.path("zoneState").path("available").asBoolean()).isFalse();
    }

    @Test
    void services_are_listed_with_the_fields_of_the_version() {
        JsonNode services = get("2.1", "/os-services", "services");
        assertThat(services.valueStream().map(service -> service.path("binary").asString()))
                .containsExactly("nova-conductor", "nova-scheduler", "nova-compute", "nova-compute");
        assertThat(compute("2.1").path("id").isInt()).isTrue();
        assertThat(compute("2.10").has("forced_down")).isFalse();
        assertThat(compute("2.11").path("forced_down").asBoolean()).isFalse();
        assertThat(compute("2.53").path("id").asString()).hasSize(36);
        assertThat(compute("2.53").path("state").asString()).isEqualTo("up");
        assertThat(cloud.get("ann", "2.1", "/os-services").status()).isEqualTo(403);
    }

    @Test
    void a_service_is_disabled_with_a_reason_and_enabled_again() {
        String path = "/os-services/" + compute("2.53").path("id").asString();
        JsonNode disabled = cloud.put("root", "2.53", path, "{\"status\": \"disabled\", \"disabled_reason\": \"dust\"}")
                .json()
                .path("service");
        assertThat(disabled.path("status").asString()).isEqualTo("disabled");
        assertThat(disabled.path("disabled_reason").asString()).isEqualTo("dust");
        assertThat(cloud.put("root", "2.53", path, "{\"status\": \"enabled\", \"disabled_reason\": \"x\"}")
                        .message())
                .isEqualTo("Specifying 'disabled_reason' with status 'enabled' is invalid.");
        assertThat(cloud.put("root", "2.53", path, "{}").status()).isEqualTo(400);
        assertThat(cloud.put("root", "2.53", path, "{\"status\": \"enabled\"}")
                        .json()
                        .path("service")
                        .path("status")
                        .asString())
                .isEqualTo("enabled");
        assertThat(cloud.put("root", "2.53", "/os-services/nonsense", "{\"status\": \"enabled\"}")
                        .message())
                .isEqualTo("Invalid uuid nonsense");
        String conductor =
                get("2.53", "/os-services", "services").get(0).path("id").asString();
        assertThat(cloud.put("root", "2.53", "/os-services/" + conductor, "{\"status\": \"disabled\"}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void before_2_53_the_path_says_what_to_do() {
        String host = "\"host\": \"fake-0001\", \"binary\": \"nova-compute\"";
        assertThat(cloud.put(
                                "root",
                                "2.1",
                                "/os-services/disable-log-reason",
                                "{%s, \"disabled_reason\": \"dust\"}".formatted(host))
                        .json()
                        .path("service")
                        .path("disabled_reason")
                        .asString())
                .isEqualTo("dust");
        assertThat(compute("2.1").path("status").asString()).isEqualTo("disabled");
        assertThat(cloud.put("root", "2.1", "/os-services/enable", "{" + host + "}")
                        .status())
                .isEqualTo(200);
        assertThat(cloud.put("root", "2.10", "/os-services/force-down", "{" + host + "}")
                        .status())
                .isEqualTo(404);
        assertThat(cloud.put("root", "2.11", "/os-services/force-down", "{%s, \"forced_down\": true}".formatted(host))
                        .status())
                .isEqualTo(200);
        assertThat(compute("2.11").path("state").asString()).isEqualTo("down");
        assertThat(cloud.put("root", "2.1", "/os-services/nonsense", "{" + host + "}")
                        .status())
                .isEqualTo(404);
        assertThat(cloud.put("root", "2.1", "/os-services/enable", "{\"host\": \"x\", \"binary\": \"nova-compute\"}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void a_service_is_deleted_only_when_its_host_is_down_and_empty() {
        cloud.boot("ann", "one");
        for (JsonNode service : get("2.53", "/os-services?binary=nova-compute", "services")) {
            String path = "/os-services/" + service.path("id").asString();
            String host = service.path("host").asString();
            assertThat(cloud.remove("root", "2.53", path).status()).isEqualTo(409);
            cloud.put("root", "2.53", path, "{\"forced_down\": true}");
            boolean hasServer = get(
                            "2.53",
                            "/os-hypervisors?with_servers=true&hypervisor_hostname_pattern=" + host,
                            "hypervisors")
                    .get(0)
                    .has("servers");
            assertThat(cloud.remove("root", "2.53", path).status()).isEqualTo(hasServer ? 409 : 204);
            assertThat(cloud.remove("root", "2.53", path).status()).isEqualTo(hasServer ? 409 : 404);
        }
        assertThat(get("2.53", "/os-hypervisors", "hypervisors").size()).isEqualTo(1);
    }

    @Test
    void hypervisors_show_what_servers_take() {
        cloud.boot("ann", "one");
        JsonNode sum = get("2.87", "/os-hypervisors/statistics", "hypervisor_statistics");
        assertThat(sum.path("count").asInt()).isEqualTo(2);
        assertThat(sum.path("vcpus").asInt()).isEqualTo(16);
        assertThat(sum.path("vcpus_used").asInt()).isEqualTo(1);
        assertThat(sum.path("memory_mb_used").asInt()).isEqualTo(512 + 2 * 512);
        assertThat(sum.path("running_vms").asInt()).isEqualTo(1);
        JsonNode old = get("2.1", "/os-hypervisors/detail", "hypervisors").get(0);
        assertThat(old.path("cpu_info").isString()).isTrue();
        assertThat(old.path("id").isInt()).isTrue();
        assertThat(get("2.28", "/os-hypervisors/detail", "hypervisors")
                        .get(0)
                        .path("cpu_info")
                        .isObject())
                .isTrue();
        String id =
                get("2.53", "/os-hypervisors", "hypervisors").get(0).path("id").asString();
        assertThat(get("2.88", "/os-hypervisors/" + id, "hypervisor").propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "hypervisor_hostname",
                        "hypervisor_type",
                        "hypervisor_version",
                        "host_ip",
                        "state",
                        "status",
                        "service",
                        "uptime");
        assertThat(cloud.get("root", "2.87", "/os-hypervisors/" + id + "/uptime")
                        .status())
                .isEqualTo(501);
        assertThat(cloud.get("root", "2.53", "/os-hypervisors/7").message()).isEqualTo("Invalid uuid 7");
        assertThat(cloud.get("root", "2.52", "/os-hypervisors/7").status()).isEqualTo(404);
        assertThat(cloud.get("ann", "2.1", "/os-hypervisors").status()).isEqualTo(403);
    }

    @Test
    void hypervisors_are_found_and_paged() {
        String server = cloud.boot("ann", "one");
        assertThat(get("2.52", "/os-hypervisors/fake-0002/search", "hypervisors")
                        .size())
                .isEqualTo(1);
        assertThat(cloud.get("root", "2.52", "/os-hypervisors/nonsense/search").message())
                .isEqualTo("No hypervisor matching 'nonsense' could be found.");
        assertThat(get("2.52", "/os-hypervisors/fake/servers", "hypervisors").toString())
                .contains(server);
        JsonNode page = cloud.get("root", "2.33", "/os-hypervisors?limit=1").json();
        assertThat(page.path("hypervisors").size()).isEqualTo(1);
        assertThat(page.path("hypervisors_links").get(0).path("href").asString())
                .endsWith("/os-hypervisors?limit=1&marker=1");
        assertThat(get("2.33", "/os-hypervisors?marker=1", "hypervisors")
                        .get(0)
                        .path("id")
                        .asInt())
                .isEqualTo(2);
        assertThat(cloud.get("root", "2.53", "/os-hypervisors?hypervisor_hostname_pattern=fake&limit=1")
                        .status())
                .isEqualTo(400);
        assertThat(get("2.75", "/os-hypervisors?with_servers=true", "hypervisors")
                        .valueStream())
                .allMatch(hypervisor -> hypervisor.has("servers"));
    }
}
