package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogFormatTest {
    @Test
    void an_event_is_one_line_whatever_its_message_holds() {
        String line = line("name\n2026-01-01T00:00:00.000Z ERROR forged\u001B[2J", new IllegalStateException("a\nb"));

        assertThat(line.strip().lines()).hasSize(1);
        assertThat(line)
                .startsWith("2026-11-01T12:00:00.000Z WARN  LogFormatTest name | 2026")
                .contains("IllegalStateException", "LogFormatTest.java")
                .doesNotContain("\u001B")
                .endsWith(System.lineSeparator());
    }

    @Test
    void a_long_message_is_cut() {
        assertThat(line("x".repeat(100_000), null)).hasSizeLessThan(5_000);
    }

    @Test
    void the_log_is_set_up_with_it() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

        assertThat(context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("ERROR_STREAM"))
                .isNotNull();
    }

    private static String line(String message, Throwable failure) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger logger = context.getLogger(LogFormatTest.class);
        LoggingEvent event =
                new LoggingEvent(LogFormatTest.class.getName(), logger, Level.WARN, message, failure, null);
        event.setInstant(Instant.parse("2026-11-01T12:00:00Z"));
        OneLineLayout layout = new OneLineLayout();
        layout.start();
        return layout.doLayout(event);
    }
}
