package io.kilonova.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.errors.ServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyRulesTest {
    private static final Map<String, String> OWN = Map.of("project_id", "p1", "user_id", "u1");
    private static final Map<String, String> OTHER = Map.of("project_id", "p2", "user_id", "u2");

    @TempDir
    private Path folder;

    private static Caller caller(String... roles) {
        return new Caller(
                "u1",
                "ann",
                "default",
                Optional.of("p1"),
                Optional.of("demo"),
                Optional.of("default"),
                Optional.empty(),
                false,
                Set.of(roles),
                "audit",
                Instant.MAX);
    }

    @Test
    void a_member_acts_in_their_own_project_only() {
        Policy create = Policy.member("servers:create", "Create a server");
        PolicyRules rules = PolicyRules.defaults();
        assertThat(rules.allows(create, caller("member", "reader"), OWN)).isTrue();
        assertThat(rules.allows(create, caller("member", "reader"), OTHER)).isFalse();
        assertThat(rules.allows(create, caller("reader"), OWN)).isFalse();
        assertThat(rules.allows(create, caller("admin"), OTHER)).isTrue();
    }

    @Test
    void a_missing_target_attribute_matches_nobody() {
        assertThat(PolicyRules.defaults().allows(Policy.reader("x", "x"), caller("reader"), Map.of()))
                .isFalse();
    }

    @Test
    void precedence_and_parentheses_are_those_of_oslo_policy() {
        PolicyRules rules = PolicyRules.defaults();
        assertThat(rules.allows(new Policy("a", "role:x or role:reader and not role:y", ""), caller("reader"), OWN))
                .isTrue();
        assertThat(rules.allows(new Policy("b", "(role:x or role:reader) and role:y", ""), caller("reader"), OWN))
                .isFalse();
        assertThat(rules.allows(new Policy("c", "!", ""), caller("admin"), OWN)).isFalse();
        assertThat(rules.allows(new Policy("d", "", ""), caller(), OWN)).isTrue();
        assertThat(rules.allows(new Policy("e", "rule:unheard_of", ""), caller("admin"), OWN))
                .isFalse();
        assertThat(rules.allows(new Policy("f", "user_id:%(user_id)s", ""), caller(), OWN))
                .isTrue();
    }

    @Test
    void an_operators_file_overrides_a_rule() throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), "# ours\n\"servers:create\": \"role:builder\"\n");
        PolicyRules rules = PolicyRules.overriddenBy(file);
        assertThat(rules.allows(Policy.member("servers:create", ""), caller("builder"), OWN))
                .isTrue();
        assertThat(rules.allows(Policy.member("servers:create", ""), caller("member"), OWN))
                .isFalse();
    }

    @Test
    void a_broken_file_is_refused_with_the_place() throws Exception {
        for (String text :
                new String[] {"a: role:x and", "a: rule:b", "a: rule:c\nc: rule:a", "a: [1]", "a: '(role:x'"}) {
            Path file = Files.writeString(folder.resolve("policy.yaml"), text);
            assertThatThrownBy(() -> PolicyRules.overriddenBy(file))
                    .isInstanceOf(ServiceException.class)
                    .hasMessageContaining("policy.yaml");
        }
    }
}
