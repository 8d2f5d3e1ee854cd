package io.kilonova.operations;

import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * One controller: which operations are its own, and what it commits. All that counts is in the database; this can be lost at
 * any instant.
 */
final class Controller {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    private final Database database;
    private final Map<String, Kind<?>> kinds;
    private final OperationsOptions options;
    private final Time time;
    private final Lease lease;
    private final Turns turns;
    private final OperationMetrics metrics;
    private final Consumer<String> probe;
    private final EngineCounters counters = new EngineCounters();
    private final ConcurrentHashMap<String, Execution<?>> mine = new ConcurrentHashMap<>();
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();
    private volatile String id;
    private volatile boolean started;
    private volatile boolean stopping;
    private volatile boolean dead;

    Controller(
            Database database,
            Map<String, Kind<?>> kinds,
            OperationsOptions options,
            Time time,
            OperationMetrics metrics,
            Consumer<String> probe) {
        this.database = database;
        this.kinds = kinds;
        this.options = options;
        this.time = time;
        this.lease = new Lease(time, options.membership());
        this.turns = new Turns(options, time, this::carriesOn);
        this.metrics = metrics;
        this.probe = probe;
        this.id = TimeOrderedId.next(time.now(), options.drive().random());
    }

    Time time() {
        return time;
    }

    Lease lease() {
        return lease;
    }

    Turns turns() {
        return turns;
    }

    OperationsOptions options() {
        return options;
    }

    EngineCounters counters() {
        return counters;
    }

    OperationMetrics metrics() {
        return metrics;
    }

    Database database() {
        return database;
    }

    String id() {
        return id;
    }

    /** Who owns what is submitted here: nobody before the start and at the end, so that it is taken over. */
    String ownerOfNewWork() {
        return started && !stopping ? id : "";
    }

    /** Whether this controller begins further steps. */
    boolean carriesOn() {
        return !stopping && !dead && lease.isHeld();
    }

    /** A test's way to crash at a named place. */
    void reached(String place) {
        probe.accept(place);
    }

    boolean isStarted() {
        return started;
    }

    void started() {
        started = true;
    }

    /** One transaction of the engine, refused once this controller counts as crashed. */
    <T> T commit(Function<Transaction, T> work) {
        return database.write(transaction -> {
            T result = work.apply(transaction);
            if (dead) {
                throw new Fenced();
            }
            return result;
        });
    }

    /** Writes the end of an operation down and gives the next of its subject its turn, here. */
    void remember(Transaction transaction, OperationRow row, Outcome outcome, Kind<?> kind) {
        long now = time.now();
        OperationTable.remember(
                transaction.sql(), row, outcome, kind, options.membership().controllerName(), now);
        // Last, because it is held until the commit and others of the subject wait for it.
        OperationTable.first(transaction, row.subject())
                .filter(next -> next.phase() == OperationPhase.QUEUED)
                .flatMap(next -> OperationTable.take(
                        transaction.sql(), next, row, kinds.containsKey(next.operation()) ? ownerOfNewWork() : "", now))
                .filter(next -> !next.owner().isEmpty())
                .ifPresent(next -> transaction.afterCommit(() -> begin(next, true)));
    }

    /** Tells of the end of an operation, once that is committed. */
    void ended(OperationRow row, Outcome outcome, Optional<Failure> failure) {
        long millis = time.now() - row.accepted().at();
        counters.ended(outcome);
        metrics.ended(row, outcome, millis);
        LOG.info(
                "operation={} kind={} outcome={} subject={} project={} request={} trace={} millis={} fence={}{}",
                row.id(),
                row.operation(),
                outcome,
                row.subject(),
                row.accepted().project(),
                row.accepted().requestId(),
                row.traceParent().map(trace -> trace.traceId()).orElse("-"),
                millis,
                row.fence(),
                failure.map(reason -> " step=%s error=%s %s".formatted(reason.step(), reason.code(), reason.sentence()))
                        .orElse(""));
    }

