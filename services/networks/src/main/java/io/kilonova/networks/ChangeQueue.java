package io.kilonova.networks;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is to be made real, in the order in which it was told. What is told again while it waits keeps its place: its state
 * is read when its turn comes. Above a bound everything is looked at instead.
 */
final class ChangeQueue {
    private static final int MAXIMUM_WAITING = 10_000;

    /** A piece of work. */
    sealed interface Work {
        /** One resource changed, came or went. */
        record One(String kind, String id) implements Work {}

        /** Everything is to be compared. */
        record Everything() implements Work {}
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    /** What waits, with the number of the telling that it has waited since. */
    private final LinkedHashMap<Work, Long> waiting = new LinkedHashMap<>();

    private Optional<Map.Entry<Work, Long>> underWay = Optional.empty();
    private long told;
    private boolean closed;

    /** Adds work, unless it waits already. */
    void add(Work work) {
        lock.lock();
        try {
            told++;
            if (waiting.size() >= MAXIMUM_WAITING) {
                long since = waiting.values().stream()
                        .mapToLong(Long::longValue)
                        .min()
                        .orElse(told);
                waiting.clear();
                waiting.put(new Work.Everything(), since);
            }
            waiting.putIfAbsent(work, told);
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The next work, everything first; empty when there was none for so long, or no more will come. */
    Optional<Work> take(Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patience.toNanos();
            while (waiting.isEmpty() && !closed && left > 0) {
                left = moved.awaitNanos(left);
            }
            if (waiting.isEmpty() || closed) {
                return Optional.empty();
            }
            Work.Everything everything = new Work.Everything();
            Iterator<Work> first = waiting.keySet().iterator();
            Work next = waiting.containsKey(everything) ? everything : first.next();
            Long since = waiting.remove(next);
            underWay = Optional.of(Map.entry(next, since == null ? 0L : since));
            return Optional.of(next);
        } finally {
            lock.unlock();
        }
    }

    /** What was taken is real. */
    void done() {
        lock.lock();
        try {
            underWay = Optional.empty();
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What was taken could not be done: it waits on, before all others or after them. */
    void again(boolean beforeOthers) {
        lock.lock();
        try {
            underWay.ifPresent(entry -> {
                waiting.remove(entry.getKey());
                if (beforeOthers) {
                    waiting.putFirst(entry.getKey(), entry.getValue());
                } else {
                    waiting.put(entry.getKey(), entry.getValue());
                }
            });
            underWay = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Waits so long, or until something is told. */
    void pause(Duration length) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long before = told;
            long left = length.toNanos();
            while (!closed && told == before && left > 0) {
                left = moved.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all that was told before this call is done; says whether it is. */
    boolean awaitDone(Duration deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long until = told;
            long left = deadline.toNanos();
            while (leftBefore(until)) {
                if (closed || left <= 0) {
                    return false;
                }
                left = moved.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** How much waits or is under way. */
    int size() {
        lock.lock();
        try {
            return waiting.size() + (underWay.isPresent() ? 1 : 0);
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean leftBefore(long until) {
        return underWay.filter(entry -> entry.getValue() <= until).isPresent()
                || waiting.values().stream().anyMatch(since -> since <= until);
    }
}
