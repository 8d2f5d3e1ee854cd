package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ConsoleTailTest {
    @Test
    void each_line_is_shown_once_and_whole() {
        ConsoleTail tail = new ConsoleTail();

        assertThat(tail.newLines("")).isEmpty();
        assertThat(tail.newLines("one\ntw")).isEqualTo("one\n");
        assertThat(tail.newLines("one\ntw")).isEmpty();
        assertThat(tail.newLines("one\ntwo\nthree\n")).isEqualTo("two\nthree\n");
    }

    @Test
    void a_log_that_outgrew_its_window_goes_on_where_it_was() {
        StringBuilder log = new StringBuilder();
        ConsoleTail tail = new ConsoleTail();
        StringBuilder shown = new StringBuilder();
        for (int line = 0; line < 1_000; line++) {
            log.append("line ").append(line).append('\n');
            shown.append(tail.newLines(log.substring(Math.max(0, log.length() - 2_000))));
        }

        assertThat(shown).hasToString(log.toString());
    }

    @Test
    void a_guest_cannot_drive_the_readers_terminal() {
        StringWriter out = new StringWriter();

        new Narrator(new PrintWriter(out)).quote("a\u001B[2J\u001B[31mb\u0007\r\n\u001B]0;title\u0007c\n");

        assertThat(out.toString()).contains("ab").doesNotContain("\u001B", "\u0007", "\r\u0000");
    }
}
