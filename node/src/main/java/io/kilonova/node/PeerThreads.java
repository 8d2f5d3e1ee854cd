package io.kilonova.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** On what the work of this room runs, how it waits, and by which even clock; a simulation has threads and a time of its own. */
interface PeerThreads {
    /** Runs something on a thread of its own. */
    Thread start(String name, Runnable work);

    /** Lets time pass. */
    void sleep(Duration duration) throws InterruptedException;

    /** Waits until something has ended, however, for {@code limit} at most; whether it has. */
    boolean await(CompletableFuture<?> end, Duration limit) throws InterruptedException;

    /** Waits until something has ended, however; for what has a bound of its own. */
    void await(CompletableFuture<?> end) throws InterruptedException;

    /** The time by a clock that does not jump. */
    long nanos();

    /** The machine's own. */
    static PeerThreads virtual() {
        return new PeerThreads() {
            @Override
            public Thread start(String name, Runnable work) {
                return Thread.ofVirtual().name(name).start(work);
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                Thread.sleep(duration);
            }

            @Override
            public boolean await(CompletableFuture<?> end, Duration limit) throws InterruptedException {
                try {
                    end.get(limit.toNanos(), TimeUnit.NANOSECONDS);
                    return true;
                } catch (ExecutionException failed) {
                    return true;
                } catch (TimeoutException goesOn) {
                    return false;
                }
            }

            @Override
            public void await(CompletableFuture<?> end) throws InterruptedException {
                try {
                    end.get();
                } catch (ExecutionException failed) {
                    throw new IllegalStateException("it ends with a result, whatever befalls it", failed);
                }
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }
        };
    }
}
