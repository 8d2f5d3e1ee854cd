package io.kilonova.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.node.Wire.Line;
import io.kilonova.node.Wire.Nothing;
import io.kilonova.node.Wire.Refusal;
import io.kilonova.node.Wire.Told;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireTest {
    @Test
    void each_line_is_read_as_it_was_written_and_one_that_tells_how_far_a_command_is_answers_nothing() {
        List<Line> lines = List.of(
                Line.of(new Told("making disks", 10)),
                Line.of(Wire.tree(new Nothing())),
                Line.of(Refusal.of(NodeError.NODE_BUSY.with("one", 256))));
        for (Line line : lines) {
            assertThat(Wire.read(Wire.write(line), Line.class)).isEqualTo(line);
        }
        assertThat(Wire.read(Wire.write(lines.getFirst()), Line.class).answer()).isEmpty();
    }
}
