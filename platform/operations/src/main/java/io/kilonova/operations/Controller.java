package io.kilonova.operations;

import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * What one controller holds in memory: the operations that are its own, which of them have a thread, which wait for one
 * and which for a time. All that counts is in the database; this can be lost at any instant.
 */
final class Controller {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
    private static final long CHECK_MILLIS = 1_000;

    private final Database database;
    private final Map<String, Kind<?>> kinds;
    private final OperationsOptions options;
    private final InstantSource clock;
    private final Consumer<String> probe;
    private final EngineCounters counters = new EngineCounters();
    private final ConcurrentHashMap<String, Execution<?>> mine = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition alarmSet = lock.newCondition();
    private final Condition threadFreed = lock.newCondition();
    private final ReadyQueue<Execution<?>> ready = new ReadyQueue<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparingLong(Alarm::at));
    private final Map<String, Alarm> waiting = new HashMap<>();
    private final Map<String, Integer> runningByKind = new HashMap<>();
    private final Set<String> unreadables = ConcurrentHashMap.newKeySet();
    private int running;
    private volatile long checkAt;
    private volatile String id;
    private volatile boolean started;
    private volatile boolean stopping;
    private volatile boolean dead;

    /** When an operation that waits has its next turn. An alarm that is no longer in {@link #waiting} is void. */
    private record Alarm(long at, Execution<?> execution) {}

    Controller(
            Database database,
            Map<String, Kind<?>> kinds,
            OperationsOptions options,
            InstantSource clock,
            Consumer<String> probe) {
        this.database = database;
        this.kinds = kinds;
        this.options = options;
        this.clock = clock;
        this.probe = probe;
        this.id = TimeOrderedId.next(clock.millis(), options.random());
    }

    InstantSource clock() {
        return clock;
    }

    long now() {
        return clock.millis();
    }

    OperationsOptions options() {
        return options;
    }

    EngineCounters counters() {
        return counters;
    }

    Database database() {
        return database;
    }

    String id() {
        return id;
    }

    /** Who owns what is submitted here: nobody before the start, which takes over whatever nobody owns. */
    String ownerOfNewWork() {
        return started ? id : "";
    }

    /** A test's way to crash at a named place. */
    void reached(String place) {
        probe.accept(place);
    }

    boolean carriesOn() {
        return !stopping && !dead;
    }

    void started() {
        started = true;
    }

    /** One transaction of the engine, refused once this controller counts as crashed. */
    void commit(Consumer<Transaction> work) {
        database.change(transaction -> {
            work.accept(transaction);
            if (dead) {
                throw new Execution.Fenced();
            }
        });
    }

    /** Writes the end of an operation down and gives the next of its subject its turn, here. */
    void remember(Transaction transaction, OperationRow row, Outcome outcome, Kind<?> kind) {
        long now = now();
        OperationTable.remember(
                transaction.sql(),
                row,
                outcome,
                kind.steps().get(row.step()),
                kind.steps().size(),
                options.controllerName(),
                now);
        // Last, because it is held until the commit and others of the subject wait for it.
        OperationTable.lockSubject(transaction, row.subject());
        Optional<OperationRow> next = OperationTable.first(transaction.sql(), row.subject());
        if (next.isPresent() && next.get().phase() == OperationPhase.QUEUED) {
            String owner = kinds.containsKey(next.get().operation()) ? id : "";
            if (OperationTable.take(transaction.sql(), next.get(), owner, now) && !owner.isEmpty()) {
                OperationRow taken =
                        OperationTable.find(transaction.sql(), next.get().id()).orElseThrow();
                transaction.afterCommit(() -> begin(taken, true));
            }
        }
    }

    /** Takes an operation up that is this controller's by the database. */
    void begin(OperationRow row, boolean fresh) {
        Kind<?> kind = kinds.get(row.operation());
        if (kind == null || !started || !carriesOn()) {
            return;
        }
        Optional<Execution<?>> readable = execution(kind, row, fresh);
        if (readable.isEmpty()) {
            return;
        }
        Execution<?> execution = readable.get();
        lock.lock();
        try {
            Execution<?> former = mine.put(row.id(), execution);
            if (former != null) {
                former.runner().abandon();
                waiting.remove(row.id());
            }
            ready.add(row.project(), row.operation(), execution);
        } finally {
            lock.unlock();
        }
        dispatch();
    }

    /**
     * An operation whose stored state cannot be read is left as it is, for a program that can read it: its subject waits,
     * and all others go on. It is told of once a process.
     */
    private Optional<Execution<?>> execution(Kind<?> kind, OperationRow row, boolean fresh) {
        try {
            return Optional.of(new Execution<>(this, kind, row, fresh));
        } catch (JacksonException unreadable) {
            if (unreadables.add(row.id())) {
                LOG.error(
                        "operation {} ({}) of {} cannot be read and is left as it is: {}",
                        row.id(),
                        row.operation(),
                        row.subject(),
                        unreadable.getOriginalMessage());
            }
            return Optional.empty();
        }
    }

    /** Gives threads to what waits for one, as far as there are any. */
    private void dispatch() {
        List<Execution<?>> begun = new ArrayList<>(1);
        lock.lock();
        try {
            while (running < options.concurrency() && carriesOn()) {
                Optional<Execution<?>> next = ready.next(this::hasRoom);
                if (next.isEmpty()) {
                    break;
                }
                if (mine.get(next.get().row().id()) == next.get()) {
                    running++;
                    runningByKind.merge(next.get().row().operation(), 1, Integer::sum);
                    begun.add(next.get());
                }
            }
        } finally {
            lock.unlock();
        }
        begun.forEach(options.executor()::execute);
    }

    private boolean hasRoom(String kind) {
        Integer bound = options.kindConcurrency().get(kind);
        return bound == null || runningByKind.getOrDefault(kind, 0) < bound;
    }

    /** An operation gives its thread back. */
    void left(Execution<?> execution, Execution.Next next) {
        String operationId = execution.row().id();
        lock.lock();
        try {
            running--;
            runningByKind.merge(execution.row().operation(), -1, Integer::sum);
            switch (next) {
                case Execution.Next.Over over -> mine.remove(operationId, execution);
                case Execution.Next.Turn turn -> threadFreed.signalAll();
                case Execution.Next.Later(long at) -> {
                    if (mine.get(operationId) == execution) {
                        Alarm alarm = new Alarm(at, execution);
                        waiting.put(operationId, alarm);
                        alarms.add(alarm);
                        alarmSet.signalAll();
                    }
                }
            }
            threadFreed.signalAll();
        } finally {
            lock.unlock();
        }
        dispatch();
    }

    /** Gives a waiting operation its turn now. */
    private void wake(String operationId) {
        lock.lock();
        try {
            Alarm alarm = waiting.remove(operationId);
            if (alarm != null) {
                OperationRow row = alarm.execution().row();
                ready.add(row.project(), row.operation(), alarm.execution());
            }
        } finally {
            lock.unlock();
        }
        dispatch();
    }

    /** Somebody asked to stop the operation. */
    void cancel(String operationId, String reason) {
        Execution<?> execution = mine.get(operationId);
        if (execution != null) {
            execution.cancel(reason);
            wake(operationId);
        }
    }

    /** Wakes what is due and interrupts what has had its time. */
    void ring() {
        long now = now();
        List<String> due = new ArrayList<>();
        lock.lock();
        try {
            for (Alarm alarm = alarms.peek(); alarm != null && alarm.at() <= now; alarm = alarms.peek()) {
                alarms.remove();
                if (alarm.equals(waiting.get(alarm.execution().row().id()))) {
                    due.add(alarm.execution().row().id());
                }
            }
        } finally {
            lock.unlock();
        }
        due.forEach(this::wake);
        if (now >= checkAt) {
            checkAt = now + CHECK_MILLIS;
            mine.values().forEach(execution -> execution.runner().check(now));
        }
    }

    /** Waits until the next alarm, or {@code mostMillis}. */
    void awaitAlarm(long mostMillis) throws InterruptedException {
        lock.lock();
        try {
            Alarm next = alarms.peek();
            long millis = next == null ? mostMillis : Math.clamp(next.at() - now(), 0, mostMillis);
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
            while (running > 0 && left > 0) {
                left = threadFreed.awaitNanos(left);
            }
            return running == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing up any more; what has a thread ends its step. */
    void stop() {
        stopping = true;
    }

    /** Interrupts every step. */
    void abandonAll() {
        mine.values().forEach(execution -> execution.runner().abandon());
    }

    /** From now on this controller writes nothing, as if its process had ended. */
    void die() {
        dead = true;
        abandonAll();
    }

    /** This controller was taken for dead and its work was given away: it begins anew under another id. */
    void reborn() {
        abandonAll();
        lock.lock();
        try {
            mine.clear();
            ready.clear();
            waiting.clear();
            alarms.clear();
            id = TimeOrderedId.next(now(), options.random());
        } finally {
            lock.unlock();
        }
    }

    /** Why somebody asked to stop it; empty when nobody did or it is not ours any more. */
    String cancelReason(OperationRow row) {
        return stored(row).map(OperationRow::cancelReason).orElse("");
    }

    /** How the operation is stored now, if it is still ours. */
    Optional<OperationRow> stored(OperationRow row) {
        return database.read(sql -> OperationTable.find(sql, row.id()))
                .filter(now -> now.owner().equals(row.owner()) && now.fence() == row.fence());
    }

    /** The operation as it is in memory. */
    Optional<Execution<?>> held(String operationId) {
        return Optional.ofNullable(mine.get(operationId));
    }

    List<Execution<?>> all() {
        return List.copyOf(mine.values());
    }

    OperationsStatistics statistics(int unknown) {
        lock.lock();
        try {
            return new OperationsStatistics(
                    counters.accepted.sum(),
                    counters.takenOver.sum(),
                    counters.stepsDone.sum(),
                    counters.succeeded.sum(),
                    counters.failed.sum(),
                    counters.cancelled.sum(),
                    counters.fencedOff.sum(),
                    counters.conflicts.sum(),
                    running,
                    ready.size(),
                    waiting.size(),
                    unknown);
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Kind<?> kind(String operation) {
        return kinds.get(operation);
    }
}
