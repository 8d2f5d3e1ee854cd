package io.kilonova.simulation;

/** The life of one simulated process. Its threads end at their next step when it is over, and wait while it is paused. */
final class Life {
    private boolean over;
    private long pausedUntilMillis;

    void end() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /** Has none of its threads run before {@code untilMillis}, as when its machine is suspended. */
    void pause(long untilMillis) {
        pausedUntilMillis = Math.max(pausedUntilMillis, untilMillis);
    }

    void resume() {
        pausedUntilMillis = 0;
    }

    long pausedUntilMillis() {
        return pausedUntilMillis;
    }
}
