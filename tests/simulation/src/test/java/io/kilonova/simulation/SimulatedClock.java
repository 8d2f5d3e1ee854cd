package io.kilonova.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The clock of one machine: the world's time, and as much before or after it as the machine is wrong. */
final class SimulatedClock extends Clock {
    private final World world;
    private long wrongMillis;

    SimulatedClock(World world) {
        this.world = world;
    }

    /** Sets the clock forward, or back when negative. */
    void jump(Duration by) {
        wrongMillis += by.toMillis();
    }

    @Override
    public long millis() {
        return world.nowMillis() + wrongMillis;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("a simulated machine is at UTC");
    }
}
