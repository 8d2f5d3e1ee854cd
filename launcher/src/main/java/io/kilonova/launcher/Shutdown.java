package io.kilonova.launcher;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of the process in good order: on Ctrl-C and SIGTERM what runs is closed first, within a deadline. */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    /** Longer than any request or step may hold on; a service manager's own patience is usually 90 s. */
    private static final Duration DEADLINE = Duration.ofSeconds(45);

    private Shutdown() {}

    /** Closes {@code running} when the process is told to end; then the process ends with 0, or with 1 when that took too long. */
    static void closesBeforeExit(AutoCloseable running) {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                    LOG.info("Stopping");
                    boolean ended = closed(running);
                    LogSetup.end();
                    Runtime.getRuntime().halt(ended ? 0 : 1);
                }));
    }

    /** Waits until the process is told to end; it ends within the hook, so this returns only when the thread is interrupted. */
    static int await() throws InterruptedException {
        new CountDownLatch(1).await();
        return 0;
    }

    private static boolean closed(AutoCloseable running) {
        Thread closing = Thread.ofVirtual().name("closing").start(() -> close(running));
        try {
            boolean ended = closing.join(DEADLINE);
            LOG.info(
                    "{}", ended ? "Stopped" : "Not stopped within %d s; ending anyway".formatted(DEADLINE.toSeconds()));
            return ended;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void close(AutoCloseable running) {
        try {
            running.close();
        } catch (Exception failure) { // the edge of the thread: the process ends after this
            LOG.error("Stopping failed", failure);
        }
    }
}
