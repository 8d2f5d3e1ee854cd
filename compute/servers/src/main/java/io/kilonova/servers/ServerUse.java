package io.kilonova.servers;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A server that ran in some time, for what its project has used.
 *
 * @param server as it is, or was last; it has been launched
 * @param deletedAt when it went, if it did
 */
public record ServerUse(Server server, Optional<Instant> deletedAt) {
    private static final double MILLISECONDS_AN_HOUR = 3_600_000;

    /** When it was launched. */
    public Instant startedAt() {
        return server.launchedAt().orElseThrow();
    }

    /** How many hours of the time from {@code start} to {@code stop} it was there. */
    public double hours(Instant start, Instant stop) {
        Instant from = startedAt().isAfter(start) ? startedAt() : start;
        Instant to = deletedAt.filter(stop::isAfter).orElse(stop);
        return to.isAfter(from) ? Duration.between(from, to).toMillis() / MILLISECONDS_AN_HOUR : 0;
    }

    /** How long it has been there altogether, or was. */
    public Duration uptime(Instant now) {
        return Duration.between(startedAt(), deletedAt.orElse(now));
    }

    /** Its root and ephemeral disks. */
    public long diskGibibytes() {
        return (long) server.flavor().rootDiskGibibytes() + server.flavor().ephemeralDiskGibibytes();
    }
}
