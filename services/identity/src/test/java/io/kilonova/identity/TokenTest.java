package io.kilonova.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens from outside: how they are got, what they say, and every way in which they end. */
class TokenTest {
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
    void a_project_token_says_what_keystones_says() {
        TestCloud.Answer answer = cloud.login(
                "admin", TestCloud.PASSWORD, "{\"project\": {\"name\": \"admin\", \"domain\": {\"id\": \"default\"}}}");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("X-Subject-Token")).hasSizeBetween(100, 255);
        assertThat(answer.header("Vary")).isEqualTo("X-Auth-Token");
        assertThat(answer.at("/token/methods/0")).isEqualTo("password");
        assertThat(answer.at("/token/user/name")).isEqualTo("admin");
        assertThat(answer.at("/token/user/domain/name")).isEqualTo("Default");
        assertThat(answer.body().at("/token/user/password_expires_at").isNull()).isTrue();
        assertThat(answer.at("/token/project/domain/id")).isEqualTo("default");
        assertThat(answer.body().at("/token/is_domain").booleanValue()).isFalse();
        assertThat(answer.body().at("/token/roles").findValuesAsString("name"))
                .containsExactly("admin", "manager", "member", "reader");
        assertThat(answer.at("/token/expires_at")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        assertThat(answer.at("/token/issued_at")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        assertThat(answer.at("/token/audit_ids/0")).hasSize(22);
        assertThat(answer.body().at("/token/catalog").findValuesAsString("type"))
                .containsExactly("block-storage", "compute", "identity");
        assertThat(answer.at("/token/catalog/0/endpoints/0/url"))
                .isEqualTo("http://127.0.0.1:1/volume/v3/" + answer.at("/token/project/id"));
        assertThat(answer.at("/token/catalog/0/endpoints/0/region")).isEqualTo("RegionOne");
    }

    @Test
    void an_unscoped_token_has_no_project_no_roles_and_no_catalogue() {
        TestCloud.Answer answer = cloud.login("admin", TestCloud.PASSWORD, "\"unscoped\"");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body().path("token").has("project")).isFalse();
        assertThat(answer.body().path("token").has("roles")).isFalse();
        assertThat(answer.body().path("token").has("catalog")).isFalse();
    }

