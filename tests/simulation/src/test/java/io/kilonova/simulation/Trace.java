package io.kilonova.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What happened, in its order: a running hash over all of it, and the last lines to look at. */
final class Trace {
    private static final int KEPT = 200_000;
    private static final long PRIME = 0x100000001b3L;

    private final Deque<String> last = new ArrayDeque<>();
    private final boolean keeps;
    private long hash = 0xcbf29ce484222325L;
    private long events;

    /** A trace that keeps its last lines if {@code keeps}, and only counts and hashes otherwise. */
    Trace(boolean keeps) {
        this.keeps = keeps;
    }

    void add(long atMillis, String thread, String event) {
        events++;
        mix(atMillis);
        mix(thread.hashCode());
        mix(event.hashCode());
        if (keeps) {
            last.add("%9.3f %-28s %s".formatted((atMillis - World.BEGINNING_MILLIS) / 1e3, thread, event));
            if (last.size() > KEPT) {
                last.remove();
            }
        }
    }

    private void mix(long value) {
        hash = (hash ^ value) * PRIME;
        hash ^= hash >>> 29;
    }

    /** The same for two runs in which the same things happened at the same times. */
    long hash() {
        return hash;
    }

    long events() {
        return events;
    }

    List<String> last() {
        return new ArrayList<>(last);
    }
}
