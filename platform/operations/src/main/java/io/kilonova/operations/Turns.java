package io.kilonova.operations;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Which of a controller's operations has a thread, which waits for one, which for a {@link Slot} and which for a time. The
 * line of a slot that was found full is closed; when a place is given back here, and once a second because others give
 * places back too, one of the line tries again, and the next one when that succeeded.
 */
final class Turns {
    /**
     * While people wait for the processors one operation begins in so many milliseconds: fifty a second are more than hosts
     * build, and as little as requests do not feel.
     */
    static final long CROWDED_PAUSE_MILLIS = 20;

    private final int concurrency;
    private final Executor executor;
    private final Time time;
    private final BooleanSupplier carriesOn;
    private final BooleanSupplier crowded;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition alarmSet = lock.newCondition();
    private final Condition threadFreed = lock.newCondition();
    private final ReadyQueue<Execution<?>> ready = new ReadyQueue<>();
    private final Set<String> closed = new HashSet<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparingLong(Alarm::at));
    private final Map<String, Alarm> waiting = new HashMap<>();
    private final Set<Execution<?>> running = new HashSet<>();
    private long begunAt;
    // Whether something waited for a thread, and was not given one for the crowd's sake, at the last look.
    private boolean givesWay;

    /** When an operation that waits has its next turn. An alarm that is no longer in {@link #waiting} is void. */
    private record Alarm(long at, Execution<?> execution) {}

    /** What follows a turn. */
    sealed interface Next {
        /** Another turn at once. */
        record Turn() implements Next {}

        /** Another turn after a pause. */
        record Later(long millis) implements Next {}

        /** Another turn when a slot has a free place. */
        record InLine(String slot) implements Next {}

        /** Nothing: ended, or no longer ours. */
        record Over() implements Next {}
    }

    /** How many have a thread, wait for one or a slot, and wait for a time. */
    record Count(int running, int ready, int waiting) {}

    Turns(OperationsOptions options, Time time, BooleanSupplier carriesOn) {
        this.concurrency = options.bounds().concurrency();
        this.executor = options.drive().executor();
        this.time = time;
        this.carriesOn = carriesOn;
        this.crowded = options.drive().crowded();
        this.begunAt = time.elapsed() - CROWDED_PAUSE_MILLIS;
    }

    /** An operation that is taken up; {@code former} is the same one under an older fence. */
    void add(Execution<?> execution, Optional<Execution<?>> former) {
        lock.lock();
        try {
            former.ifPresent(this::forget);
            enqueue(execution, "");
        } finally {
            lock.unlock();
        }
        dispatch();
    }

    private void enqueue(Execution<?> execution, String line) {
        execution.standIn(line);
        ready.add(execution.row().accepted().project(), line, execution);
    }

    private boolean forget(Execution<?> execution) {
        return waiting.remove(execution.row().id()) != null
                || ready.remove(execution.row().accepted().project(), execution.line(), execution);
    }

    /** Gives threads to what waits for one, as far as there are any. */
    private void dispatch() {
        List<Execution<?>> begun = new ArrayList<>(1);
        lock.lock();
        try {
            while (running.size() < concurrency && carriesOn.getAsBoolean() && mayBegin()) {
                Optional<Execution<?>> next = ready.next(line -> !closed.contains(line));
                if (next.isEmpty()) {
                    break;
                }
                begunAt = time.elapsed();
                if (!next.get().line().isEmpty()) {
                    closed.add(next.get().line());
                }
                running.add(next.get());
                begun.add(next.get());
            }
        } finally {
            lock.unlock();
        }
        begun.forEach(executor::execute);
    }

    /** Whether one more may begin now; when not, the clock's thread looks again soon. */
    private boolean mayBegin() {
        boolean may = !crowded.getAsBoolean() || time.elapsed() - begunAt >= CROWDED_PAUSE_MILLIS;
        if (!may && !givesWay) {
            alarmSet.signalAll();
        }
        givesWay = !may;
        return may;
    }

    /** An operation gives its thread back. */
    void left(Execution<?> execution, Next next) {
        lock.lock();
        try {
            running.remove(execution);
            switch (next) {
                case Next.Over over -> {}
                // The lease ran out between two steps. Should it be renewed after all, the operation goes on.
                case Next.Turn turn -> enqueue(execution, "");
                case Next.InLine(String slot) -> {
                    enqueue(execution, slot);
                    closed.add(slot);
                }
                case Next.Later(long millis) -> {
                    Alarm alarm = new Alarm(time.elapsed() + Math.max(1, millis), execution);
                    waiting.put(execution.row().id(), alarm);
                    alarms.add(alarm);
                    alarmSet.signalAll();
                }
            }
            threadFreed.signalAll();
        } finally {
            lock.unlock();
        }
        dispatch();
    }

    /** Gives an operation that waits, for a time or for a slot, its turn now. */
    void wake(Execution<?> execution) {
        lock.lock();
        try {
            if (forget(execution)) {
                enqueue(execution, "");
            }
        } finally {
            lock.unlock();
        }
        dispatch();
    }

    /** A place of a slot was taken from the line, or given back: the next one of the line may try. */
    void open(String slot) {
        if (slot.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            closed.remove(slot);
        } finally {
            lock.unlock();
        }
        dispatch();
    }

    /** Whether others wait for a slot. */
    boolean hasLine(String slot) {
        lock.lock();
        try {
            return ready.hasLine(slot);
        } finally {
            lock.unlock();
        }
    }

    /** Wakes what is due. */
    void ring() {
        long now = time.elapsed();
        lock.lock();
        try {
            for (Alarm alarm = alarms.peek(); alarm != null && alarm.at() <= now; alarm = alarms.peek()) {
                alarms.remove();
                if (waiting.remove(alarm.execution().row().id(), alarm)) {
                    enqueue(alarm.execution(), "");
                }
            }
        } finally {
            lock.unlock();
        }
        dispatch();
    }

    /** Has one of each line try whether another controller gave a place back. */
    void openAll() {
        lock.lock();
        try {
            closed.clear();
        } finally {
            lock.unlock();
        }
        dispatch();
    }

    /** Waits until the next alarm, or {@code mostMillis}. */
    void awaitAlarm(long mostMillis) throws InterruptedException {
        lock.lock();
        try {
            Alarm next = alarms.peek();
            long most = givesWay ? CROWDED_PAUSE_MILLIS : mostMillis;
            long millis = next == null ? most : Math.clamp(next.at() - time.elapsed(), 0, most);
            if (millis > 0) {
                boolean unused = alarmSet.await(millis, TimeUnit.MILLISECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no operation has a thread, or {@code mostMillis} are over. */
    boolean awaitQuiet(long mostMillis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(mostMillis);
        lock.lock();
        try {
            while (!running.isEmpty() && left > 0) {
                left = threadFreed.awaitNanos(left);
            }
            return running.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Why an operation that could go on has no thread yet; empty when it has one, or waits for a slot or a time. */
    Optional<String> whyNotYet(Execution<?> execution) {
        lock.lock();
        try {
            boolean couldGoOn = !running.contains(execution)
                    && !waiting.containsKey(execution.row().id())
                    && execution.line().isEmpty();
            if (couldGoOn && running.size() >= concurrency) {
                return Optional.of(
                        "Waits for a free thread: this controller has %d, and all are taken.".formatted(concurrency));
            }
            return couldGoOn && givesWay
                    ? Optional.of("Waits because requests go first: one operation begins every %d ms."
                            .formatted(CROWDED_PAUSE_MILLIS))
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** What has a thread. */
    List<Execution<?>> running() {
        lock.lock();
        try {
            return List.copyOf(running);
        } finally {
            lock.unlock();
        }
    }

    Count count() {
        lock.lock();
        try {
            return new Count(running.size(), ready.size(), waiting.size());
        } finally {
            lock.unlock();
        }
    }

    /** How many stand in the line of each slot. */
    Map<String, Double> lines() {
        lock.lock();
        try {
            return ready.lines();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all that waits. */
    void clear() {
        lock.lock();
        try {
            ready.clear();
            closed.clear();
            waiting.clear();
            alarms.clear();
        } finally {
            lock.unlock();
        }
    }
}
