package io.kilonova.spi;

/** What the hypervisor says of a guest; the numbers are those of the Compute API ({@code OS-EXT-STS:power_state}). */
public enum PowerState {
    NO_STATE(0),
    RUNNING(1),
    PAUSED(3),
    SHUT_DOWN(4),
    CRASHED(6),
    SUSPENDED(7);

    private final int number;

    PowerState(int number) {
        this.number = number;
    }

    /** The number in the Compute API. */
    public int number() {
        return number;
    }
}
