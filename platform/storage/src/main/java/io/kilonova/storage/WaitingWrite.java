package io.kilonova.storage;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A transaction between the caller that waits for it and the writer that carries it out. It is either withdrawn by its
 * caller, before the writer began, or carried to an end by the writer; never both.
 */
final class WaitingWrite<T> {
    private enum State {
        WAITING,
        BEGUN,
        WITHDRAWN
    }

    private final Function<Transaction, T> work;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CountDownLatch ended = new CountDownLatch(1);

    // Written by the writer before the latch opens, read by the caller after.
    private @Nullable Outcome<T> outcome;

    WaitingWrite(Function<Transaction, T> work) {
        this.work = work;
    }

    /** What became of it. */
    sealed interface Outcome<T> {
        /** On disk. */
        record Durable<T>(Engine.Committed<T> committed) implements Outcome<T> {}

        /** Not on disk. */
        record Failed<T>(RuntimeException reason) implements Outcome<T> {}

        /** Not on disk because of something that no caller expects, like a lack of memory. */
        record Broken<T>(Error reason) implements Outcome<T> {}
    }

    /** The writer takes it up. False when its caller has gone. */
    boolean begin() {
        return state.compareAndSet(State.WAITING, State.BEGUN) || state.get() == State.BEGUN;
    }

    /** The caller goes. False when the writer has begun. */
    boolean withdraw() {
        return state.compareAndSet(State.WAITING, State.WITHDRAWN);
    }

    /** Runs the body; the result is kept by the caller of this until the flush. */
    Outcome<T> run(OpenTransaction transaction) {
        try {
            T result = work.apply(transaction);
            return new Outcome.Durable<>(new Engine.Committed<>(result, transaction));
        } catch (RuntimeException e) {
            return new Outcome.Failed<>(e);
        } catch (Error e) {
            return new Outcome.Broken<>(e);
        } finally {
            transaction.seal();
        }
    }

    /** Answers the caller. The first answer stands. */
    void end(Outcome<T> result) {
        if (ended.getCount() > 0) {
            outcome = result;
            ended.countDown();
        }
    }

    /** Answers the caller that nothing was kept. */
    void fail(RuntimeException reason) {
        end(new Outcome.Failed<>(reason));
    }

    /**
     * Waits for the end. An interrupt does not end the wait, because what became of the transaction would be unknown; it is
     * kept for the caller. Empty when the writer did not begin within {@code limit}.
     */
    @Nullable
    Outcome<T> await(Duration limit) {
        boolean interrupted = false;
        long until = System.nanoTime() + limit.toNanos();
        try {
            while (true) {
                try {
                    long left = until - System.nanoTime();
                    if (state.get() == State.BEGUN) {
                        ended.await();
                        return outcome;
                    }
                    if (ended.await(Math.max(left, 0), TimeUnit.NANOSECONDS)) {
                        return outcome;
                    }
                    if (withdraw()) {
                        return null;
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
