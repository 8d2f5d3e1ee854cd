package io.kilonova.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Users, projects and the rest from outside, on both databases. */
class ResourceTest {
    @TempDir
    Path folder;

    private TestCloud cloud;

    private String open(EachDatabase store) {
        cloud = TestCloud.over(store.fresh(folder), folder);
        return cloud.admin();
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    @ParameterizedTest
    @EnumSource
    void a_user_keeps_what_its_creator_named_and_changes_in_part(EachDatabase store) {
        String admin = open(store);
        TestCloud.Answer made = cloud.post(
                "/users",
                admin,
                "{\"user\": {\"name\": \"ann\", \"email\": \"ann@example.org\", \"description\": \"A\", \"age\": 7}}");
        assertThat(made.status()).isEqualTo(201);
        String id = made.at("/user/id");
        assertThat(id).matches("[0-9a-f]{32}");
        assertThat(made.at("/user/domain_id")).isEqualTo("default");
        assertThat(made.at("/user/links/self")).isEqualTo(cloud.url() + "/v3/users/" + id);
        assertThat(made.body().path("user").has("default_project_id")).isFalse();
        assertThat(made.body().at("/user/options").isObject()).isTrue();
        TestCloud.Answer changed = cloud.patch("/users/" + id, admin, "{\"user\": {\"name\": \"anna\"}}");
        assertThat(changed.at("/user/name")).isEqualTo("anna");
        TestCloud.Answer shown = cloud.get("/users/" + id, admin);
        assertThat(shown.at("/user/email")).isEqualTo("ann@example.org");
        assertThat(shown.body().at("/user/age").intValue()).isEqualTo(7);
        assertThat(cloud.patch("/users/" + id, admin, "{\"user\": {\"domain_id\": \"other\"}}")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.delete("/users/" + id, admin).status()).isEqualTo(204);
        assertThat(cloud.get("/users/" + id, admin).message()).isEqualTo("Could not find user: %s.".formatted(id));
    }

    @ParameterizedTest
    @EnumSource
    void a_name_is_taken_once_in_a_domain(EachDatabase store) {
        String admin = open(store);
        cloud.make("project", admin, "\"name\": \"demo\"");
        TestCloud.Answer again = cloud.post("/projects", admin, "{\"project\": {\"name\": \"demo\"}}");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.message())
                .isEqualTo(
                        "Conflict occurred attempting to store project - Duplicate entry found with name demo at domain ID default.");
        String other = cloud.make("project", admin, "\"name\": \"other\"");
        assertThat(cloud.patch("/projects/" + other, admin, "{\"project\": {\"name\": \"demo\"}}")
                        .status())
                .isEqualTo(409);
        String domain = cloud.make("domain", admin, "\"name\": \"acme\"");
        cloud.make("project", admin, "\"name\": \"demo\", \"domain_id\": \"%s\"".formatted(domain));
    }

    @ParameterizedTest
    @EnumSource
    void lists_are_filtered_and_paged_without_loss(EachDatabase store) {
        String admin = open(store);
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            made.add(cloud.make("group", admin, "\"name\": \"Team %d\"".formatted(i)));
        }
        assertThat(cloud.get("/groups?name=Team%203", admin).body().path("groups"))
                .hasSize(1);
        assertThat(cloud.get("/groups?name__icontains=team", admin).body().path("groups"))
                .hasSize(7);
        assertThat(cloud.get("/groups?name__contains=team", admin).body().path("groups"))
                .isEmpty();
        assertThat(cloud.get("/groups?name__startswith=Te", admin).body().path("groups"))
                .hasSize(7);
        assertThat(cloud.get("/groups?name__endswith=3", admin).body().path("groups"))
                .hasSize(1);
        List<String> seen = new ArrayList<>();
        String next = "/groups?limit=3";
        while (!next.isEmpty()) {
            TestCloud.Answer page = cloud.get(next, admin);
            assertThat(page.body().path("groups").size()).isLessThanOrEqualTo(3);
            seen.addAll(page.body()
                    .path("groups")
                    .valueStream()
                    .map(group -> group.path("id").asString())
                    .toList());
            next = page.at("/links/next").replace(cloud.url() + "/v3", "");
        }
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(new HashSet<>(seen)).isEqualTo(new HashSet<>(made));
        assertThat(cloud.get("/groups?limit=none", admin).status()).isEqualTo(400);
        assertThat(cloud.get("/users?enabled=false", admin).body().path("users"))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void projects_form_a_tree_that_is_enabled_from_above_and_removed_from_below(EachDatabase store) {
        String admin = open(store);
        String parent = cloud.make("project", admin, "\"name\": \"parent\"");
        String child = cloud.make("project", admin, "\"name\": \"child\", \"parent_id\": \"%s\"".formatted(parent));
        assertThat(cloud.get("/projects/" + child, admin).at("/project/parent_id"))
                .isEqualTo(parent);
        assertThat(cloud.get("/projects?parent_id=" + parent, admin).body().path("projects"))
                .hasSize(1);
        assertThat(cloud.delete("/projects/" + parent, admin).status()).isEqualTo(403);
        String off = "{\"project\": {\"enabled\": false}}";
        assertThat(cloud.patch("/projects/" + parent, admin, off).status()).isEqualTo(403);
        assertThat(cloud.patch("/projects/" + child, admin, off).status()).isEqualTo(200);
        assertThat(cloud.patch("/projects/" + parent, admin, off).status()).isEqualTo(200);
        assertThat(cloud.delete("/projects/" + child, admin).status()).isEqualTo(204);
        assertThat(cloud.delete("/projects/" + parent, admin).status()).isEqualTo(204);
    }

