package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogWriterTest {
    private static final int LINES = 20_000;

    private final LoggerContext context = new LoggerContext();

    @Test
    void no_line_is_lost_or_doubled_when_the_program_ends_and_the_reader_is_slower_than_the_writers() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        LogWriter writer = new LogWriter(new OutputStream() {
            @Override
            public void write(int one) {
                throw new AssertionError("lines are written whole");
            }

            @Override
            public void write(byte[] bytes) {
                awaitQuietly(reading);
                log.writeBytes(bytes);
            }
        });
        writer.start();
        List<Thread> loggers = new ArrayList<>();
        for (int logger = 0; logger < 4; logger++) {
            int first = logger * LINES / 4;
            loggers.add(Thread.ofVirtual()
                    .start(() -> IntStream.range(first, first + LINES / 4).forEach(line -> tell(writer, line))));
        }
        reading.countDown();
        for (Thread logger : loggers) {
            logger.join();
        }
        writer.stop();

        List<String> lines = log.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(LINES).doesNotHaveDuplicates();
        assertThat(lines).allMatch(line -> line.contains(" WARN  LogWriterTest line "));
    }

    @Test
    void a_log_that_nobody_reads_stops_nobody() throws Exception {
        LogWriter writer = new LogWriter(new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        writer.start();
        Thread logger = Thread.ofVirtual().start(() -> IntStream.range(0, LINES).forEach(line -> tell(writer, line)));
        logger.join();
        writer.stop();
        assertThat(writer.isStarted()).isFalse();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(LogWriter writer, int line) {
        writer.doAppend(new LoggingEvent(
                LogWriterTest.class.getName(),
                context.getLogger(LogWriterTest.class),
                Level.WARN,
                "line " + line,
                null,
                null));
    }
}
