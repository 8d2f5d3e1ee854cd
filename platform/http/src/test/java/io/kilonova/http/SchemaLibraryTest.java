package io.kilonova.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kilonova.errors.ServiceException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** What a schema library refuses, at which version, and in which words. */
class SchemaLibraryTest {
    private static final Microversion FIRST = new Microversion(2, 1);
    private static final Microversion LATEST = new Microversion(2, 104);

    private final SchemaLibrary library = new SchemaLibrary("schemas/example");

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('`', '"'));
    }

    private String refusal(Microversion version, String thing) {
        JsonNode body = json("{`thing`: %s}".formatted(thing));
        return catchThrowableOfType(ServiceException.class, () -> library.checkBody("things/create", version, body))
                .sentence();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | Invalid input for field/attribute thing. Value: {}. 'name' is a required property",
                "null | Invalid input for field/attribute thing. Value: None. None is not of type 'object'",
                "{`name`: 5} | Invalid input for field/attribute name. Value: 5. 5 is not of type 'string'",
                "{`name`: ``} | Invalid input for field/attribute name. Value: . '' should be non-empty",
                "{`name`: ` x`} | An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.",
                "{`name`: `x`, `tags`: [`a`, `a/b`]} | Invalid input for field/attribute 1. Value: a/b. 'a/b' does not match '^[^,/]*$'",
                "{`name`: `x`, `tags`: [`a`, `a`]} | Invalid input for field/attribute tags. Value: ['a', 'a']. ['a', 'a'] has non-unique elements",
                "{`name`: `x`, `tags`: [`a`, `b`, `c`]} | Invalid input for field/attribute tags. Value: ['a', 'b', 'c']. ['a', 'b', 'c'] is too long",
                "{`name`: `x`, `count`: 5} | Invalid input for field/attribute count. Value: 5. 5 is greater than the maximum of 4",
                "{`name`: `x`, `count`: `5`} | Invalid input for field/attribute count. Value: 5. 5 is greater than the maximum of 4",
                "{`name`: `x`, `count`: `0`} | Invalid input for field/attribute count. Value: 0. 0 is less than the minimum of 1",
                "{`name`: `x`, `count`: true} | Invalid input for field/attribute count. Value: True. True is not of type 'integer', 'string'",
                "{`name`: `x`, `count`: 1.5} | Invalid input for field/attribute count. Value: 1.5. 1.5 is not of type 'integer', 'string'",
                "{`name`: `x`, `factor`: 0} | Invalid input for field/attribute factor. Value: 0. 0 is less than or equal to the minimum of 0",
                "{`name`: `x`, `policy`: `none`} | Invalid input for field/attribute policy. Value: none. 'none' is not one of ['affinity']",
                "{`name`: `x`, `policy`: `it's`} | Invalid input for field/attribute policy. Value: it's. \"it's\" is not one of ['affinity']",
                "{`name`: `x`, `volume`: `abc`} | Invalid input for field/attribute volume. Value: abc. 'abc' is not a 'uuid'",
                "{`name`: `x`, `address`: `1.2.3`} | Invalid input for field/attribute address. Value: 1.2.3. '1.2.3' is not valid under any of the given schemas",
                "{`name`: `x`, `metadata`: {`TOO`: `y`}} | Invalid input for field/attribute metadata. Value: {'TOO': 'y'}. 'TOO' does not match any of the regexes: '^[a-z]{1,3}$'",
                "{`name`: `x`, `description`: `y`} | Invalid input for field/attribute thing. Value: {'name': 'x', 'description': 'y'}. Additional properties are not allowed ('description' was unexpected)",
                "{`name`: `x`, `b`: 1, `a`: null} | Invalid input for field/attribute thing. Value: {'name': 'x', 'b': 1, 'a': None}. Additional properties are not allowed ('a', 'b' were unexpected)"
            })
    void a_refusal_has_the_words_that_clients_know(String thing, String sentence) {
        assertThat(refusal(FIRST, thing)).isEqualTo(sentence);
    }

    @Test
    void at_the_top_only_the_reason_stands() {
        assertThatThrownBy(() -> library.checkBody("things/create", FIRST, json("{}")))
                .hasMessage("'thing' is a required property");
        assertThatThrownBy(() -> library.checkBody("things/create", FIRST, MissingNode.getInstance()))
                .hasMessage("None is not of type 'object'");
        assertThatThrownBy(() -> library.checkBody("things/create", FIRST, json("{`thing`: {`name`: `x`}, `more`: 1}")))
                .hasMessage("Additional properties are not allowed ('more' was unexpected)");
    }

    @Test
    void a_property_is_there_in_its_versions_only() {
        String described = "{`thing`: {`name`: `x`, `networks`: [], `description`: null}}";
        library.checkBody("things/create", new Microversion(2, 19), json(described));
        library.checkBody("things/create", LATEST, json(described));
        assertThat(refusal(new Microversion(2, 18), "{`name`: `x`, `description`: null}"))
                .contains("unexpected");
        String tagged = "{`name`: `x`, `networks`: [], `tag`: `t`}";
        library.checkBody("things/create", new Microversion(2, 32), json("{`thing`: " + tagged + "}"));
        assertThat(refusal(new Microversion(2, 31), tagged)).contains("'tag' was unexpected");
        assertThat(refusal(new Microversion(2, 33), tagged)).contains("'tag' was unexpected");
        library.checkBody("things/create", new Microversion(2, 26), json("{`thing`: {`name`: `x`, `mark`: `m`}}"));
        assertThat(refusal(new Microversion(2, 25), "{`name`: `x`, `mark`: `m`}"))
                .contains("'mark' was unexpected");
    }

    @Test
    void a_form_and_a_need_may_change_with_the_version() {
        assertThat(refusal(new Microversion(2, 36), "{`name`: `x`, `networks`: `auto`}"))
                .contains("'auto' is not of type 'array'");
        library.checkBody(
                "things/create", new Microversion(2, 37), json("{`thing`: {`name`: `x`, `networks`: `auto`}}"));
        assertThat(refusal(new Microversion(2, 37), "{`name`: `x`, `networks`: `some`}"))
                .endsWith("'some' is not valid under any of the given schemas");
        assertThat(refusal(new Microversion(2, 37), "{`name`: `x`}")).endsWith("'networks' is a required property");
        library.checkBody(
                "things/create", new Microversion(2, 15), json("{`thing`: {`name`: `x`, `policy`: `soft-affinity`}}"));
        assertThat(refusal(new Microversion(2, 14), "{`name`: `x`, `policy`: `soft-affinity`}"))
                .contains("is not one of ['affinity']");
    }

    @Test
    void versions_between_two_breakpoints_are_one_form() {
        assertThat(library.breakpoints("things/create"))
                .containsExactly(
                        new Microversion(2, 15),
                        new Microversion(2, 19),
                        new Microversion(2, 26),
                        new Microversion(2, 32),
                        new Microversion(2, 33),
                        new Microversion(2, 37));
        assertThat(library.at("things/create", new Microversion(2, 40)))
                .isEqualTo(library.at("things/create", LATEST))
                .isNotEqualTo(library.at("things/create", new Microversion(2, 36)));
        assertThat(library.at("things/create", LATEST).toString())
                .doesNotContain("x-")
                .doesNotContain("$ref");
    }

    @Test
    void a_secret_is_not_echoed() {
        assertThat(refusal(FIRST, "{`name`: `x`, `adminPass`: `hunter2-hunter2-hunter2`}"))
                .doesNotContain("hunter2")
                .endsWith("'***' is too long");
        assertThat(refusal(FIRST, "{`adminPass`: `hunter2`}"))
                .doesNotContain("hunter2")
                .contains("'adminPass': '***'");
    }

    @Test
    void an_echo_is_bounded() {
        String sentence = refusal(FIRST, "{`name`: `x`, `volume`: `%s`}".formatted("y".repeat(100_000)));
        assertThat(sentence.length()).isLessThan(2_200);
    }

    @Test
    void a_text_made_to_keep_a_pattern_busy_is_refused() {
        assertThat(refusal(FIRST, "{`name`: `x`, `slow`: `%s!`}".formatted("a".repeat(50_000))))
                .contains("does not match");
    }

    @Test
    void a_line_end_behind_the_last_character_is_seen() {
        assertThat(refusal(FIRST, "{`name`: `x`, `count`: `3\\n`}")).contains("does not match");
    }

    @Test
    void numbers_with_huge_exponents_are_refused_or_ignored_at_once() {
        assertThat(refusal(FIRST, "{`name`: `x`, `count`: `1e999999999`}")).contains("does not match");
        assertThat(refusal(FIRST, "{`name`: `x`, `count`: 1e999999}")).contains("count");
    }

    @Test
    void a_legacy_body_loses_what_is_unknown_and_may_have_spaces_around_a_name() {
        JsonNode body = json("{`thing`: {`name`: ` x `, `unknown`: 1, `metadata`: {`a`: `b`}}, `more`: 2}");
        assertThat(library.checkLegacyBody("things/create", FIRST, body))
                .isEqualTo(json("{`thing`: {`name`: ` x `, `metadata`: {`a`: `b`}}}"));
        JsonNode wrong = json("{`thing`: {`name`: `x`, `metadata`: {`WRONG`: `b`}}}");
        assertThatThrownBy(() -> library.checkLegacyBody("things/create", FIRST, wrong))
                .hasMessageContaining("does not match any of the regexes");
    }

    @Test
    void a_query_loses_what_is_unknown_until_it_is_refused() {
        Query query = Query.of(Map.of("limit", List.of("5"), "unknown", List.of("x")));
        Query narrowed = library.checkQuery("things/list_query", new Microversion(2, 74), query);
        assertThat(narrowed.asMap()).containsOnlyKeys("limit");
        assertThatThrownBy(() -> library.checkQuery("things/list_query", new Microversion(2, 75), query))
                .hasMessage("Additional properties are not allowed ('unknown' was unexpected)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sort_dir | up | Invalid input for query parameters sort_dir. Value: up. 'up' is not one of ['asc', 'desc']",
                "limit | -1 | Invalid input for query parameters limit. Value: -1. '-1' does not match '^[0-9]*$'",
                "changes-since | soon | Invalid input for query parameters changes-since. Value: soon. 'soon' is not a 'date-time'"
            })
    void a_wrong_parameter_is_named(String name, String value, String sentence) {
        Query query = Query.of(Map.of(name, List.of(value)));
        assertThatThrownBy(() -> library.checkQuery("things/list_query", LATEST, query))
                .hasMessage(sentence)
                .extracting(thrown -> ((ServiceException) thrown).code())
                .isEqualTo(HttpError.QUERY_INVALID);
    }

    @Test
    void a_parameter_may_stand_several_times_unless_it_says_once() {
        library.checkQuery("things/list_query", LATEST, Query.of(Map.of("sort_dir", List.of("asc", "desc"))));
        Query twice = Query.of(Map.of("changes-since", List.of("2026-01-01", "2026-01-02T00:00:00Z")));
        assertThatThrownBy(() -> library.checkQuery("things/list_query", LATEST, twice))
                .hasMessageContaining("Invalid input for query parameters changes-since.")
                .hasMessageContaining("is too long");
    }
}
