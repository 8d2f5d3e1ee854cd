package io.kilonova.consistency;

import io.kilonova.storage.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jooq.Record;

/**
 * Operations that are carried on past their end. How long one has been where it is, the clock on the wall tells when it is
 * first met; from then on it is counted evenly. So a clock that jumps hides nothing that is late, and makes nothing late that
 * was met before.
 */
final class LateOperations implements Inspection {
    /** An operation is seen to be late by whoever carries it out within seconds. */
    private static final Duration GRACE = Duration.ofMinutes(2);

    /** The longest that undoing one step may take, with room to spare. */
    private static final Duration UNDOING = Duration.ofHours(1);

    /** Longer than any operation may take. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private static final String QUERY = """
            SELECT id, operation, subject, phase, step, fence, deadline_at, step_since FROM operations
            WHERE id > ? ORDER BY id LIMIT %d""".formatted(TableInspection.PORTION);

    private final Database database;
    private final InstantSource clock;
    private final LongSupplier elapsedMillis;
    private Map<String, Sighting> before = Map.of();
    private Map<String, Sighting> now = new HashMap<>();

    /** An operation where it was met, and when its time there is over by the even clock. */
    private record Sighting(Place place, long overAtMillis) {}

    /** It moves on, or its owner changes: its time is another from there. */
    private record Place(String phase, long step, long fence, long since) {}

    /** Late by {@code elapsedMillis}, which counts evenly; {@code clock} may jump. */
    LateOperations(Database database, InstantSource clock, LongSupplier elapsedMillis) {
        this.database = database;
        this.clock = clock;
        this.elapsedMillis = elapsedMillis;
    }

    @Override
    public synchronized Optional<String> inspect(String after, BiConsumer<String, String> breaches) {
        if (after.isEmpty()) {
            before = now;
            now = new HashMap<>();
        }
        Optional<String> last = Optional.empty();
        for (Record row : database.read(sql -> sql.fetch(QUERY, after))) {
            String id = row.get("id", String.class);
            last = Optional.of(id);
            if (number(row, "deadline_at") - number(row, "step_since") > LONGEST.toMillis()) {
                breaches.accept(id, told(row) + " and has no deadline that anybody would wait for");
            } else if (elapsedMillis.getAsLong() > sighting(id, row).overAtMillis()) {
                breaches.accept(id, told(row) + " and past its deadline");
            }
        }
        return last;
    }

    private Sighting sighting(String id, Record row) {
        Place place = new Place(
                row.get("phase", String.class), number(row, "step"), number(row, "fence"), number(row, "step_since"));
        Sighting sighting = before.get(id);
        if (sighting == null || !sighting.place().equals(place)) {
            sighting = new Sighting(place, elapsedMillis.getAsLong() + leftMillis(row, place));
        }
        now.put(id, sighting);
        return sighting;
    }

    private long leftMillis(Record row, Place place) {
        long whole =
                place.phase().equals("COMPENSATING") ? UNDOING.toMillis() : number(row, "deadline_at") - place.since();
        return whole + GRACE.toMillis() - Math.max(0, clock.millis() - place.since());
    }

    private static String told(Record row) {
        return "%s of %s is %s at step %d"
                .formatted(
                        row.get("operation", String.class),
                        row.get("subject", String.class),
                        row.get("phase", String.class),
                        number(row, "step"));
    }

    private static long number(Record row, String column) {
        return row.get(column, Long.class);
    }
}
