package io.kilonova.libvirt;

import io.kilonova.spi.HypervisorError;
import java.time.Duration;

/** Waits for what guests do in their own time. */
final class GuestPower {
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration PRESS_EVERY = Duration.ofSeconds(5);

    private GuestPower() {}

    /** A question that is asked until it is answered with yes. */
    interface Condition {
        boolean holds();
    }

    /**
     * Asks the guest to shut down and waits. A guest that is still booting hears no power button, so it is pressed again.
     *
     * @return whether the guest is off
     */
    static boolean shutDown(String host, LibvirtDomain domain, Duration grace) {
        long start = System.nanoTime();
        Duration pressed = Duration.ZERO.minus(PRESS_EVERY);
        while (true) {
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            DomainState state = domain.state();
            if (!state.active()) {
                return true;
            }
            if (waited.compareTo(grace) >= 0) {
                return false;
            }
            // Only a running guest can hear it.
            if (state == DomainState.PAUSED) {
                return false;
            }
            if (waited.minus(pressed).compareTo(PRESS_EVERY) >= 0) {
                press(domain);
                pressed = waited;
            }
            pause(host);
        }
    }

    /** Waits for a condition; false when it did not hold in time. */
    static boolean await(String host, Duration deadline, Condition condition) {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > deadline.toNanos()) {
                return false;
            }
            pause(host);
        }
        return true;
    }

    /** Cuts the power of a guest that has any. */
    static void cut(LibvirtDomain domain) {
        if (domain.state().active()) {
            try {
                domain.cutPower();
            } catch (LibvirtException refusal) {
                if (refusal.fault().unreachable() || domain.state().active()) {
                    throw refusal;
                }
            }
        }
    }

    private static void press(LibvirtDomain domain) {
        try {
            domain.pressPowerButton();
        } catch (LibvirtException refusal) {
            // It may have gone off between the look and the press.
            if (refusal.fault().unreachable() || domain.state().active()) {
                throw refusal;
            }
        }
    }

    private static void pause(String host) {
        try {
            Thread.sleep(LOOK_EVERY);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw HypervisorError.HYPERVISOR_REFUSED.with(host, "the command was cancelled while it waited");
        }
    }
}
