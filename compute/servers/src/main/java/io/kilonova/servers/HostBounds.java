package io.kilonova.servers;

import io.kilonova.operations.Slot;
import java.util.Optional;

/**
 * How much one host does at once, whichever controllers ask for it: Nova's defaults, where it has one. What leaves a host is
 * bounded there; a destination gets no more than its sources send, and guests that are off put no load on it.
 */
final class HostBounds {
    /** Nova's {@code max_concurrent_builds}: more builds than this only slow each other's disks down. */
    private static final int BUILDS = 10;

    /** Nova's {@code max_concurrent_live_migrations}: two share one link and each is longer in its last, paused phase. */
    private static final int LIVE_MIGRATIONS = 1;

    /** Two disks that are copied fill a link; more only have each of them stay away longer. */
    private static final int COPIES = 2;

    /**
     * Commands that are short where a host is well. Of one that hangs they hold their threads for minutes: of 256 that a
     * controller has, so many at most, and the rest is for other hosts.
     */
    private static final int COMMANDS = 32;

    private HostBounds() {}

    /** A place among the guests that a host makes. */
    static Slot build(String host) {
        return new Slot("builds on " + host, BUILDS);
    }

    /** A place among the guests whose disks are copied from a host. */
    static Slot copy(String host) {
        return new Slot("disk copies from " + host, COPIES);
    }

    /** A place among what else is done to a host's guests; those that have no host need none of one. */
    static Slot command(Optional<String> host) {
        return new Slot("commands to " + host.orElse("no host"), COMMANDS);
    }

    /** The same of a host. */
    static Slot command(String host) {
        return command(Optional.of(host));
    }

    /** A place among the guests that leave a host while they run. */
    static Slot liveMigration(String host) {
        return new Slot("live migrations from " + host, LIVE_MIGRATIONS);
    }
}
