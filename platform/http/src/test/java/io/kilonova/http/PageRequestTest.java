package io.kilonova.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.http.PageRequest.Sort;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which page a query asks for, and where the next one is. */
class PageRequestTest {
    private static Query query(String text) {
        return Query.parse(Optional.of(text));
    }

    private static PageRequest page(String text) {
        return PageRequest.of(query(text), 1000, new Sort("created_at", false));
    }

    @Test
    void a_page_is_never_longer_than_the_operator_allows() {
        assertThat(page("").limit()).isEqualTo(1000);
        assertThat(page("limit=5").limit()).isEqualTo(5);
        assertThat(page("limit=1001").limit()).isEqualTo(1000);
        assertThat(page("limit=99999999999999999999").limit()).isEqualTo(1000);
        assertThat(page("limit=0").isFull(0)).isFalse();
        assertThat(page("limit=2").isFull(2)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit=-1 | Invalid input received: limit must be >= 0",
                "limit=x | Invalid input received: limit must be an integer",
                "limit= | Invalid input received: limit must be an integer",
                "offset=1.5 | Invalid input received: offset must be an integer",
                "sort_key=a&sort_dir=up | Invalid input received: Unknown sort direction, must be one of: asc, desc",
                "sort_key=a&sort_dir=asc&sort_dir=asc | Invalid input received: Sort direction size exceeds sort key size"
            })
    void what_is_no_number_or_direction_is_refused(String text, String sentence) {
        assertThatThrownBy(() -> page(text)).hasMessage(sentence);
    }

    @Test
    void several_keys_sort_in_their_order_and_the_first_direction_holds_for_the_rest() {
        assertThat(page("sort_key=a&sort_key=b&sort_dir=asc").sort())
                .containsExactly(new Sort("a", true), new Sort("b", true));
        assertThat(page("sort_key=a&sort_dir=asc&sort_key=b&sort_dir=desc").sort())
                .containsExactly(new Sort("a", true), new Sort("b", false));
        assertThat(page("sort_key=a").sort()).containsExactly(new Sort("a", false));
        assertThat(page("").sort()).containsExactly(new Sort("created_at", false));
        assertThat(page("sort_dir=asc").sort()).containsExactly(new Sort("created_at", true));
    }

    @Test
    void the_next_page_has_the_same_query_and_starts_behind_the_last_element() {
        assertThat(PageLinks.nextAddress(
                        "http://127.0.0.1/compute/v2.1",
                        "servers/detail",
                        query("limit=2&marker=old&name=a%26b"),
                        "new"))
                .isEqualTo("http://127.0.0.1/compute/v2.1/servers/detail?limit=2&name=a%26b&marker=new");
    }
}
