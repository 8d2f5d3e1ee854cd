package io.kilonova.libvirt;

import io.kilonova.spi.PowerState;
import java.util.Optional;

/**
 * A change in a domain's life ({@code VIR_DOMAIN_EVENT_ID_LIFECYCLE}).
 *
 * @param uuid the domain's
 * @param kind what happened
 * @param detail libvirt's number for why; its meaning depends on the kind
 */
public record LibvirtEvent(String uuid, Kind kind, int detail) {
    private static final int STARTED_TO_RECEIVE = 1; // VIR_DOMAIN_EVENT_STARTED_MIGRATED
    private static final int SUSPENDED_TO_MOVE = 1; // VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED
    private static final int STOPPED_BY_CRASH = 2; // VIR_DOMAIN_EVENT_STOPPED_CRASHED
    private static final int STOPPED_MOVED = 3; // VIR_DOMAIN_EVENT_STOPPED_MIGRATED
    private static final int STOPPED_SAVED = 4; // VIR_DOMAIN_EVENT_STOPPED_SAVED
    private static final int STOPPED_BEFORE_IT_RAN = 5; // VIR_DOMAIN_EVENT_STOPPED_FAILED

    /** The kinds in the order of libvirt's numbers, 0 first. */
    public enum Kind {
        DEFINED,
        UNDEFINED,
        STARTED,
        SUSPENDED,
        RESUMED,
        STOPPED,
        SHUTDOWN,
        PM_SUSPENDED,
        CRASHED
    }

    /**
     * The state that the event leaves the guest in, by libvirt's details. Empty for events that change none, and for those of
     * a guest that moves: it is on two hosts, and one of them tells when it has arrived.
     */
    Optional<PowerState> power() {
        return switch (kind) {
            case STARTED -> detail == STARTED_TO_RECEIVE ? Optional.empty() : Optional.of(PowerState.RUNNING);
            case RESUMED -> Optional.of(PowerState.RUNNING);
            case SUSPENDED -> detail == SUSPENDED_TO_MOVE ? Optional.empty() : Optional.of(PowerState.PAUSED);
            case PM_SUSPENDED -> Optional.of(PowerState.SUSPENDED);
            case CRASHED -> Optional.of(PowerState.CRASHED);
            case STOPPED ->
                switch (detail) {
                    case STOPPED_BY_CRASH -> Optional.of(PowerState.CRASHED);
                    case STOPPED_MOVED, STOPPED_BEFORE_IT_RAN -> Optional.empty();
                    case STOPPED_SAVED -> Optional.of(PowerState.SUSPENDED);
                    default -> Optional.of(PowerState.SHUT_DOWN);
                };
            case DEFINED, UNDEFINED, SHUTDOWN -> Optional.empty();
        };
    }
}
