package io.kilonova.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What attackers try: guessing, escalating, crossing tenants, reading what is kept. */
class AttackTest {
    @TempDir
    Path folder;

    private TestCloud cloud;

    @BeforeEach
    void open() {
        cloud = TestCloud.in(folder);
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    @Test
    void a_failed_log_in_tells_nothing_of_what_was_wrong() {
        cloud.member("ann", "demo", "member");
        String scope = "{\"project\": {\"name\": \"%s\", \"domain\": {\"id\": \"default\"}}}";
        String[] bodies = {
            cloud.login("ann", "wrong", "").response().body(),
            cloud.login("nobody", "wrong", "").response().body(),
            cloud.login("ann", TestCloud.PASSWORD, scope.formatted("admin"))
                    .response()
                    .body(),
            cloud.login("ann", TestCloud.PASSWORD, scope.formatted("nowhere"))
                    .response()
                    .body(),
        };
        assertThat(bodies)
                .containsOnly(
                        "{\"error\":{\"code\":401,\"message\":\"The request you have made requires authentication.\",\"title\":\"Unauthorized\"}}");
    }

    @Test
    void guessing_locks_a_user_for_a_while_even_for_the_right_password() {
        cloud.member("ann", "demo", "member");
        for (int i = 0; i < 10; i++) {
            assertThat(cloud.login("ann", "guess" + i, "").status()).isEqualTo(401);
        }
        assertThat(cloud.login("ann", TestCloud.PASSWORD, "").status()).isEqualTo(401);
        cloud.advance(Duration.ofMinutes(2));
        assertThat(cloud.login("ann", TestCloud.PASSWORD, "").status()).isEqualTo(201);
    }

    @Test
    void a_failure_after_the_lock_begins_a_new_count() {
        cloud.member("ann", "demo", "member");
        for (int i = 0; i < 10; i++) {
            cloud.login("ann", "guess" + i, "");
        }
        cloud.advance(Duration.ofMinutes(2));
        cloud.login("ann", "guess", "");
        assertThat(cloud.login("ann", TestCloud.PASSWORD, "").status()).isEqualTo(201);
    }

    @Test
    void a_password_is_neither_answered_nor_kept() throws IOException {
        String admin = cloud.admin();
        String secret = "s3cr3t-that-must-not-show";
        TestCloud.Answer made =
                cloud.post("/users", admin, "{\"user\": {\"name\": \"eve\", \"password\": \"%s\"}}".formatted(secret));
        assertThat(made.response().body())
                .doesNotContain(secret)
                .doesNotContain("$2b$")
                .doesNotContain("password_hash");
        assertThat(cloud.post(
                                "/users",
                                admin,
                                "{\"user\": {\"name\": \"eve\", \"password\": [\"%s\"]}}".formatted(secret))
                        .response()
                        .body())
                .doesNotContain(secret);
        assertThat(cloud.post("/auth/tokens", "", "{\"auth\": {\"password\": \"%s\" oops".formatted(secret))
                        .response()
                        .body())
                .doesNotContain(secret);
        cloud.post("/credentials", admin, "{\"credential\": {\"type\": \"cert\", \"blob\": \"%s\"}}".formatted(secret));
        assertThat(cloud.get("/credentials", admin).response().body()).contains(secret);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(secret);
            }
        }
    }

    @Test
    void keys_are_readable_by_their_owner_alone_and_refused_otherwise() throws IOException {
        Path keys = folder.resolve("fernet-keys");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.resolve("1"))))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(keys.resolve("1"), PosixFilePermissions.fromString("rw-r--r--"));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> KeyRepository.open(keys, 3))
                .hasMessageContaining("chmod 600");
    }

    @Test
    void an_application_credential_never_gives_more_than_its_user_has() {
        TestCloud.Member ann = cloud.member("ann", "demo", "member");
        String admin = cloud.admin();
        assertThat(cloud.post(
                                "/users/%s/application_credentials".formatted(ann.user()),
                                ann.token(),
                                "{\"application_credential\": {\"name\": \"x\", \"roles\": [{\"name\": \"admin\"}]}}")
                        .status())
                .isEqualTo(400);
        TestCloud.Answer made = cloud.post(
                "/users/%s/application_credentials".formatted(ann.user()),
                ann.token(),
                "{\"application_credential\": {\"name\": \"ci\", \"roles\": [{\"name\": \"reader\"}]}}");
        assertThat(made.status()).isEqualTo(201);
        String id = made.at("/application_credential/id");
        String secret = made.at("/application_credential/secret");
        assertThat(secret).hasSizeGreaterThan(80);
        TestCloud.Answer login = applicationLogin(id, secret, "");
        assertThat(login.status()).isEqualTo(201);
        assertThat(login.body().at("/token/roles").findValuesAsString("name")).containsExactly("reader");
        assertThat(login.body().at("/token/application_credential/restricted").booleanValue())
                .isTrue();
        String token = login.header("X-Subject-Token");

        // It makes no further credentials, of no kind, and removes none.
        assertThat(cloud.post(
                                "/users/%s/application_credentials".formatted(ann.user()),
                                token,
                                "{\"application_credential\": {\"name\": \"more\"}}")
                        .status())
                .isEqualTo(403);
        assertThat(cloud.post(
                                "/users/%s/credentials/OS-EC2".formatted(ann.user()),
                                token,
                                "{\"tenant_id\": \"%s\"}".formatted(ann.project()))
                        .status())
                .isEqualTo(403);
        assertThat(cloud.post("/credentials", token, "{\"credential\": {\"type\": \"cert\", \"blob\": \"x\"}}")
                        .status())
                .isEqualTo(403);
        assertThat(cloud.delete("/users/%s/application_credentials/%s".formatted(ann.user(), id), token)
                        .status())
                .isEqualTo(403);

        // A token that came from it goes nowhere else, and stays as small.
        TestCloud.Answer again = cloud.post(
                "/auth/tokens",
                "",
                "{\"auth\": {\"identity\": {\"methods\": [\"token\"], \"token\": {\"id\": \"%s\"}}}}".formatted(token));
        assertThat(again.body().at("/token/roles").findValuesAsString("name")).containsExactly("reader");
        assertThat(cloud.post(
                                "/auth/tokens",
                                "",
                                "{\"auth\": {\"identity\": {\"methods\": [\"token\"], \"token\": {\"id\": \"%s\"}}, \"scope\": \"unscoped\"}}"
                                        .formatted(token))
                        .status())
                .isEqualTo(401);

        // It loses what its user loses.
        cloud.delete(
                "/projects/%s/users/%s/roles/%s".formatted(ann.project(), ann.user(), cloud.role("member", admin)),
                admin);
        assertThat(cloud.identity().authenticate(token)).isEmpty();
        assertThat(applicationLogin(id, secret, "").status()).isEqualTo(401);
    }

    @Test
    void an_application_credential_is_found_by_name_and_user_and_ends_in_time() {
        TestCloud.Member ann = cloud.member("ann", "demo", "member");
        String end = TokenView.time(cloud.clock().instant().plus(Duration.ofMinutes(5)));
        TestCloud.Answer made = cloud.post(
                "/users/%s/application_credentials".formatted(ann.user()),
                ann.token(),
                "{\"application_credential\": {\"name\": \"ci\", \"secret\": \"chosen\", \"expires_at\": \"%s\"}}"
                        .formatted(end));
        assertThat(made.status()).isEqualTo(201);
        String body = """
                {"auth": {"identity": {"methods": ["application_credential"], "application_credential":
                  {"name": "ci", "secret": "%s", "user": {"name": "ann", "domain": {"name": "Default"}}}}}}""";
        assertThat(cloud.post("/auth/tokens", "", body.formatted("wrong")).status())
                .isEqualTo(401);
        TestCloud.Answer login = cloud.post("/auth/tokens", "", body.formatted("chosen"));
        assertThat(login.status()).isEqualTo(201);
        cloud.advance(Duration.ofMinutes(6));
        assertThat(cloud.post("/auth/tokens", "", body.formatted("chosen")).status())
                .isEqualTo(401);
        assertThat(cloud.identity().authenticate(login.header("X-Subject-Token")))
                .isEmpty();
    }

    @Test
    void a_tenant_reaches_nothing_of_another() {
        TestCloud.Member ann = cloud.member("ann", "demo", "member");
        TestCloud.Member bob = cloud.member("bob", "other", "member");
        String token = ann.token();
        for (String path : new String[] {
            "/users/" + bob.user(),
            "/users/" + bob.user() + "/projects",
            "/users/" + bob.user() + "/groups",
            "/users/" + bob.user() + "/application_credentials",
            "/users/" + bob.user() + "/credentials/OS-EC2",
            "/projects/" + bob.project(),
            "/users",
            "/projects",
            "/groups",
            "/role_assignments",
            "/services",
            "/endpoints",
            "/users/0123456789abcdef0123456789abcdef",
            "/projects/0123456789abcdef0123456789abcdef"
        }) {
            assertThat(cloud.get(path, token).status()).as(path).isEqualTo(403);
        }
        assertThat(cloud.get("/users/" + ann.user(), token).status()).isEqualTo(200);
        assertThat(cloud.get("/projects/" + ann.project(), token).status()).isEqualTo(200);
        assertThat(cloud.patch("/users/" + ann.user(), token, "{\"user\": {\"enabled\": true}}")
                        .status())
                .isEqualTo(403);
        assertThat(cloud.put(
                                "/projects/%s/users/%s/roles/%s"
                                        .formatted(ann.project(), ann.user(), cloud.role("admin", cloud.admin())),
                                token)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void a_manager_of_a_domain_manages_that_domain_and_gives_no_role_above_their_own() {
        String admin = cloud.admin();
        String domain = cloud.make("domain", admin, "\"name\": \"acme\"");
        String boss = cloud.make(
                "user",
                admin,
                "\"name\": \"boss\", \"domain_id\": \"%s\", \"password\": \"%s\""
                        .formatted(domain, TestCloud.PASSWORD));
        cloud.put("/domains/%s/users/%s/roles/%s".formatted(domain, boss, cloud.role("manager", admin)), admin);
        String token = cloud.post("/auth/tokens", "", """
                        {"auth": {"identity": {"methods": ["password"], "password": {"user": {"id": "%s", "password": "%s"}}},
                          "scope": {"domain": {"id": "%s"}}}}""".formatted(boss, TestCloud.PASSWORD, domain))
                .header("X-Subject-Token");
        String user = cloud.make("user", token, "\"name\": \"worker\"");
        String project = cloud.make("project", token, "\"name\": \"factory\"");
        assertThat(cloud.get("/users/" + user, token).at("/user/domain_id")).isEqualTo(domain);
        String grant = "/projects/%s/users/%s/roles/%s";
        assertThat(cloud.put(grant.formatted(project, user, cloud.role("member", admin)), token)
                        .status())
                .isEqualTo(204);
        assertThat(cloud.put(grant.formatted(project, user, cloud.role("admin", admin)), token)
                        .status())
                .isEqualTo(403);
        String foreign = cloud.get("/projects?name=admin", admin).at("/projects/0/id");
        assertThat(cloud.put(grant.formatted(foreign, user, cloud.role("member", admin)), token)
                        .status())
                .isEqualTo(403);
        assertThat(cloud.post("/users", token, "{\"user\": {\"name\": \"spy\", \"domain_id\": \"default\"}}")
                        .status())
                .isEqualTo(403);
        assertThat(cloud.get("/users", token).body().at("/users").findValuesAsString("name"))
                .containsExactlyInAnyOrder("boss", "worker");
    }

    @Test
    void the_roles_that_policies_rest_on_cannot_be_renamed_or_removed() {
        String admin = cloud.admin();
        String role = cloud.role("reader", admin);
        assertThat(cloud.patch("/roles/" + role, admin, "{\"role\": {\"name\": \"x\"}}")
                        .status())
                .isEqualTo(403);
        assertThat(cloud.delete("/roles/" + role, admin).status()).isEqualTo(403);
    }

    @Test
    void bodies_that_are_no_log_in_get_a_clear_no() {
        for (String body : new String[] {
            "{}",
            "[]",
            "null",
            "{\"auth\": null}",
            "{\"auth\": {}}",
            "{\"auth\": {\"identity\": {}}}",
            "{\"auth\": {\"identity\": {\"methods\": []}}}",
            "{\"auth\": {\"identity\": {\"methods\": \"password\"}}}",
            "{\"auth\": {\"identity\": {\"methods\": [\"password\"]}}}",
            "{\"auth\": {\"identity\": {\"methods\": [\"password\"], \"password\": {\"user\": {\"name\": \"x\"}}}}}",
            "{\"auth\": {\"identity\": {\"methods\": [\"password\"], \"password\": {\"user\": {\"name\": 7, \"password\": \"x\"}}}}}",
            "{\"auth\": {\"identity\": {\"methods\": [\"token\"], \"token\": []}}}",
        }) {
            TestCloud.Answer answer = cloud.post("/auth/tokens", "", body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.message()).isNotBlank();
        }
        assertThat(cloud.post("/auth/tokens", "", "{\"auth\": {\"identity\": {\"methods\": [\"totp\"], \"totp\": {}}}}")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void every_byte_of_a_long_password_counts() {
        String admin = cloud.admin();
        String start = "a".repeat(100);
        cloud.make("user", admin, "\"name\": \"long\", \"password\": \"%s1\"".formatted(start));
        assertThat(cloud.login("long", start + "1", "").status()).isEqualTo(201);
        assertThat(cloud.login("long", start + "2", "").status()).isEqualTo(401);
        assertThat(cloud.login("long", "a".repeat(72), "").status()).isEqualTo(401);
        assertThat(cloud.login("long", "x".repeat(5000), "").status()).isEqualTo(400);
    }

    private TestCloud.Answer applicationLogin(String id, String secret, String scope) {
        return cloud.post("/auth/tokens", "", """
                {"auth": {"identity": {"methods": ["application_credential"],
                  "application_credential": {"id": "%s", "secret": "%s"}}%s}}""".formatted(id, secret, scope));
    }
}
