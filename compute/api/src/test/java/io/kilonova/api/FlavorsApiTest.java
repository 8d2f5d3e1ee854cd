package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Flavors as clients work with them: made, listed, given to projects, told more about. */
class FlavorsApiTest extends OnEachDatabase {
    private JsonNode create(String version, String name, String more) {
        CatalogueCloud.Reply made = cloud.post("root", version, "/flavors", """
                {"flavor": {"name": "%s", "ram": "1024", "vcpus": 2, "disk": 10%s}}""".formatted(name, more));
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        return made.json().path("flavor");
    }

    private List<String> names(String who, String query) {
        return cloud.get(who, "2.102", "/flavors" + query)
                .json()
                .path("flavors")
                .valueStream()
                .map(flavor -> flavor.path("name").asString())
                .toList();
    }

    @Test
    void a_flavor_shows_the_fields_of_its_version_and_no_others() {
        assertThat(create("2.1", "a", ", \"id\": \"a\"").propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "name",
                        "links",
                        "ram",
                        "disk",
                        "vcpus",
                        "swap",
                        "OS-FLV-EXT-DATA:ephemeral",
                        "os-flavor-access:is_public",
                        "OS-FLV-DISABLED:disabled",
                        "rxtx_factor");
        assertThat(cloud.get("ann", "2.74", "/flavors/a")
                        .json()
                        .path("flavor")
                        .path("swap")
                        .asString())
                .isEmpty();
        JsonNode newest = cloud.get("ann", "2.104", "/flavors/a").json().path("flavor");
        assertThat(newest.path("swap").isInt()).isTrue();
        assertThat(newest.path("ram").asInt()).isEqualTo(1024);
        assertThat(newest.propertyNames())
                .contains("description", "extra_specs")
                .doesNotContain("rxtx_factor", "OS-FLV-DISABLED:disabled");
        assertThat(cloud.get("ann", "2.54", "/flavors/a").json().path("flavor").has("description"))
                .isFalse();
    }

    @Test
    void an_id_that_is_left_out_or_auto_becomes_a_uuid() {
        assertThat(create("2.1", "a", "").path("id").asString()).hasSize(36);
        assertThat(create("2.1", "b", ", \"id\": null").path("id").asString()).hasSize(36);
        assertThat(create("2.1", "c", ", \"id\": \"auto\"").path("id").asString())
                .hasSize(36);
        assertThat(create("2.1", "d", ", \"id\": 42").path("id").asString()).isEqualTo("42");
    }

    @Test
    void a_name_or_id_that_is_taken_is_a_conflict_in_novas_words() {
        create("2.1", "a", ", \"id\": \"x\"");
        CatalogueCloud.Reply name = cloud.post(
                "root", "2.1", "/flavors", "{\"flavor\": {\"name\": \"a\", \"ram\": 1, \"vcpus\": 1, \"disk\": 1}}");
        assertThat(name.status()).isEqualTo(409);
        assertThat(name.message()).isEqualTo("Flavor with name a already exists.");
        CatalogueCloud.Reply id = cloud.post("root", "2.1", "/flavors", """
                {"flavor": {"name": "b", "id": "x", "ram": 1, "vcpus": 1, "disk": 1}}""");
        assertThat(id.status()).isEqualTo(409);
        assertThat(id.message()).isEqualTo("Flavor with ID x already exists.");
    }

