package io.kilonova.operations;

import io.kilonova.storage.OldRows;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a controller does by the clock and not for one operation: its lease, orphans, progress, retention. */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final long POLL_MILLIS = 500;
    private static final long CHECK_MILLIS = 1_000;
    private static final long MISSED_MILLIS = 5_000;
    private static final long PROGRESS_MILLIS = 5_000;
    private static final long RETENTION_MILLIS = 60_000;
    private static final int BATCH = 500;
    private static final OldRows ENDED = new OldRows("operations_ended", "id", "ended_at");

    private final Controller controller;
    private final Time time;
    private final Lease lease;
    private final Set<String> kinds;
    private final OperationsOptions options;
    private final Map<String, Seen> seen = new HashMap<>();
    private long pollAt;
    private long checkAt;
    private long renewAt;
    private long missedAt;
    private long progressAt;
    private long retentionAt;
    private Set<String> missed = Set.of();
    private final Map<String, Long> queuesUntil = new HashMap<>();
    private volatile int unknown;

    /** The beat of another controller, and since when this one knows it. */
    private record Seen(long beat, long since) {}

    Housekeeping(Controller controller, Set<String> kinds) {
        this.controller = controller;
        this.time = controller.time();
        this.lease = controller.lease();
        this.kinds = new TreeSet<>(kinds);
        this.options = controller.options();
    }

    int unknown() {
        return unknown;
    }

    /** Registers this controller and takes over what nobody carries out. */
    void begin() {
        controller.database().urgently(() -> {
            register();
            takeOver();
            reportUnknown();
        });
    }

    /** Does what is due, however many requests wait for the database. Called by one thread at a time. */
    synchronized void tick() {
        controller.database().urgently(this::doWhatIsDue);
    }

    private void doWhatIsDue() {
        long now = time.elapsed();
        if (!options.membership().soleOwner() && now >= renewAt) {
            renewAt = now + lease.millis() / 3;
            renew();
        }
        if (now >= pollAt) {
            pollAt = now + POLL_MILLIS;
            poll();
        }
        if (now >= checkAt) {
            checkAt = now + CHECK_MILLIS;
            controller.check();
        }
        if (now >= missedAt) {
            missedAt = now + MISSED_MILLIS;
            takeUpWhatWasMissed();
            endWhatQueuedTooLong();
        }
        if (now >= progressAt) {
            progressAt = now + PROGRESS_MILLIS;
            writeProgress();
        }
        if (now >= retentionAt) {
            retentionAt = forget() ? now : now + RETENTION_MILLIS;
            reportUnknown();
        }
    }

    /** Gives the lease back: others see at once that what is left here has no owner. While the database is away it runs out. */
    void end() {
        try {
            controller.database().urgently(() -> bury(controller.id()));
        } catch (RuntimeException e) {
            LOG.warn("the lease could not be given back: {}", String.valueOf(e.getMessage()));
        }
    }

    private void register() {
        long since = time.elapsed();
        controller.commit(transaction -> {
            if (options.membership().soleOwner()) {
                // Whoever is written down here is this process's dead predecessor.
                transaction.sql().execute("DELETE FROM controllers");
            }
            return transaction
                    .sql()
                    .execute(
                            "INSERT INTO controllers (id, shown_name, beat) VALUES (?, ?, 1)",
                            controller.id(),
                            options.membership().controllerName());
        });
        lease.renewed(since);
    }

    /**
     * Counts this controller's beat up. One that was silent for its lease, because it was paused or the database was away,
     * does not go on where it was: what it held may be another's, and is taken over anew, by whoever is first.
     */
    private void renew() {
        long since = time.elapsed();
        if (!lease.isHeld()) {
            beginAnew("was silent for longer than its lease");
            return;
        }
        int renewed = controller.commit(transaction ->
                transaction.sql().execute("UPDATE controllers SET beat = beat + 1 WHERE id = ?", controller.id()));
        if (renewed == 1) {
            lease.renewed(since);
        } else {
            beginAnew("was taken for dead");
        }
    }

    private void beginAnew(String why) {
        LOG.warn("this controller {} and begins anew; its operations are taken over", why);
        String former = controller.id();
        controller.reborn();
        bury(former);
        register();
    }

    private void bury(String id) {
        controller
                .database()
                .change(transaction -> transaction.sql().execute("DELETE FROM controllers WHERE id = ?", id));
    }

    /**
     * Takes controllers whose beat stands still for dead, by this controller's clock alone: so neither clocks that differ nor
     * one that jumps ends a lease.
     */
    private void buryTheDead() {
        long now = time.elapsed();
        Map<String, Long> beats = controller
                .database()
                .read(sql -> sql.fetch("SELECT id, beat FROM controllers")
                        .intoMap(row -> row.get(0, String.class), row -> row.get(1, Long.class)));
        seen.keySet().retainAll(beats.keySet());
        beats.remove(controller.id());
        beats.forEach((id, beat) -> {
            Seen before = seen.get(id);
            if (before == null || before.beat() != beat) {
                seen.put(id, new Seen(beat, now));
            } else if (now - before.since() >= lease.millis()) {
                int buried = controller.commit(transaction ->
                        transaction.sql().execute("DELETE FROM controllers WHERE id = ? AND beat = ?", id, beat));
                if (buried == 1) {
                    LOG.warn("the controller {} gives no sign of life; its operations are taken over", id);
                }
            }
        });
    }

    private void poll() {
        if (!options.membership().soleOwner()) {
            buryTheDead();
        }
        String id = controller.id();
        List<OperationRow> rows = controller.database().read(sql -> OperationTable.cancelled(sql, id));
        rows.forEach(row -> controller.cancel(row.id(), row.cancelReason()));
        if (controller.carriesOn()
                && controller.database().read(sql -> OperationTable.hasOrphans(sql, kinds, controller.unreadable()))) {
            takeOver();
        }
    }

    /** For half a second at most: the same thread keeps the lease. What is left then is taken over at the next look. */
    private void takeOver() {
        long until = time.elapsed() + POLL_MILLIS;
        List<OperationRow> taken;
        do {
            taken = controller
                    .database()
                    .write(transaction -> OperationTable.takeOver(
                            transaction.sql(),
                            controller.id(),
                            kinds,
                            controller.unreadable(),
                            BATCH,
                            time.now(),
                            lease.millis()));
            taken.stream()
                    .filter(row -> row.phase() != OperationPhase.QUEUED)
                    .sorted(Comparator.comparingLong(row -> row.accepted().at()))
                    .forEach(row -> controller.begin(row, false));
            controller.counters().takenOver.add(taken.size());
        } while (taken.size() == BATCH && time.elapsed() < until);
    }

    /**
     * Begins what is this controller's by the database and not in its memory, because the answer to the commit that gave it
     * was lost. Only when it is met a second time: what was committed just now is begun right after.
     */
    private void takeUpWhatWasMissed() {
        Set<String> notHeld = controller.database().read(sql -> OperationTable.ownedBy(sql, controller.id()));
        notHeld.removeIf(id -> controller.held(id).isPresent());
        notHeld.stream()
                .filter(missed::contains)
                .forEach(id -> beginStored(id, OperationPhase.RUNNING, OperationPhase.COMPENSATING));
        missed = notHeld;
    }

    /** Ends what has queued for too long, counted from when this controller first saw it do so. */
    private void endWhatQueuedTooLong() {
        long now = time.elapsed();
        Map<String, Long> left = controller.database().read(sql -> OperationTable.queued(sql, controller.id()));
        queuesUntil.keySet().retainAll(left.keySet());
        left.forEach((id, millis) -> queuesUntil.putIfAbsent(id, now + millis));
        queuesUntil.forEach((id, until) -> {
            if (until <= now && controller.held(id).isEmpty()) {
                beginStored(id, OperationPhase.QUEUED);
            }
        });
    }

    private void beginStored(String id, OperationPhase... phases) {
        controller
                .database()
                .read(sql -> OperationTable.find(sql, id))
                .filter(row ->
                        row.owner().equals(controller.id()) && List.of(phases).contains(row.phase()))
                .ifPresent(row -> controller.begin(row, row.phase() == OperationPhase.QUEUED));
    }

    private void writeProgress() {
        List<Execution<?>> news = controller.all().stream()
                .filter(execution -> execution.runner().hasNews())
                .toList();
        if (news.isEmpty()) {
            return;
        }
        controller.commit(transaction -> {
            for (Execution<?> execution : news) {
                OperationRow.Told told = execution.runner().told();
                OperationTable.progress(transaction.sql(), execution.row(), told);
                transaction.afterCommit(() -> execution.runner().wrote(told));
            }
            return news;
        });
    }

    /** For half a second at most, as {@link #takeOver}. Whether anything more has to be forgotten. */
    private boolean forget() {
        long until = time.elapsed() + POLL_MILLIS;
        int forgotten = ENDED.sweep(
                controller.database(), options.retention(), time.wall().instant(), () -> time.elapsed() < until);
        LOG.debug("{} ended operations are forgotten", forgotten);
        return time.elapsed() >= until;
    }

    private void reportUnknown() {
        List<OperationRow> rows = controller.database().read(sql -> OperationTable.unknown(sql, kinds));
        if (rows.size() != unknown && !rows.isEmpty()) {
            LOG.warn(
                    "{} operations are of kinds that this program does not have ({}); they wait for one that does",
                    rows.size(),
                    rows.stream()
                            .map(OperationRow::operation)
                            .distinct()
                            .sorted()
                            .toList());
        }
        unknown = rows.size();
    }
}
