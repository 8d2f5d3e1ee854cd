package io.kilonova.launcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that this process does again and again, whatever others do; a run that fails is logged and comes again. */
final class Clockwork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Clockwork.class);

    private final List<Thread> threads = new ArrayList<>();

    /** Has {@code work} run {@code interval} from now, and then again and again. */
    void every(Duration interval, String name, Runnable work) {
        threads.add(Thread.ofVirtual().name(name).start(() -> {
            try {
                while (true) {
                    Thread.sleep(interval);
                    attempt(name, work);
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    /** The edge of the thread. */
    private static void attempt(String name, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error failure) {
            LOG.warn("{} could not be done, and is done again: {}", name, String.valueOf(failure.getMessage()));
        }
    }

    /** Ends all of it. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
