package io.kilonova.fake;

import java.time.Duration;

/** How time passes for a command; a simulation passes its own. */
@FunctionalInterface
public interface Sleeper {
    /** Returns after {@code duration}, or earlier with an {@link InterruptedException}. */
    void sleep(Duration duration) throws InterruptedException;

    /** Sleeps by the machine's clock; made for virtual threads. */
    static Sleeper real() {
        return Thread::sleep;
    }

    /** Lets no time pass. */
    static Sleeper instant() {
        return duration -> {};
    }
}