    /** Takes an operation up that is this controller's by the database. */
    void begin(OperationRow row, boolean fresh) {
        Kind<?> kind = kinds.get(row.operation());
        if (kind == null || !started || dead) {
            return;
        }
        if (stopping) {
            handOver(row);
            return;
        }
        if (row.step() >= kind.steps().size()) {
            leave(
                    row,
                    "it is at step %d of %d"
                            .formatted(row.step() + 1, kind.steps().size()));
            return;
        }
        Execution<?> execution;
        try {
            execution = new Execution<>(this, kind, row, fresh);
        } catch (JacksonException reason) {
            leave(row, reason.getOriginalMessage());
            return;
        }
        Optional<Execution<?>> former = Optional.ofNullable(mine.put(row.id(), execution));
        former.ifPresent(older -> older.runner().abandon());
        turns.add(execution, former);
    }

    /**
     * An operation that this program cannot read is left to one that can: its subject waits, and all others go on. It is told
     * of once a process.
     */
    private void leave(OperationRow row, String why) {
        if (unreadable.add(row.id())) {
            LOG.error(
                    "operation {} ({}) of {} cannot be read and is left to another controller: {}",
                    row.id(),
                    row.operation(),
                    row.subject(),
                    why);
        }
        handOver(row);
    }

    /** Gives one operation up; should that fail, it is taken over when this controller is taken for dead. */
    private void handOver(OperationRow row) {
        try {
            commit(transaction -> {
                OperationTable.handOver(transaction.sql(), row);
                return row;
            });
        } catch (RuntimeException e) {
            LOG.warn("operation {} could not be handed over: {}", row.id(), String.valueOf(e.getMessage()));
        }
    }

    /** The operations that this program met and cannot read. */
    Set<String> unreadable() {
        return unreadable;
    }

    /** An operation gives its thread back. */
    void left(Execution<?> execution, Turns.Next next) {
        String operationId = execution.row().id();
        boolean ours = mine.get(operationId) == execution;
        turns.left(execution, ours ? next : new Turns.Next.Over());
        if (next instanceof Turns.Next.Over) {
            mine.remove(operationId, execution);
        } else if (ours && stopping && !dead) {
            handOver(execution.row());
        }
    }

    /** Somebody asked to stop the operation. */
    void cancel(String operationId, String reason) {
        held(operationId).ifPresent(execution -> {
            execution.cancel(reason);
            turns.wake(execution);
        });
    }

    /** Interrupts what has had its time, and gives what has waited too long for a slot its turn. */
    void check() {
        long now = time.elapsed();
        for (Execution<?> execution : mine.values()) {
            execution.runner().check(now);
            if (!execution.line().isEmpty() && execution.isLate()) {
                turns.wake(execution);
            }
        }
        turns.openAll();
    }

    /**
     * Takes nothing up any more; what has a thread ends its step, and all other work is left to others at once, or, while the
     * database is away, when the lease has run out.
     */
    void stop() {
        stopping = true;
        if (started && !dead) {
            try {
                database.urgently(this::handOver);
            } catch (RuntimeException e) {
                LOG.warn("operations are left to the end of the lease: {}", String.valueOf(e.getMessage()));
            }
        }
    }

    private void handOver() {
        List<String> running =
                turns.running().stream().map(execution -> execution.row().id()).toList();
        commit(transaction -> {
            OperationTable.handOver(transaction.sql(), id, running);
            return id;
        });
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

    /** This controller was taken for dead, or may be: it begins anew under another id. */
    void reborn() {
        abandonAll();
        mine.clear();
        turns.clear();
        id = TimeOrderedId.next(time.now(), options.drive().random());
    }

    /** 1, 2, 4 … at most 60 seconds in milliseconds, and up to a quarter more so that many do not come back at once. */
    long pause(int attempt) {
        long base = Math.min(60_000, 1_000L << Math.min(attempt - 1, 6));
        return base + options.drive().random().nextLong(base / 4);
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

    Optional<Kind<?>> kind(String operation) {
        return Optional.ofNullable(kinds.get(operation));
    }
}
