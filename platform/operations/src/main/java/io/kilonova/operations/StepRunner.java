package io.kilonova.operations;

import io.kilonova.errors.ServiceException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Runs the step of one operation, and lets others interrupt it: exactly while it runs, and with a cause. */
final class StepRunner {
    /** Why a step was interrupted. */
    enum Stop {
        LIMIT,
        DEADLINE,
        CANCELLED,
        ABANDONED
    }

    /** What a step does. */
    @FunctionalInterface
    interface Work<S extends Record> {
        Done<S> run(StepContext context) throws InterruptedException;
    }

    /** What came of it. */
    sealed interface Attempt<S extends Record> {
        record Came<S extends Record>(Done<S> done) implements Attempt<S> {}

        record Conflict<S extends Record>(String reason) implements Attempt<S> {}

        record Failed<S extends Record>(RuntimeException reason) implements Attempt<S> {}

        record Broken<S extends Record>(Throwable reason) implements Attempt<S> {}

        record Stopped<S extends Record>(Stop cause) implements Attempt<S> {}
    }

    /** What is told about the present step, and since when it is not written down. */
    record Told(String sentence, int percent, long resumesAt) {
        static final Told NOTHING = new Told("", 0, 0);
    }

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile OperationRow row;
    private volatile Told told = Told.NOTHING;
    private volatile Told written = Told.NOTHING;
    private volatile boolean cancelled;
    private boolean abandoned;
    private @Nullable Thread thread;
    private @Nullable Stop stop;
    private long limitAt;
    private long deadlineAt;

    StepRunner(OperationRow row, InstantSource clock) {
        this.row = row;
        this.clock = clock;
    }

    /** Runs {@code work} on this thread for at most {@code limit}, and not beyond {@code until}. */
    <S extends Record> Attempt<S> attempt(Duration limit, long until, Work<S> work) {
        if (!enter(limit, until)) {
            return new Attempt.Stopped<>(Stop.ABANDONED);
        }
        Attempt<S> attempt;
        try {
            attempt = new Attempt.Came<>(work.run(new Context(until)));
        } catch (StepConflict e) {
            attempt = new Attempt.Conflict<>(e.reason());
        } catch (ServiceException e) {
            attempt = new Attempt.Failed<>(e);
        } catch (InterruptedException | RuntimeException | Error e) {
            attempt = new Attempt.Broken<>(e);
        }
        Stop cause = leave();
        if (cause == null) {
            return attempt;
        }
        // A step that came to its end although it was interrupted is done; the commit decides about the rest.
        return attempt instanceof Attempt.Came<S> && cause != Stop.ABANDONED ? attempt : new Attempt.Stopped<>(cause);
    }

    private boolean enter(Duration limit, long until) {
        lock.lock();
        try {
            if (abandoned) {
                return false;
            }
            thread = Thread.currentThread();
            limitAt = clock.millis() + limit.toMillis();
            deadlineAt = until;
            stop = null;
            told = Told.NOTHING;
            if (cancelled && row.phase() == OperationPhase.RUNNING) {
                interrupt(Stop.CANCELLED);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** After this nobody interrupts the thread, and an interrupt that came is taken off it. */
    private @Nullable Stop leave() {
        lock.lock();
        try {
            thread = null;
            boolean unused = Thread.interrupted();
            return stop;
        } finally {
            lock.unlock();
        }
    }

    private void interrupt(Stop cause) {
        if (thread != null && (stop == null || cause == Stop.ABANDONED)) {
            stop = cause;
            thread.interrupt();
        }
    }

    void cancel() {
        lock.lock();
        try {
            cancelled = true;
            interrupt(Stop.CANCELLED);
        } finally {
            lock.unlock();
        }
    }

    /** The controller ends or has lost the operation: the step is interrupted and nothing of it counts. */
    void abandon() {
        lock.lock();
        try {
            abandoned = true;
            interrupt(Stop.ABANDONED);
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts the step if its time is over. */
    void check(long now) {
        lock.lock();
        try {
            if (now >= deadlineAt) {
                interrupt(row.phase() == OperationPhase.RUNNING ? Stop.DEADLINE : Stop.LIMIT);
            } else if (now >= limitAt) {
                interrupt(Stop.LIMIT);
            }
        } finally {
            lock.unlock();
        }
    }

    void moved(OperationRow next) {
        row = next;
        told = Told.NOTHING;
        written = Told.NOTHING;
    }

    /** The step waits; no thread runs it. */
    void waits(String reason, long at) {
        told = new Told(reason, told.percent(), at);
    }

    Told told() {
        return told;
    }

    /** What was told since this was asked last, to be written down. */
    boolean hasNews() {
        return !told.equals(written);
    }

    void wrote(Told news) {
        written = news;
    }

    private final class Context implements StepContext {
        private final long until;

        Context(long until) {
            this.until = until;
        }

        @Override
        public String operationId() {
            return row.id();
        }

        @Override
        public long fence() {
            return row.fence();
        }

        @Override
        public String project() {
            return row.project();
        }

        @Override
        public String subject() {
            return row.subject();
        }

        @Override
        public String requestId() {
            return row.requestId();
        }

        @Override
        public Instant deadline() {
            return Instant.ofEpochMilli(until);
        }

        @Override
        public boolean cancelled() {
            return cancelled && row.phase() == OperationPhase.RUNNING;
        }

        @Override
        public void report(String sentence, int percent) {
            told = new Told(sentence, Math.clamp(percent, 0, 100), 0);
        }

        @Override
        public InstantSource clock() {
            return clock;
        }
    }
}
