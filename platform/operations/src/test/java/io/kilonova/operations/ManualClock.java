package io.kilonova.operations;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that goes when it is told to. */
final class ManualClock implements InstantSource {
    private final AtomicLong millis = new AtomicLong(1_793_000_000_000L);

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis.get());
    }

    void forward(Duration duration) {
        millis.addAndGet(duration.toMillis());
    }
}
