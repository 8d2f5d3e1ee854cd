package io.kilonova.operations;

import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Carries out durable operations. */
public final class Operations implements AutoCloseable {
    /** The folder of this room's tables, for {@link Database#open}. */
    public static final String MIGRATIONS = "db/operations";

    /** Over {@code database}, knowing {@code kinds}. */
    public Operations(Database database, List<Operation<?>> kinds, OperationsOptions options, InstantSource clock) {}

    /** Accepts work in {@code transaction}; it starts on this controller right after the commit. Returns its id. */
    public String submit(Transaction transaction, Submission<?> submission) {
        throw new UnsupportedOperationException();
    }

    /** Has every operation of {@code subject} that was accepted before stop and compensate. */
    public void cancelRunning(Transaction transaction, String subject, String reason) {
        throw new UnsupportedOperationException();
    }

    /** The operation {@code id}, going on or ended, while it is remembered. */
    public Optional<OperationView> find(String id) {
        throw new UnsupportedOperationException();
    }

    /** At most {@code limit} operations in order of acceptance, after {@code marker} when it is given. */
    public List<OperationView> list(OperationFilter filter, int limit, Optional<String> marker) {
        throw new UnsupportedOperationException();
    }

    /** Begins: takes over what a dead predecessor left, and carries out what is submitted. */
    public void start() {
        throw new UnsupportedOperationException();
    }

    /** Does what is due at the present time of the clock: leases, timers, deadlines, retention. */
    public void tick() {
        throw new UnsupportedOperationException();
    }

    /** Takes no further operation up and waits at most {@code limit} for the running steps; what is left goes to others. */
    public void drain(Duration limit) {
        throw new UnsupportedOperationException();
    }

    /** What this controller has done. */
    public OperationsStatistics statistics() {
        throw new UnsupportedOperationException();
    }

    /** Stops at once: running steps are interrupted and left to the next owner. */
    @Override
    public void close() {}
}
