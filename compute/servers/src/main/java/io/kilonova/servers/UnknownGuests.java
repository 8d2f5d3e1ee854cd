package io.kilonova.servers;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The guests that hosts have and that are no servers of this cloud, as far as the hosts said so to this controller lately. */
final class UnknownGuests {
    /** A host reports each minute: one that was silent for longer tells another controller, or none. */
    private static final Duration TWO_REPORTS = Duration.ofMinutes(2);

    private final InstantSource clock;
    private final Map<String, Said> said = new ConcurrentHashMap<>();

    private record Said(Set<String> guests, Instant at) {}

    UnknownGuests(InstantSource clock) {
        this.clock = clock;
    }

    /** Takes in all that a host has now; answers those that it did not have at its last report. */
    Set<String> found(String host, Set<String> guests) {
        Set<String> fresh = new TreeSet<>(guests);
        Optional.ofNullable(said.put(host, new Said(Set.copyOf(guests), clock.instant())))
                .ifPresent(before -> fresh.removeAll(before.guests()));
        return fresh;
    }

    /** How many each host has. */
    Map<String, Long> counts() {
        Instant now = clock.instant();
        said.values().removeIf(last -> Duration.between(last.at(), now).abs().compareTo(TWO_REPORTS) > 0);
        return said.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry ->
                (long) entry.getValue().guests().size()));
    }
}
