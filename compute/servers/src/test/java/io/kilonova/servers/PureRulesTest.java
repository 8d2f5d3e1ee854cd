package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.spi.PowerState;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What compute decides without asking anybody: moves, power, names, expressions, times. */
class PureRulesTest {
    private static Server server(VmState state, String more) {
        return Documents.read("""
                {"id": "s1", "projectId": "p1", "vmState": "%s", "host": "h1", "launchedAt": "2026-11-22T10:00:00Z"%s}""".formatted(state, more), Server.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "START | STOPPED",
                "STOP | ACTIVE ERROR",
                "REBOOT_SOFT | ACTIVE",
                "REBOOT_HARD | ACTIVE ERROR PAUSED STOPPED SUSPENDED",
                "REBUILD | ACTIVE ERROR STOPPED",
                "PAUSE | ACTIVE",
                "UNPAUSE | PAUSED",
                "SUSPEND | ACTIVE",
                "RESUME | SUSPENDED",
                "ATTACH_INTERFACE | ACTIVE PAUSED STOPPED",
                "DETACH_INTERFACE | ACTIVE PAUSED STOPPED",
                "UPDATE_METADATA | ACTIVE PAUSED STOPPED SUSPENDED",
            })
    void a_command_is_legal_in_the_states_of_the_contract_and_in_no_other(ServerCommand command, String legal) {
        Set<VmState> expected =
                Arrays.stream(legal.split(" ")).map(VmState::valueOf).collect(Collectors.toSet());
        for (VmState state : VmState.values()) {
            Server server = server(state, "");
            if (expected.contains(state)) {
                assertThatCode(() -> ServerLifecycle.require(command, server, false))
                        .as("%s of %s", command, state)
                        .doesNotThrowAnyException();
            } else {
                assertThatThrownBy(() -> ServerLifecycle.require(command, server, false))
                        .as("%s of %s", command, state)
                        .hasMessageContaining("vm_state " + state.label());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ServerCommand.class,
            names = {"DELETE", "FORCE_DELETE", "LOCK", "UNLOCK"})
    void what_ends_or_locks_a_server_is_legal_in_every_state(ServerCommand command) {
        for (VmState state : VmState.values()) {
            assertThatCode(() -> ServerLifecycle.require(command, server(state, ", \"taskState\": \"PAUSING\""), false))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void a_server_that_is_busy_takes_what_its_task_allows_alone() {
        Server pausing = server(VmState.ACTIVE, ", \"taskState\": \"PAUSING\"");
        assertThatThrownBy(() -> ServerLifecycle.require(ServerCommand.PAUSE, pausing, false))
                .hasMessageContaining("task_state pausing");
        assertThatCode(() -> ServerLifecycle.require(ServerCommand.REBOOT_HARD, pausing, false))
                .doesNotThrowAnyException();
        Server spawning = server(VmState.ACTIVE, ", \"taskState\": \"REBUILD_SPAWNING\"");
        assertThatThrownBy(() -> ServerLifecycle.require(ServerCommand.REBOOT_HARD, spawning, false))
                .hasMessageContaining("task_state");
    }

    @Test
    void a_locked_server_obeys_administrators_and_reboots() {
        Server locked = server(VmState.ACTIVE, ", \"lock\": {\"owner\": \"owner\"}");
        assertThatThrownBy(() -> ServerLifecycle.require(ServerCommand.STOP, locked, false))
                .hasMessageContaining("is locked");
        assertThatCode(() -> ServerLifecycle.require(ServerCommand.STOP, locked, true))
                .doesNotThrowAnyException();
        assertThatCode(() -> ServerLifecycle.require(ServerCommand.REBOOT_SOFT, locked, false))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "ACTIVE, SHUT_DOWN, STOPPED",
        "ACTIVE, CRASHED, STOPPED",
        "PAUSED, SHUT_DOWN, STOPPED",
        "STOPPED, RUNNING, ACTIVE",
        "SUSPENDED, RUNNING, ACTIVE",
        "SUSPENDED, SHUT_DOWN, STOPPED",
        "ACTIVE, NO_STATE,",
        "BUILDING, RUNNING,",
        "RESIZED, RUNNING,",
        "ERROR, RUNNING,",
    })
    void a_guest_that_stopped_or_started_by_itself_takes_its_server_along(
            VmState state, PowerState power, @Nullable VmState settled) {
        assertThat(PowerStates.settles(state, power)).isEqualTo(Optional.ofNullable(settled));
    }

    @ParameterizedTest
    @CsvSource({
        "web, web",
        "Web Server_1.example, web-server-1-example",
        "--ünder--, nder",
        "'', Server-s1",
        "日本, Server-s1",
    })
    void a_hostname_is_what_rfc_1123_allows_of_a_name(String name, String hostname) {
        assertThat(Hostnames.from(name, "s1")).isEqualTo(hostname);
    }

    @Test
    void a_hostname_has_63_characters_at_most_and_ends_with_none_that_it_must_not() {
        assertThat(Hostnames.from("a".repeat(62) + " b", "s1")).isEqualTo("a".repeat(62));
        assertThat(Hostnames.from("a".repeat(300), "s1")).hasSize(63);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "web | %web%",
                "^web | web%",
                "web$ | %web",
                "^web$ | web",
                "^w.b.*1$ | w_b%1",
                ".+ | %_%%",
                "a\\.b | %a.b%",
                "50% | %50\\%%",
                "a_b | %a\\_b%",
                "^ | %",
                "$ | %",
            })
    void an_expression_that_like_can_stand_for_becomes_a_pattern(String expression, String pattern) {
        assertThat(LikePattern.of(expression)).contains(pattern);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {"a+", "[ab]", "a{2}", "(a)", "a?", "\\d", "a*", "a^b", "a.?", "\\.+"})
    void an_expression_that_needs_more_is_not_made_less(String expression) {
        assertThat(LikePattern.of(expression)).isEmpty();
    }

    @Test
    void alternatives_need_more_than_like() {
        assertThat(LikePattern.of("a|b")).isEmpty();
        assertThat(LikePattern.of("\\")).isEmpty();
    }

    @Test
    void a_time_is_a_day_or_a_second_in_utc_unless_it_says_otherwise() {
        Instant noon = Instant.parse("2026-11-22T12:00:00Z");
        for (String text : List.of("2026-11-22T12:00:00Z", "2026-11-22 12:00:00", "2026-11-22T13:00:00.5+01:00")) {
            assertThat(TimeSpan.of("created_at", text)).isEqualTo(new TimeSpan(noon, noon.plusSeconds(1)));
        }
        TimeSpan day = TimeSpan.of("created_at", "2026-11-22");
        assertThat(Duration.between(day.start(), day.end())).isEqualTo(Duration.ofDays(1));
        for (String text : List.of("", "soon", "2026-13-01", "2026-11-22T99:00:00Z")) {
            assertThatThrownBy(() -> TimeSpan.of("created_at", text)).hasMessageContaining("created_at");
        }
    }

    @Test
    void a_filter_that_nobody_knows_is_none_and_a_value_that_cannot_be_is_refused() {
        assertThat(ServerFilter.of("colour", "red", text -> text::equals)).isEmpty();
        Stream.of("launch_index=x", "config_drive=maybe", "metadata=[1]", "created_at=soon")
                .map(pair -> pair.split("="))
                .forEach(pair -> assertThatThrownBy(() -> ServerFilter.of(pair[0], pair[1], text -> text::equals))
                        .as(pair[0])
                        .hasMessageContaining(pair[0]));
    }

    @Test
    void an_expression_that_only_java_knows_is_held_against_each_server() {
        ServerFilter filter = ServerFilter.of("hostname", "w[e]b", text -> value -> value.matches(text))
                .orElseThrow();
        assertThat(filter.decidedBySql()).isFalse();
        assertThat(filter.keeps(server(VmState.ACTIVE, ", \"hostname\": \"web\"")))
                .isTrue();
        assertThat(filter.keeps(server(VmState.ACTIVE, ", \"hostname\": \"wob\"")))
                .isFalse();
        assertThat(ServerFilter.of("hostname", "^web", text -> value -> false)
                        .orElseThrow()
                        .decidedBySql())
                .isTrue();
    }
}