    @Test
    void a_private_flavor_is_seen_by_those_who_were_given_it_alone() {
        create("2.1", "secret", ", \"id\": \"s\", \"os-flavor-access:is_public\": false");
        assertThat(cloud.get("ann", "2.1", "/flavors/s").status()).isEqualTo(404);
        assertThat(cloud.get("ann", "2.1", "/flavors/s/os-extra_specs").status())
                .isEqualTo(404);
        assertThat(names("ann", "?is_public=none")).containsExactly("m1.tiny");
        assertThat(names("root", "")).containsExactly("m1.tiny");
        assertThat(names("root", "?is_public=none")).containsExactlyInAnyOrder("m1.tiny", "secret");
        assertThat(names("root", "?is_public=false")).containsExactly("secret");

        String give = "{\"addTenantAccess\": {\"tenant\": \"%s\"}}".formatted(CatalogueCloud.ANNS);
        assertThat(cloud.post("ann", "2.1", "/flavors/s/action", give).status()).isEqualTo(403);
        CatalogueCloud.Reply given = cloud.post("root", "2.1", "/flavors/s/action", give);
        assertThat(given.json().path("flavor_access").get(0).path("tenant_id").asString())
                .isEqualTo(CatalogueCloud.ANNS);
        assertThat(cloud.post("root", "2.1", "/flavors/s/action", give).status())
                .isEqualTo(409);
        assertThat(names("ann", "")).containsExactly("m1.tiny", "secret");
        assertThat(cloud.get("bob", "2.1", "/flavors/s").status()).isEqualTo(404);

        String take = give.replace("addTenant", "removeTenant");
        assertThat(cloud.post("root", "2.1", "/flavors/s/action", take).status())
                .isEqualTo(200);
        assertThat(cloud.post("root", "2.1", "/flavors/s/action", take).status())
                .isEqualTo(404);
        assertThat(cloud.get("ann", "2.1", "/flavors/s").status()).isEqualTo(404);
    }

    @Test
    void access_is_for_private_flavors_and_known_projects() {
        String give = "{\"addTenantAccess\": {\"tenant\": \"%s\"}}".formatted(CatalogueCloud.ANNS);
        assertThat(cloud.get("root", "2.1", "/flavors/1/os-flavor-access").status())
                .isEqualTo(404);
        assertThat(cloud.post("root", "2.7", "/flavors/1/action", give).message())
                .isEqualTo("Can not add access to a public flavor.");
        create("2.1", "secret", ", \"id\": \"s\", \"os-flavor-access:is_public\": false");
        assertThat(cloud.post("root", "2.7", "/flavors/s/action", give.replace(CatalogueCloud.ANNS, "nobody"))
                        .message())
                .isEqualTo("Project ID nobody is not a valid project.");
    }

    @Test
    void a_list_is_filtered_sorted_and_paged() {
        create("2.1", "big", ", \"id\": \"2\"");
        create("2.1", "bigger", ", \"id\": \"3\"");
        assertThat(names("ann", "?minRam=1024")).containsExactly("big", "bigger");
        assertThat(names("ann", "?minDisk=11")).isEmpty();
        assertThat(names("ann", "?name=big")).containsExactly("big");
        assertThat(names("ann", "?sort_key=name&sort_dir=desc")).containsExactly("m1.tiny", "bigger", "big");
        JsonNode page = cloud.get("ann", "2.1", "/flavors?limit=1&sort_key=memory_mb&sort_dir=desc&marker=3")
                .json();
        assertThat(page.path("flavors").get(0).path("id").asString()).isEqualTo("2");
        assertThat(page.path("flavors_links").get(0).path("href").asString())
                .endsWith("/v2.1/flavors?limit=1&sort_key=memory_mb&sort_dir=desc&marker=2");
        assertThat(cloud.get("ann", "2.1", "/flavors?marker=none").status()).isEqualTo(400);
        assertThat(cloud.get("ann", "2.1", "/flavors?minRam=x").message()).isEqualTo("Invalid minRam filter [x]");
        assertThat(cloud.get("root", "2.1", "/flavors?is_public=x").message())
                .isEqualTo("Invalid is_public filter [x]");
    }

