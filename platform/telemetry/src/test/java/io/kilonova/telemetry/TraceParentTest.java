package io.kilonova.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
    private static final String HEADER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void a_child_stays_in_the_trace_and_has_a_span_of_its_own() {
        TraceParent parent = TraceParent.of(HEADER).orElseThrow();
        TraceParent child = parent.child();
        assertThat(TraceParent.of(child.text())).contains(child);
        assertThat(child.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(child).isNotEqualTo(parent);
        assertThat(child.text()).endsWith("-01");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX: y"
            })
    void what_breaks_the_form_is_ignored(String header) {
        assertThat(TraceParent.of(header)).isEmpty();
    }

    @Test
    void work_sees_the_trace_that_it_belongs_to_and_nothing_after_it() {
        TraceParent parent = TraceParent.of(HEADER).orElseThrow();
        assertThat(parent.during(TraceParent::current)).contains(parent);
        assertThat(TraceParent.current()).isEmpty();
    }
}
