package io.kilonova.launcher;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * When requests need the processors for themselves: they come in a crowd, and the machine's processors were busy just now,
 * with whatever. So work that nobody waits for takes what requests leave, and no more.
 */
final class RushHour implements BooleanSupplier {
    /** So often the processors are looked at, in a crowd; a look costs 0.1 to 1 ms. */
    static final Duration LOOK = Duration.ofMillis(100);

    /** A look that is older says nothing of now: until the next one the processors count as busy. */
    static final Duration STALE = Duration.ofSeconds(1);

    /** The share of the processors' time above which whoever comes next has to wait for one now and then. */
    private static final double BUSY = 0.7;

    private final BooleanSupplier crowd;
    private final DoubleSupplier load;
    private final LongSupplier nanos;
    private long lookedAt;
    private boolean busy;

    /**
     * Over a crowd and the processors.
     *
     * @param crowd whether requests follow each other closely
     * @param load the share of the processors' time that was used since this was asked last, from 0 to 1
     * @param nanos a clock that does not jump
     */
    RushHour(BooleanSupplier crowd, DoubleSupplier load, LongSupplier nanos) {
        this.crowd = crowd;
        this.load = load;
        this.nanos = nanos;
        this.lookedAt = nanos.getAsLong() - STALE.toNanos();
    }

    @Override
    public synchronized boolean getAsBoolean() {
        if (!crowd.getAsBoolean()) {
            return false;
        }
        long since = nanos.getAsLong() - lookedAt;
        if (since >= LOOK.toNanos()) {
            boolean loaded = load.getAsDouble() > BUSY;
            busy = loaded || since >= STALE.toNanos();
            lookedAt += since;
        }
        return busy;
    }
}