    @Test
    void a_description_can_be_changed_from_2_55() {
        String body = "{\"flavor\": {\"description\": \"small\"}}";
        assertThat(cloud.put("root", "2.54", "/flavors/1", body).status()).isEqualTo(404);
        assertThat(cloud.put("ann", "2.55", "/flavors/1", body).status()).isEqualTo(403);
        assertThat(cloud.put("root", "2.55", "/flavors/1", body)
                        .json()
                        .path("flavor")
                        .path("description")
                        .asString())
                .isEqualTo("small");
    }

    @Test
    void extra_specs_are_set_changed_and_removed() {
        assertThat(cloud.post(
                                "root",
                                "2.1",
                                "/flavors/1/os-extra_specs",
                                "{\"extra_specs\": {\"a:b\": \"1\", \"n\": 2}}")
                        .json()
                        .path("extra_specs")
                        .path("n")
                        .asString())
                .isEqualTo("2");
        assertThat(cloud.put("root", "2.1", "/flavors/1/os-extra_specs/n", "{\"n\": \"3\"}")
                        .json()
                        .path("n")
                        .asString())
                .isEqualTo("3");
        assertThat(cloud.put("root", "2.1", "/flavors/1/os-extra_specs/x", "{\"n\": \"3\"}")
                        .message())
                .isEqualTo("Request body and URI mismatch");
        assertThat(cloud.get("ann", "2.1", "/flavors/1/os-extra_specs")
                        .json()
                        .path("extra_specs")
                        .propertyNames())
                .containsExactlyInAnyOrder("a:b", "n");
        assertThat(cloud.remove("root", "2.1", "/flavors/1/os-extra_specs/n").status())
                .isEqualTo(200);
        assertThat(cloud.get("ann", "2.1", "/flavors/1/os-extra_specs/n").message())
                .isEqualTo("Flavor 1 has no extra specs with key n.");
        assertThat(cloud.remove("ann", "2.1", "/flavors/1/os-extra_specs/a:b").status())
                .isEqualTo(403);
    }

    @Test
    void from_2_86_extra_specs_of_known_namespaces_are_checked() {
        String path = "/flavors/1/os-extra_specs";
        assertThat(cloud.post("root", "2.85", path, "{\"extra_specs\": {\"hw:nonsense\": \"1\"}}")
                        .status())
                .isEqualTo(200);
        assertThat(cloud.post("root", "2.86", path, "{\"extra_specs\": {\"hw:nonsense\": \"1\"}}")
                        .message())
                .isEqualTo("Validation failed; extra spec 'hw:nonsense' does not appear to be a valid extra spec.");
        assertThat(cloud.post("root", "2.86", path, "{\"extra_specs\": {\"hw:cpu_policy\": \"mine\"}}")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.post("root", "2.86", path, "{\"extra_specs\": {\"hw:numa_nodes\": \"0\"}}")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.post("root", "2.86", path, """
                        {"extra_specs": {"hw:cpu_policy": "dedicated", "hw:numa_mem.1": "512", "mine:own": "x",
                         "resources1:VGPU": "1", "trait:HW_CPU_X86_AVX2": "required", "quota:cpu_shares": "10"}}""").status()).isEqualTo(200);
    }

    @Test
    void a_deleted_flavor_is_gone_with_its_access() {
        create("2.1", "secret", ", \"id\": \"s\", \"os-flavor-access:is_public\": false");
        cloud.post(
                "root",
                "2.1",
                "/flavors/s/action",
                "{\"addTenantAccess\": {\"tenant\": \"%s\"}}".formatted(CatalogueCloud.ANNS));
        assertThat(cloud.remove("ann", "2.1", "/flavors/s").status()).isEqualTo(403);
        assertThat(cloud.remove("root", "2.1", "/flavors/s").status()).isEqualTo(202);
        assertThat(cloud.remove("root", "2.1", "/flavors/s").status()).isEqualTo(404);
        create("2.1", "another", ", \"id\": \"s\", \"os-flavor-access:is_public\": false");
        assertThat(cloud.get("ann", "2.1", "/flavors/s").status()).isEqualTo(404);
    }
}
