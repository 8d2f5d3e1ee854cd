package io.kilonova.fake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What all hosts of a fleet share: chance, the script, and the invariants that are watched. Safe for many threads. */
final class FleetRecord {
    private final SplittableRandom random;
    private final Map<Command, Long> callsByCommand = new EnumMap<>(Command.class);
    private final Map<Command, Long> occurrences = new EnumMap<>(Command.class);
    private final Map<String, String> hostOfLiveGuest = new ConcurrentHashMap<>();
    private final List<String> doubleRuns = new ArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger maximumUnderWay = new AtomicInteger();
    private Misfortunes misfortunes;

    FleetRecord(Misfortunes misfortunes, long seed) {
        this.misfortunes = misfortunes;
        this.random = new SplittableRandom(seed);
    }

    /** Fate of one call: how long it takes and what happens to it. */
    record Fate(Duration delay, Optional<Misfortune> misfortune) {}

    synchronized Fate draw(String host, Command command, Delays delays) {
        callsByCommand.merge(command, 1L, Long::sum);
        long occurrence = occurrences.merge(command, 1L, Long::sum);
        Duration delay = delays.draw(command, random);
        return new Fate(delay, misfortunes.strike(host, command, occurrence, random));
    }

    synchronized void strikeWith(Misfortunes changed) {
        misfortunes = changed;
        occurrences.clear();
    }

    synchronized long calls(Command command) {
        return callsByCommand.getOrDefault(command, 0L);
    }

    void began() {
        int now = underWay.incrementAndGet();
        maximumUnderWay.accumulateAndGet(now, Math::max);
    }

    void ended() {
        underWay.decrementAndGet();
    }

    int maximumConcurrency() {
        return maximumUnderWay.get();
    }

    /** Notes where a guest lives now; a second host at the same time is written down for good. */
    void changed(String host, FakeGuest guest) {
        if (!guest.live()) {
            hostOfLiveGuest.remove(guest.id(), host);
            return;
        }
        String other = hostOfLiveGuest.putIfAbsent(guest.id(), host);
        if (other != null && !other.equals(host)) {
            synchronized (doubleRuns) {
                doubleRuns.add("guest %s is live on %s while it is live on %s".formatted(guest.id(), host, other));
            }
        }
    }

    void gone(String host, String guestId) {
        hostOfLiveGuest.remove(guestId, host);
    }

    List<String> doubleRuns() {
        synchronized (doubleRuns) {
            return List.copyOf(doubleRuns);
        }
    }
}
