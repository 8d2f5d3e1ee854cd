package io.kilonova.operations;

import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import io.kilonova.telemetry.Metrics;
import io.kilonova.telemetry.TraceParent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out durable operations. What was submitted is in the database with the request that was accepted; it starts right
 * after that commit, moves on with one commit a step, and ends exactly once, whichever controllers die meanwhile.
 *
 * <p>Operations of one subject run one at a time and in order of acceptance. Limits of steps and deadlines are looked at
 * once a second.
 */
public final class Operations implements AutoCloseable {
    /** The folder of this room's tables, for {@link Database#open}. */
    public static final String MIGRATIONS = "db/operations";

    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
    private static final long TICK_MILLIS = 500;
    private static final long HOUR_MILLIS = 3_600_000;

    private final Database database;
    private final Map<String, Kind<?>> kinds;
    private final OperationsOptions options;
    private final Time time;
    private final Controller controller;
    private final Housekeeping housekeeping;
    private final OperationViews views;
    private volatile boolean closed;

    /**
     * Over {@code database}, knowing {@code kinds}. Operations may be submitted before {@link #start}; they begin then.
     *
     * @param database opened with {@link #MIGRATIONS} among its folders
     */
    public Operations(Database database, List<Operation<?>> kinds, OperationsOptions options, InstantSource clock) {
        this(database, kinds, options, clock, new Metrics());
    }

    /** The same, told to {@code metrics}. */
    public Operations(
            Database database,
            List<Operation<?>> kinds,
            OperationsOptions options,
            InstantSource clock,
            Metrics metrics) {
        this(database, kinds, options, clock, metrics, place -> {});
    }

    /** The same with a place to crash at, for tests. */
    Operations(
            Database database,
            List<Operation<?>> kinds,
            OperationsOptions options,
            InstantSource clock,
            Metrics metrics,
            Consumer<String> probe) {
        this.database = database;
        this.kinds = Kind.byName(kinds);
        this.options = options;
        this.time = Time.of(clock, options);
        this.controller = new Controller(database, this.kinds, options, time, new OperationMetrics(metrics), probe);
        this.housekeeping = new Housekeeping(controller, this.kinds.keySet());
        this.views = new OperationViews(database, controller);
        OperationMetrics.register(metrics, controller, housekeeping);
    }

    /**
     * Accepts work in {@code transaction}: it is durable when that is, and starts on this controller right after the
     * commit, or when the operations of its subject that were accepted before have ended. Returns its id.
     *
     * <p>Throws {@link OperationError#OPERATION_UNKNOWN}.
     */
    public String submit(Transaction transaction, Submission<?> submission) {
        long now = time.now();
        return submit(transaction, submission, now, OperationTable.placeAfter(transaction, submission.subject(), now));
    }

    /**
     * {@link #submit} for a subject that {@code transaction} itself makes: nothing was ever done to it, and nobody else knows of
     * it, so that there is nothing to look for before.
     */
    public String submitFirst(Transaction transaction, Submission<?> submission) {
        long now = time.now();
        return submit(transaction, submission, now, new OperationTable.Place(1, now));
    }

    private String submit(Transaction transaction, Submission<?> submission, long now, OperationTable.Place place) {
        Kind<?> kind = kinds.get(submission.operation());
        if (kind == null) {
            throw OperationError.OPERATION_UNKNOWN.with(submission.operation());
        }
        if (!kind.plan().stateType().isInstance(submission.state())) {
            throw new IllegalArgumentException("the state of %s is a %s"
                    .formatted(kind.name(), kind.plan().stateType().getName()));
        }
        OperationRow row = accepted(submission, kind, now, place);
        OperationTable.insert(transaction.sql(), row);
        transaction.afterCommit(() -> {
            controller.counters().accepted.increment();
            if (row.phase() == OperationPhase.RUNNING && !row.owner().isEmpty()) {
                controller.begin(row, true);
            }
        });
        return row.id();
    }

    private OperationRow accepted(Submission<?> submission, Kind<?> kind, long now, OperationTable.Place place) {
        return new OperationRow(
                new OperationRow.Accepted(
                        TimeOrderedId.next(now, options.drive().random()),
                        submission.operation(),
                        submission.project(),
                        submission.subject(),
                        place.order(),
                        submission.requestId(),
                        TraceParent.current().map(TraceParent::text).orElse(""),
                        now,
                        now + kind.plan().deadline().toMillis()),
                new OperationRow.Position(
                        place.order() == 1 ? OperationPhase.RUNNING : OperationPhase.QUEUED,
                        0,
                        StateCodec.write(submission.state()),
                        now,
                        "",
                        "",
                        ""),
                controller.ownerOfNewWork(),
                place.fence(),
                0,
                "",
                OperationRow.Told.NOTHING);
    }