    @Test
    void a_system_token_says_so() {
        TestCloud.Answer answer = cloud.login("admin", TestCloud.PASSWORD, "{\"system\": {\"all\": true}}");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body().at("/token/system/all").booleanValue()).isTrue();
        // Without a project, what needs one has no address.
        assertThat(answer.body().at("/token/catalog/0/endpoints")).isEmpty();
    }

    @Test
    void a_domain_token_needs_a_role_in_the_domain() {
        assertThat(cloud.login("admin", TestCloud.PASSWORD, "{\"domain\": {\"name\": \"Default\"}}")
                        .status())
                .isEqualTo(401);
        String admin = cloud.admin();
        String user = cloud.get("/users?name=admin", admin).at("/users/0/id");
        cloud.put("/domains/default/users/%s/roles/%s".formatted(user, cloud.role("reader", admin)), admin);
        TestCloud.Answer answer = cloud.login("admin", TestCloud.PASSWORD, "{\"domain\": {\"name\": \"Default\"}}");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.at("/token/domain/id")).isEqualTo("default");
    }

    @Test
    void a_default_project_is_used_when_nothing_is_said() {
        TestCloud.Member member = cloud.member("ann", "demo", "member");
        cloud.patch(
                "/users/" + member.user(),
                cloud.admin(),
                "{\"user\": {\"default_project_id\": \"%s\"}}".formatted(member.project()));
        assertThat(cloud.login("ann", TestCloud.PASSWORD, "").at("/token/project/id"))
                .isEqualTo(member.project());
    }

    @Test
    void a_token_gives_a_token_that_ends_no_later() {
        TestCloud.Member member = cloud.member("ann", "demo", "member");
        TestCloud.Answer first = cloud.show(member.token(), member.token());
        cloud.advance(Duration.ofMinutes(10));
        TestCloud.Answer second = cloud.post("/auth/tokens", "", """
                {"auth": {"identity": {"methods": ["token"], "token": {"id": "%s"}}, "scope": {"project": {"id": "%s"}}}}""".formatted(member.token(), member.project()));
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.at("/token/expires_at")).isEqualTo(first.at("/token/expires_at"));
        assertThat(second.at("/token/audit_ids/1")).isEqualTo(first.at("/token/audit_ids/0"));
        assertThat(second.body().at("/token/methods").size()).isEqualTo(2);
    }

    @Test
    void a_token_ends_with_its_time() {
        String token = cloud.admin();
        cloud.advance(Duration.ofMinutes(59));
        assertThat(cloud.get("/projects", token).status()).isEqualTo(200);
        cloud.advance(Duration.ofMinutes(2));
        assertThat(cloud.get("/projects", token).status()).isEqualTo(401);
    }

    @Test
    void a_revoked_token_ends_at_once_and_others_hold() {
        String token = cloud.admin();
        String other = cloud.admin();
        assertThat(cloud.send("DELETE", "/v3/auth/tokens", other, "", "X-Subject-Token", token)
                        .status())
                .isEqualTo(204);
        assertThat(cloud.get("/projects", token).status()).isEqualTo(401);
        assertThat(cloud.show(other, token).status()).isEqualTo(404);
        String ann = cloud.member("ann", "demo", "member").token();
        assertThat(cloud.show(ann, token).status())
                .as("whoever asks, what is no token any more is none")
                .isEqualTo(404);
        assertThat(cloud.get("/projects", other).status()).isEqualTo(200);
    }

    @Test
    void another_controller_honours_a_revocation() {
        try (Identity neighbour = new Identity(
                cloud.database(),
                IdentityOptions.in(folder).withBcryptCost(4).withChangeInterval(Duration.ZERO),
                cloud.clock())) {
            String token = cloud.admin();
            assertThat(neighbour.authenticate(token)).isPresent();
            cloud.send("DELETE", "/v3/auth/tokens", token, "", "X-Subject-Token", token);
            assertThat(neighbour.authenticate(token)).isEmpty();
        }
    }

    @Test
    void a_token_outlives_rotations_of_keys_as_long_as_its_key_is_kept() {
        String token = cloud.admin();
        cloud.identity().rotateKeys();
        assertThat(cloud.get("/projects", token).status()).isEqualTo(200);
        cloud.identity().rotateKeys();
        assertThat(cloud.get("/projects", token).status()).isEqualTo(401);
        assertThat(cloud.get("/projects", cloud.admin()).status()).isEqualTo(200);
    }

    @Test
    void as_many_keys_are_kept_as_were_asked_for_and_tokens_never_outlive_theirs(@TempDir Path keys) throws Exception {
        IdentityOptions options = IdentityOptions.in(keys).withBcryptCost(4).withTokens(Duration.ofDays(9), 5);
        assertThat(options.keyRotation()).isGreaterThan(Duration.ofDays(3));
        try (Identity other = new Identity(cloud.database(), options, cloud.clock())) {
            for (int rotation = 0; rotation < 9; rotation++) {
                other.rotateKeys();
            }
        }
        try (Stream<Path> kept = Files.list(keys.resolve("fernet-keys"))) {
            assertThat(kept.filter(file -> file.getFileName().toString().matches("[0-9]+")))
                    .hasSize(5);
        }
    }

    @Test
    void every_changed_byte_makes_a_token_worthless() {
        String token = cloud.admin();
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= 1;
            String forged = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            assertThat(cloud.identity().authenticate(forged)).as("byte %d", i).isEmpty();
            bytes[i] ^= 1;
        }
        assertThat(cloud.identity().authenticate(token)).isPresent();
    }

    @Test
    void what_was_never_a_token_is_refused() {
        String token = cloud.admin();
        String last = token.substring(0, token.length() - 1);
        for (char c = 'A'; c <= 'Z'; c++) {
            assertThat(token.endsWith(String.valueOf(c))
                            || cloud.identity().authenticate(last + c).isEmpty())
                    .isTrue();
        }
        for (String forged :
                new String[] {"x", "gAAAAA", token + "A", token.repeat(10), "é", "==", token.substring(1)}) {
            assertThat(cloud.identity().authenticate(forged)).isEmpty();
        }
        assertThat(cloud.get("/projects", "gAAAAABforged").status()).isEqualTo(401);
        assertThat(cloud.get("/projects", "").status()).isEqualTo(401);
    }

    @Test
    void every_loss_of_standing_ends_tokens_at_once() {
        String admin = cloud.admin();
        assertEnds("u1", member -> cloud.patch("/users/" + member.user(), admin, "{\"user\": {\"enabled\": false}}"));
        assertEnds(
                "u2", member -> cloud.patch("/users/" + member.user(), admin, "{\"user\": {\"password\": \"new\"}}"));
        assertEnds("u3", member -> cloud.delete("/users/" + member.user(), admin));
        assertEnds(
                "u4",
                member -> cloud.patch("/projects/" + member.project(), admin, "{\"project\": {\"enabled\": false}}"));
        assertEnds("u5", member -> cloud.delete("/projects/" + member.project(), admin));
        assertEnds(
                "u6",
                member -> cloud.delete(
                        "/projects/%s/users/%s/roles/%s"
                                .formatted(member.project(), member.user(), cloud.role("member", admin)),
                        admin));
        assertEnds(
                "u7",
                member -> cloud.post(
                        "/users/%s/password".formatted(member.user()),
                        "",
                        "{\"user\": {\"password\": \"new\", \"original_password\": \"%s\"}}"
                                .formatted(TestCloud.PASSWORD)));
        assertEnds("u8", member -> cloud.patch("/domains/default", admin, "{\"domain\": {\"enabled\": false}}"));
    }

    private void assertEnds(String name, java.util.function.Function<TestCloud.Member, TestCloud.Answer> loss) {
        TestCloud.Member member = cloud.member(name, "project-of-" + name, "member");
        assertThat(cloud.identity().authenticate(member.token())).isPresent();
        assertThat(loss.apply(member).status()).isBetween(200, 204);
        assertThat(cloud.identity().authenticate(member.token())).as(name).isEmpty();
    }

    @Test
    void a_service_reads_a_token_that_ended_lately_when_it_asks_for_that() {
        TestCloud.Member member = cloud.member("ann", "demo", "member");
        TestCloud.Member service = cloud.member("nova", "service", "service");
        assertThat(cloud.show(service.token(), member.token()).status()).isEqualTo(200);
        cloud.advance(Duration.ofHours(2));
        String fresh = cloud.token("nova", TestCloud.PASSWORD, "service");
        assertThat(cloud.show(fresh, member.token()).status()).isEqualTo(404);
        assertThat(cloud.send("GET", "/v3/auth/tokens?allow_expired=1", fresh, "", "X-Subject-Token", member.token())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_member_reads_their_own_token_and_no_others() {
        TestCloud.Member ann = cloud.member("ann", "demo", "member");
        TestCloud.Member bob = cloud.member("bob", "demo", "member");
        assertThat(cloud.show(ann.token(), ann.token()).status()).isEqualTo(200);
        assertThat(cloud.show(ann.token(), bob.token()).status()).isEqualTo(403);
        assertThat(cloud.show(ann.token(), "nonsense").status()).isEqualTo(404);
        assertThat(cloud.show(cloud.admin(), "nonsense").status()).isEqualTo(404);
    }

    @Test
    void callers_see_where_they_can_go() {
        TestCloud.Member ann = cloud.member("ann", "demo", "member");
        assertThat(cloud.get("/auth/projects", ann.token())
                        .body()
                        .at("/projects")
                        .findValuesAsString("name"))
                .containsExactly("demo");
        assertThat(cloud.get("/auth/domains", ann.token()).body().at("/domains"))
                .isEmpty();
        assertThat(cloud.get("/auth/system", ann.token()).body().at("/system")).isEmpty();
        assertThat(cloud.get("/auth/system", cloud.admin())
                        .body()
                        .at("/system/0/all")
                        .booleanValue())
                .isTrue();
        assertThat(cloud.get("/auth/catalog", ann.token()).body().at("/catalog").size())
                .isEqualTo(3);
    }

    @Test
    void versions_are_told_as_keystone_tells_them() {
        TestCloud.Answer root = cloud.send("GET", "/", "", "");
        assertThat(root.status()).isEqualTo(300);
        assertThat(root.at("/versions/values/0/id")).isEqualTo("v3.14");
        assertThat(root.at("/versions/values/0/links/0/href")).isEqualTo(cloud.url() + "/v3/");
        TestCloud.Answer third = cloud.send("GET", "/v3/", "", "");
        assertThat(third.status()).isEqualTo(200);
        assertThat(third.at("/version/status")).isEqualTo("stable");
    }
}
