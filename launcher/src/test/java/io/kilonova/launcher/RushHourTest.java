package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When operations give way to requests. */
class RushHourTest {
    private final AtomicBoolean crowd = new AtomicBoolean(true);
    private final AtomicLong nanos = new AtomicLong();
    private double load;
    private final RushHour rush = new RushHour(crowd::get, () -> load, nanos::get);

    @Test
    void a_crowd_alone_takes_nothing_from_operations_while_processors_are_free() {
        assertThat(rush.getAsBoolean()).as("until it is known").isTrue();
        pass(RushHour.LOOK, 0.4);
        assertThat(rush.getAsBoolean()).isFalse();
    }

    @Test
    void a_crowd_that_needs_the_processors_goes_first_until_it_is_gone() {
        for (int look = 0; look < 5; look++) {
            assertThat(rush.getAsBoolean()).isTrue();
            pass(RushHour.LOOK, 0.9);
        }
        crowd.set(false);
        assertThat(rush.getAsBoolean()).isFalse();
    }

    @Test
    void a_new_crowd_goes_first_though_the_processors_rested_before_it() {
        pass(RushHour.LOOK, 0);
        assertThat(rush.getAsBoolean()).isTrue();
        pass(RushHour.STALE, 0);
        assertThat(rush.getAsBoolean()).isTrue();
    }

    private void pass(Duration time, double share) {
        nanos.addAndGet(time.toNanos());
        load = share;
    }
}
