package io.kilonova.fake;

import io.kilonova.spi.PowerState;
import java.util.List;

/**
 * A guest that is a line in a journal.
 *
 * @param id the server's id
 * @param name at the hypervisor
 * @param ours whether this program made it
 * @param power its state
 * @param boots how often it was started
 * @param ports the network ports plugged, in the guest's order
 */
public record FakeGuest(String id, String name, boolean ours, PowerState power, int boots, List<String> ports) {
    /** Keeps a copy. */
    public FakeGuest {
        ports = List.copyOf(ports);
    }

    /** Whether it holds processor or memory: running or paused. */
    public boolean live() {
        return switch (power) {
            case RUNNING, PAUSED -> true;
            case NO_STATE, SHUT_DOWN, CRASHED, SUSPENDED -> false;
        };
    }

    FakeGuest powered(PowerState next) {
        return new FakeGuest(id, name, ours, next, boots, ports);
    }

    FakeGuest booted() {
        return new FakeGuest(id, name, ours, PowerState.RUNNING, boots + 1, ports);
    }

    FakeGuest startedSoOften(int times) {
        return new FakeGuest(id, name, ours, power, times, ports);
    }

    FakeGuest plugged(List<String> next) {
        return new FakeGuest(id, name, ours, power, boots, next);
    }
}
