package io.kilonova.operations;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a controller does by the clock and not for one operation: its lease, orphans, progress, retention. */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final long POLL_MILLIS = 1_000;
    private static final long PROGRESS_MILLIS = 5_000;
    private static final long RETENTION_MILLIS = 60_000;
    private static final int BATCH = 500;

    private final Controller controller;
    private final Set<String> kinds;
    private final OperationsOptions options;
    private long pollAt;
    private long renewAt;
    private long progressAt;
    private long retentionAt;
    private volatile int unknown;

    Housekeeping(Controller controller, Set<String> kinds) {
        this.controller = controller;
        this.kinds = new TreeSet<>(kinds);
        this.options = controller.options();
    }

    int unknown() {
        return unknown;
    }

    /** Registers this controller and takes over what nobody carries out. */
    void begin() {
        register();
        takeOver();
        reportUnknown();
    }

    /** Does what is due. Called by one thread at a time. */
    synchronized void tick() {
        long now = controller.now();
        if (!options.soleOwner() && now >= renewAt) {
            renewAt = now + options.lease().toMillis() / 3;
            renew();
            bury();
        }
        if (now >= pollAt) {
            pollAt = now + POLL_MILLIS;
            poll();
        }
        if (now >= progressAt) {
            progressAt = now + PROGRESS_MILLIS;
            writeProgress();
        }
        if (now >= retentionAt) {
            retentionAt = now + RETENTION_MILLIS;
            forget();
            reportUnknown();
        }
    }

    /** Gives the lease back: others see at once that what is left here has no owner. */
    void end() {
        controller
                .database()
                .change(transaction ->
                        transaction.sql().execute("DELETE FROM controllers WHERE id = ?", controller.id()));
    }

    private void register() {
        String id = controller.id();
        long until = controller.now() + options.lease().toMillis();
        controller.commit(transaction -> {
            if (options.soleOwner()) {
                // Whoever is written down here is this process's dead predecessor.
                transaction.sql().execute("DELETE FROM controllers WHERE id <> ?", id);
            }
            transaction
                    .sql()
                    .execute(
                            "INSERT INTO controllers (id, shown_name, lease_until) VALUES (?, ?, ?)",
                            id,
                            options.controllerName(),
                            until);
        });
    }

    private void renew() {
        String id = controller.id();
        long until = controller.now() + options.lease().toMillis();
        int renewed = controller
                .database()
                .write(transaction ->
                        transaction.sql().execute("UPDATE controllers SET lease_until = ? WHERE id = ?", until, id));
        if (renewed == 0) {
            LOG.warn("this controller was taken for dead and begins anew; its operations went to others");
            controller.reborn();
            register();
        }
    }

    private void bury() {
        long now = controller.now();
        List<String> dead = controller
                .database()
                .read(sql -> sql.fetch("SELECT id FROM controllers WHERE lease_until < ?", now)
                        .map(row -> row.get(0, String.class)));
        if (!dead.isEmpty()) {
            controller.commit(
                    transaction -> transaction.sql().execute("DELETE FROM controllers WHERE lease_until < ?", now));
            LOG.warn("{} controllers gave no sign of life; their operations are taken over", dead.size());
        }
    }

    private void poll() {
        String id = controller.id();
        long now = controller.now();
        List<OperationRow> rows = controller.database().read(sql -> OperationTable.attention(sql, id, now));
        for (OperationRow row : rows) {
            if (row.phase() == OperationPhase.QUEUED) {
                if (controller.held(row.id()).isEmpty()) {
                    controller.begin(row, true);
                }
            } else {
                controller.cancel(row.id(), row.cancelReason());
            }
        }
        if (controller.database().read(sql -> OperationTable.orphans(sql, kinds)) > 0) {
            takeOver();
        }
    }

    private void takeOver() {
        List<OperationRow> taken;
        do {
            taken = controller
                    .database()
                    .write(transaction -> OperationTable.takeOver(transaction.sql(), controller.id(), kinds, BATCH));
            taken.stream()
                    .filter(row -> row.phase() != OperationPhase.QUEUED)
                    .sorted(java.util.Comparator.comparingLong(OperationRow::acceptedAt))
                    .forEach(row -> controller.begin(row, false));
            controller.counters().takenOver.add(taken.size());
        } while (taken.size() == BATCH);
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
                StepRunner.Told told = execution.runner().told();
                OperationTable.progress(
                        transaction.sql(), execution.row(), told.sentence(), told.percent(), told.resumesAt());
                execution.runner().wrote(told);
            }
        });
    }

    private void forget() {
        long oldest = controller.now() - options.keepEnded().toMillis();
        int forgotten;
        do {
            forgotten = controller
                    .database()
                    .write(transaction ->
                            OperationTable.forget(transaction.sql(), oldest, options.keepEndedCount(), BATCH));
        } while (forgotten >= BATCH);
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
