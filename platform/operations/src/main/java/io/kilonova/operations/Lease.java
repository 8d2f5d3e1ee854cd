package io.kilonova.operations;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether this controller may still believe that it is taken for alive. Counted by the clock that does not jump, from
 * before its last sign of life was written: so it stops earlier than others begin, and a process that was paused knows on
 * its first look.
 */
final class Lease {
    private final Time time;
    private final boolean unlimited;
    private final long millis;
    private final AtomicLong heldUntil = new AtomicLong();

    Lease(Time time, OperationsOptions.Membership membership) {
        this.time = time;
        this.unlimited = membership.soleOwner();
        this.millis = membership.lease().toMillis();
    }

    long millis() {
        return millis;
    }

    /** A sign of life that was begun at {@code since} has been written. */
    void renewed(long since) {
        heldUntil.set(since + millis);
    }

    boolean isHeld() {
        return unlimited || time.elapsed() < heldUntil.get();
    }
}
