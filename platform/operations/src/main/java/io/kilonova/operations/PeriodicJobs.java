package io.kilonova.operations;

import io.kilonova.storage.Database;
import java.time.Duration;
import java.time.InstantSource;

/** Work that is done again and again, by one controller of the cluster at a time. */
public final class PeriodicJobs implements AutoCloseable {
    /** Jobs over {@code database}; {@code controllerName} is who holds their leases. */
    public PeriodicJobs(Database database, String controllerName, InstantSource clock) {}

    /** Has {@code work} run every {@code interval}, once per cluster. Called before {@link #start}. */
    public void add(String name, Duration interval, Runnable work) {
        throw new UnsupportedOperationException();
    }

    /** Begins. */
    public void start() {
        throw new UnsupportedOperationException();
    }

    /** Stops; a job that runs is interrupted. */
    @Override
    public void close() {}
}