    /**
     * Does something to {@code subject} that is no operation, as after a look at what a host has. Commands to hypervisors that
     * {@code work} gives carry a fence of what was there when this was called: should they be on their way until another
     * operation has done something to the subject there, they are refused.
     */
    public void between(String subject, Runnable work) {
        long now = time.now();
        // Of a subject whose last operation is not remembered any more nothing younger than an hour is known to any
        // node.
        long fence = database.read(sql -> OperationTable.fenceBetween(sql, subject, now - HOUR_MILLIS));
        String id = TimeOrderedId.next(now, options.drive().random());
        CommandToken token = new CommandToken(id, "between operations", subject, fence, id, TraceParent.current());
        ScopedValue.where(CommandToken.CURRENT, () -> token).run(work);
    }

    /**
     * Has every operation of {@code subject} that was accepted before stop: its thread is interrupted after the commit,
     * what it has done is undone, and it ends as {@link Outcome#CANCELLED}. What is submitted after this in the same
     * transaction runs when they have ended. An operation that fails already goes on undoing and ends as failed.
     */
    public void cancelRunning(Transaction transaction, String subject, String reason) {
        String told = reason.isBlank() ? "no reason was given" : reason;
        List<String> flagged = OperationTable.cancel(transaction.sql(), subject, told);
        transaction.afterCommit(() -> flagged.forEach(id -> controller.cancel(id, told)));
    }

    /** The operation {@code id}, going on or ended, while it is remembered. */
    public Optional<OperationView> find(String id) {
        return views.find(id);
    }

    /**
     * At most {@code limit} operations, those that go on in order of acceptance and those that have ended newest first,
     * after the operation {@code marker} when it is given. Throws {@link OperationError#MARKER_NOT_FOUND}.
     */
    public List<OperationView> list(OperationFilter filter, int limit, Optional<String> marker) {
        return views.list(filter, limit, marker);
    }

    /** Begins: takes over what a dead predecessor left, and carries out what is submitted. */
    public void start() {
        controller.started();
        housekeeping.begin();
        if (options.drive().ticksItself()) {
            Thread.ofVirtual().name("kilonova-operations-clock").start(this::tickUntilClosed);
        }
    }

    /** Does what is due at the present time of the clock: leases, timers, deadlines, retention. */
    public void tick() {
        controller.turns().ring();
        housekeeping.tick();
    }

    private void tickUntilClosed() {
        try {
            while (!closed) {
                tickOrReport();
                controller.turns().awaitAlarm(TICK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The edge of the thread: neither a database that is away for a while nor a lack of memory must stop the clock. */
    private void tickOrReport() {
        try {
            tick();
        } catch (RuntimeException | Error e) {
            if (!closed) {
                LOG.warn("what is done once a second could not be done: {}", String.valueOf(e.getMessage()));
            }
        }
    }

    /**
     * Takes no further operation up and leaves all that has no thread to other controllers at once, waits at most
     * {@code limit} for the running steps to commit, interrupts the rest, and leaves those too; or to the next start of this
     * one.
     */
    public void drain(Duration limit) {
        closed = true;
        try {
            controller.stop();
            if (!controller.turns().awaitQuiet(limit.toMillis())) {
                controller.abandonAll();
            }
        } catch (InterruptedException e) {
            controller.abandonAll();
            Thread.currentThread().interrupt();
        }
        controller.die();
        housekeeping.end();
    }

    /**
     * Leaves all that has no thread to other controllers, and takes nothing up any more; the running steps end, and what is
     * submitted from here on is begun elsewhere. Does nothing in a program that has the database alone.
     */
    public void handOver() {
        if (!options.membership().soleOwner()) {
            controller.stop();
        }
    }

    /** Whether this controller carries operations out: it has begun, holds its lease and is not about to end. */
    public boolean isReady() {
        return controller.isStarted() && controller.carriesOn();
    }

    /** What this controller has done. */
    public OperationsStatistics statistics() {
        return controller.counters().statistics(controller.turns().count(), housekeeping.unknown());
    }

    /** Ends at once as a crash would: nothing more is written and the lease is left to run out. For simulations. */
    public void abandon() {
        closed = true;
        controller.die();
    }

    /** {@link #drain} without waiting for steps. Does nothing after a drain. */
    @Override
    public void close() {
        if (!closed) {
            drain(Duration.ZERO);
        }
    }
}