    @ParameterizedTest
    @EnumSource
    void projects_are_tagged_and_found_by_tags(EachDatabase store) {
        String admin = open(store);
        String one = cloud.make("project", admin, "\"name\": \"one\", \"tags\": [\"red\", \"blue\"]");
        cloud.make("project", admin, "\"name\": \"two\", \"tags\": [\"reddish\"]");
        assertThat(cloud.put("/projects/%s/tags/green".formatted(one), admin).status())
                .isEqualTo(201);
        assertThat(cloud.get("/projects/" + one, admin)
                        .body()
                        .at("/project/tags")
                        .size())
                .isEqualTo(3);
        assertThat(names(cloud.get("/projects?tags=red,green", admin))).containsExactly("one");
        assertThat(names(cloud.get("/projects?tags-any=green,reddish", admin))).containsExactlyInAnyOrder("one", "two");
        assertThat(names(cloud.get("/projects?not-tags=red", admin)))
                .doesNotContain("one")
                .contains("two");
        assertThat(cloud.get("/projects/%s/tags/none".formatted(one), admin).status())
                .isEqualTo(404);
        assertThat(cloud.delete("/projects/%s/tags/red".formatted(one), admin).status())
                .isEqualTo(204);
        assertThat(cloud.get("/projects/%s/tags".formatted(one), admin)
                        .body()
                        .path("tags")
                        .size())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void a_domain_is_disabled_before_it_goes_with_all_that_is_in_it(EachDatabase store) {
        String admin = open(store);
        String domain = cloud.make("domain", admin, "\"name\": \"acme\"");
        String user = cloud.make("user", admin, "\"name\": \"ann\", \"domain_id\": \"%s\"".formatted(domain));
        String project = cloud.make("project", admin, "\"name\": \"p\", \"domain_id\": \"%s\"".formatted(domain));
        assertThat(cloud.delete("/domains/" + domain, admin).status()).isEqualTo(403);
        cloud.patch("/domains/" + domain, admin, "{\"domain\": {\"enabled\": false}}");
        assertThat(cloud.delete("/domains/" + domain, admin).status()).isEqualTo(204);
        for (String gone : new String[] {"/domains/" + domain, "/users/" + user, "/projects/" + project}) {
            assertThat(cloud.get(gone, admin).status()).as(gone).isEqualTo(404);
        }
        cloud.patch("/domains/default", admin, "{\"domain\": {\"description\": \"ours\"}}");
        assertThat(cloud.get("/domains/default", admin).at("/domain/description"))
                .isEqualTo("ours");
    }

    @ParameterizedTest
    @EnumSource
    void members_of_a_group_have_its_roles_and_lose_them_with_it(EachDatabase store) {
        String admin = open(store);
        String group = cloud.make("group", admin, "\"name\": \"team\"");
        String project = cloud.make("project", admin, "\"name\": \"demo\"");
        String user =
                cloud.make("user", admin, "\"name\": \"ann\", \"password\": \"%s\"".formatted(TestCloud.PASSWORD));
        String member = cloud.role("member", admin);
        cloud.put("/projects/%s/groups/%s/roles/%s".formatted(project, group, member), admin);
        assertThat(cloud.put("/groups/%s/users/%s".formatted(group, user), admin)
                        .status())
                .isEqualTo(204);
        String token = cloud.token("ann", TestCloud.PASSWORD, "demo");
        assertThat(cloud.identity().authenticate(token).orElseThrow().roles())
                .containsExactlyInAnyOrder("member", "reader");
        assertThat(cloud.send("HEAD", "/v3/groups/%s/users/%s".formatted(group, user), admin, "")
                        .status())
                .isEqualTo(204);
        assertThat(cloud.get("/groups/%s/users".formatted(group), admin).body().path("users"))
                .hasSize(1);
        assertThat(cloud.get("/users/%s/groups".formatted(user), admin).body().path("groups"))
                .hasSize(1);
        TestCloud.Answer effective = cloud.get(
                "/role_assignments?effective&include_names&user.id=%s&scope.project.id=%s".formatted(user, project),
                admin);
        assertThat(effective
                        .body()
                        .at("/role_assignments")
                        .valueStream()
                        .map(each -> each.at("/role/name").asString()))
                .containsExactlyInAnyOrder("member", "reader");
        assertThat(effective.at("/role_assignments/0/scope/project/name")).isEqualTo("demo");
        cloud.delete("/groups/%s/users/%s".formatted(group, user), admin);
        assertThat(cloud.identity().authenticate(token)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_role_that_is_inherited_holds_for_the_projects_below_alone(EachDatabase store) {
        String admin = open(store);
        String project = cloud.make("project", admin, "\"name\": \"demo\"");
        String user =
                cloud.make("user", admin, "\"name\": \"ann\", \"password\": \"%s\"".formatted(TestCloud.PASSWORD));
        assertThat(cloud.put(
                                "/OS-INHERIT/domains/default/users/%s/roles/%s/inherited_to_projects"
                                        .formatted(user, cloud.role("reader", admin)),
                                admin)
                        .status())
                .isEqualTo(204);
        String token = cloud.token("ann", TestCloud.PASSWORD, "demo");
        assertThat(cloud.identity().authenticate(token).orElseThrow().roles()).containsExactly("reader");
        assertThat(cloud.login("ann", TestCloud.PASSWORD, "{\"domain\": {\"id\": \"default\"}}")
                        .status())
                .isEqualTo(401);
        assertThat(cloud.get("/users/%s/projects".formatted(user), token)
                        .body()
                        .path("projects")
                        .size())
                .isEqualTo(3);
        assertThat(cloud.get("/role_assignments?effective&scope.project.id=" + project, admin)
                        .response()
                        .body())
                .contains(user);
    }

    @ParameterizedTest
    @EnumSource
    void regions_services_and_endpoints_make_the_catalogue(EachDatabase store) {
        String admin = open(store);
        assertThat(cloud.send("PUT", "/v3/regions/North", admin, "{\"region\": {\"description\": \"up\"}}")
                        .status())
                .isEqualTo(201);
        String service = cloud.make("service", admin, "\"type\": \"object-store\", \"name\": \"swift\"");
        String endpoint = cloud.make(
                "endpoint",
                admin,
                "\"service_id\": \"%s\", \"interface\": \"public\", \"region_id\": \"North\", \"url\": \"http://127.0.0.1:9/v1/AUTH_$(project_id)s\""
                        .formatted(service));
        assertThat(cloud.get("/auth/catalog", admin).response().body())
                .contains("/v1/AUTH_")
                .doesNotContain("$(");
        assertThat(cloud.delete("/regions/North", admin).status()).isEqualTo(403);
        String bad = "{\"endpoint\": {\"service_id\": \"%s\", \"interface\": \"%s\", \"url\": \"%s\"}}";
        assertThat(cloud.post("/endpoints", admin, bad.formatted(service, "secret", "http://x"))
                        .status())
                .isEqualTo(400);
        assertThat(cloud.post("/endpoints", admin, bad.formatted(service, "public", "file:///etc"))
                        .status())
                .isEqualTo(400);
        assertThat(cloud.post("/endpoints", admin, bad.formatted(service, "public", "http://x/%(password)s"))
                        .status())
                .isEqualTo(400);
        assertThat(cloud.post("/endpoints", admin, bad.formatted("none", "public", "http://x"))
                        .status())
                .isEqualTo(404);
        assertThat(cloud.send("PATCH", "/v3/endpoints/" + endpoint, admin, "{\"endpoint\": {\"region\": \"South\"}}")
                        .at("/endpoint/region_id"))
                .as("the region as older clients name it")
                .isEqualTo("South");
        assertThat(cloud.delete("/regions/North", admin).status()).isEqualTo(204);
        assertThat(cloud.get("/policies", admin).status()).isEqualTo(501);
        assertThat(cloud.put("/domains/default/config", admin).status()).isEqualTo(501);
        cloud.delete("/services/" + service, admin);
        assertThat(cloud.get("/endpoints/" + endpoint, admin).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @EnumSource
    void implied_roles_are_told_made_and_never_circular(EachDatabase store) {
        String admin = open(store);
        String reader = cloud.role("reader", admin);
        String memberRole = cloud.role("member", admin);
        assertThat(cloud.get("/role_inferences", admin).body().path("role_inferences"))
                .hasSize(3);
        String auditor = cloud.make("role", admin, "\"name\": \"auditor\"");
        assertThat(cloud.put("/roles/%s/implies/%s".formatted(auditor, reader), admin)
                        .status())
                .isEqualTo(201);
        assertThat(cloud.get("/roles/%s/implies".formatted(auditor), admin).at("/role_inference/implies/0/name"))
                .isEqualTo("reader");
        assertThat(cloud.put("/roles/%s/implies/%s".formatted(reader, memberRole), admin)
                        .status())
                .isEqualTo(403);
        TestCloud.Member ann = cloud.member("ann", "demo", "member");
        String own = cloud.make("role", admin, "\"name\": \"own\", \"domain_id\": \"default\"");
        String path = "/projects/%s/users/%s/roles/%s";
        assertThat(cloud.put(path.formatted(ann.project(), ann.user(), own), admin)
                        .status())
                .isEqualTo(204);
        assertThat(cloud.get("/role_assignments?effective&role.id=" + own, admin)
                        .body()
                        .path("role_assignments"))
                .as("a domain's own role only implies others")
                .isEmpty();
        assertThat(cloud.delete("/roles/%s/implies/%s".formatted(auditor, reader), admin)
                        .status())
                .isEqualTo(204);
    }

    @ParameterizedTest
    @EnumSource
    void a_second_start_changes_nothing(EachDatabase store) {
        String admin = open(store);
        String before = cloud.get("/roles", admin).response().body()
                + cloud.get("/endpoints", admin).response().body()
                + cloud.get("/role_assignments", admin).response().body();
        cloud.identity().bootstrap(FirstCloud.of(io.kilonova.configuration.Secret.of("other"), List.of()));
        assertThat(cloud.get("/roles", admin).response().body()
                        + cloud.get("/endpoints", admin).response().body()
                        + cloud.get("/role_assignments", admin).response().body())
                .isEqualTo(before);
        assertThat(cloud.login("admin", TestCloud.PASSWORD, "").status()).isEqualTo(201);
    }

    @ParameterizedTest
    @EnumSource
    void bodies_that_cannot_be_are_refused_with_the_field_that_is_wrong(EachDatabase store) {
        String admin = open(store);
        String[][] bodies = {
            {"/users", "{\"user\": {}}", "user"},
            {"/users", "{\"user\": {\"name\": \"\"}}", "name"},
            {"/users", "{\"user\": {\"name\": 7}}", "name"},
            {"/users", "{\"user\": {\"name\": \"%s\"}}".formatted("x".repeat(256)), "name"},
            {"/users", "{\"user\": {\"name\": \"x\", \"enabled\": \"maybe\"}}", "enabled"},
            {"/users", "{\"user\": []}", "user"},
            {"/users", "[]", "user"},
            {"/projects", "{\"project\": {\"name\": \"x\", \"tags\": [\"a,b\"]}}", "tags"},
            {"/projects", "{\"project\": {\"name\": \"x\", \"options\": 1}}", "options"},
            {"/regions", "{\"region\": {\"id\": 7}}", "id"},
        };
        for (String[] each : bodies) {
            TestCloud.Answer answer = cloud.post(each[0], admin, each[1]);
            assertThat(answer.status()).as(each[1]).isEqualTo(400);
            assertThat(answer.message()).as(each[1]).contains(each[2]);
        }
        assertThat(cloud.post(
                                "/users",
                                admin,
                                "{\"user\": {\"name\": \"x\", \"options\": {\"multi_factor_auth_enabled\": true}}}")
                        .status())
                .isEqualTo(501);
    }

    private static List<String> names(TestCloud.Answer answer) {
        return answer.body()
                .path("projects")
                .valueStream()
                .map(each -> each.path("name").asString())
                .toList();
    }
}
