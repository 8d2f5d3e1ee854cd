package io.kilonova.libvirt;

import io.kilonova.spi.PowerState;

/** {@code virDomainState}, in the order of its numbers. */
public enum DomainState {
    NO_STATE(PowerState.NO_STATE),
    RUNNING(PowerState.RUNNING),
    /** Xen's word for waiting for a processor. */
    BLOCKED(PowerState.RUNNING),
    PAUSED(PowerState.PAUSED),
    /** The guest is shutting down but still runs. */
    SHUTTING_DOWN(PowerState.RUNNING),
    SHUT_OFF(PowerState.SHUT_DOWN),
    CRASHED(PowerState.CRASHED),
    /** The guest put itself to sleep (ACPI S3). */
    SLEEPING(PowerState.SUSPENDED);

    private final PowerState power;

    DomainState(PowerState power) {
        this.power = power;
    }

    static DomainState of(int number) {
        return number >= 0 && number < values().length ? values()[number] : NO_STATE;
    }

    /** The state in the words of the contract. */
    public PowerState power() {
        return power;
    }

    /** Whether a QEMU process exists for it. */
    public boolean active() {
        return switch (this) {
            case RUNNING, BLOCKED, PAUSED, SHUTTING_DOWN, SLEEPING -> true;
            case NO_STATE, SHUT_OFF, CRASHED -> false;
        };
    }
}
