package io.kilonova.operations;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Two clocks. {@code wall} says what time it is: what is stored and shown is of it, and it may jump. {@code elapsed} counts
 * the milliseconds of this process evenly: leases, limits and pauses are measured by it alone.
 */
record Time(InstantSource wall, LongSupplier elapsedMillis) {
    static Time of(InstantSource wall, OperationsOptions options) {
        return new Time(wall, options.drive().elapsedMillis().orElse(wall::millis));
    }

    long now() {
        return wall.millis();
    }

    long elapsed() {
        return elapsedMillis.getAsLong();
    }
}
