package io.kilonova.operations;

import io.kilonova.telemetry.TraceParent;
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

        record Threw<S extends Record>(Throwable reason) implements Attempt<S> {}

        record Stopped<S extends Record>(Stop cause) implements Attempt<S> {}
    }

    private final Time time;
    private final Lease lease;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile OperationRow row;
    private volatile OperationRow.Told told;
    private volatile OperationRow.Told written;
    private volatile boolean cancelled;
    private boolean abandoned;
    private @Nullable Thread thread;
    private @Nullable Stop stop;
    private long limitAt;
    private long deadlineAt;

    StepRunner(OperationRow row, Time time, Lease lease) {
        this.row = row;
        this.told = row.told();
        this.written = row.told();
        this.time = time;
        this.lease = lease;
    }

    /** Runs {@code step} on this thread within its limit, and not beyond {@code until} of the clock that does not jump. */
    <S extends Record> Attempt<S> attempt(Step<S> step, long until, Work<S> work) {
        if (!enter(step.limit(), until)) {
            return new Attempt.Stopped<>(Stop.ABANDONED);
        }
        Attempt<S> attempt;
        try {
            StepContext context = new Context(step.name(), until);
            attempt = new Attempt.Came<>(
                    ScopedValue.where(CommandToken.CURRENT, context::command).call(() -> work.run(context)));
        } catch (InterruptedException | RuntimeException | Error e) {
            attempt = new Attempt.Threw<>(e);
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
            limitAt = time.elapsed() + limit.toMillis();
            deadlineAt = until;
            stop = null;
            told = OperationRow.Told.NOTHING;
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
        told = OperationRow.Told.NOTHING;
        written = OperationRow.Told.NOTHING;
    }

    /** The step waits; no thread runs it. */
    void waits(String reason, long at) {
        told = new OperationRow.Told(reason, told.percent(), at);
    }

    OperationRow.Told told() {
        return told;
    }

    /** What was told since this was asked last, to be written down. */
    boolean hasNews() {
        return !told.equals(written);
    }

    void wrote(OperationRow.Told news) {
        written = news;
    }

    private final class Context implements StepContext {
        private final String step;
        private final Instant until;

        Context(String step, long until) {
            this.step = step;
            this.until = time.wall().instant().plusMillis(until - time.elapsed());
        }

        @Override
        public String operationId() {
            return row.id();
        }

        @Override
        public CommandToken command() {
            if (!lease.isHeld()) {
                throw new Fenced();
            }
            boolean undoes = row.phase() == OperationPhase.COMPENSATING;
            return new CommandToken(
                    row.id(),
                    undoes ? "undo " + step : step,
                    row.subject(),
                    undoes ? row.fence() + 1 : row.fence(),
                    row.accepted().requestId(),
                    row.traceParent().map(TraceParent::child));
        }

        @Override
        public String project() {
            return row.accepted().project();
        }

        @Override
        public String subject() {
            return row.subject();
        }

        @Override
        public String requestId() {
            return row.accepted().requestId();
        }

        @Override
        public Instant deadline() {
            return until;
        }

        @Override
        public boolean cancelled() {
            return cancelled && row.phase() == OperationPhase.RUNNING;
        }

        @Override
        public void report(String sentence, int percent) {
            told = new OperationRow.Told(sentence, Math.clamp(percent, 0, 100), 0);
        }

        @Override
        public InstantSource clock() {
            return time.wall();
        }
    }
}
