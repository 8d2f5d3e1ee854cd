package io.kilonova.node;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.storage.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * The one seat from which networks are made real. A controller holds it for a while and says again and again that it still
 * does; when it falls silent another takes the seat, and writes everything anew from what is stored. Each measures by itself how
 * long nothing was said: clocks that are wrong would have two take the seat from each other, or none of them take it.
 */
public final class NetworkSeats {
    /** How long a controller may be silent. */
    public static final Duration LEASE = Duration.ofSeconds(30);

    private static final Table<Record> SEATS = table(name("network_seats"));
    private static final Field<Integer> ID = field(name("id"), Integer.class);
    private static final Field<String> GATE = field(name("gate"), String.class);
    private static final Field<String> SOUTHBOUND = field(name("southbound"), String.class);
    private static final Field<Long> HELD_UNTIL = field(name("held_until"), Long.class);
    private static final Field<String> HOLDER = field(name("network_seats", "gate"), String.class);
    private static final Field<Long> HOLDER_UNTIL = field(name("network_seats", "held_until"), Long.class);
    private static final int ONLY = 1;

    private final Database database;
    private final InstantSource clock;
    private final LongSupplier elapsedNanos;
    private Said seen = new Said("", 0);
    private long seenAtNanos;

    /** What the holder said last; the time is of its clock, and only has to be another one each time. */
    private record Said(String gate, long heldUntil) {}

    /** The seat in {@code database}. */
    public NetworkSeats(Database database, InstantSource clock) {
        this(database, clock, System::nanoTime);
    }

    /** The same with a clock that does not jump of one's own, for tests. */
    NetworkSeats(Database database, InstantSource clock, LongSupplier elapsedNanos) {
        this.database = database;
        this.clock = clock;
        this.elapsedNanos = elapsedNanos;
    }

    /** Who took the seat last; empty when nobody ever did. */
    public synchronized Optional<NetworkSeat> holder() {
        return database.read(sql -> sql.selectFrom(SEATS).where(ID.eq(ONLY)).fetchOptional())
                .map(row -> new NetworkSeat(
                        row.get(GATE), row.get(SOUTHBOUND), isLapsed(new Said(row.get(GATE), row.get(HELD_UNTIL)))));
    }

    private boolean isLapsed(Said said) {
        long now = elapsedNanos.getAsLong();
        if (!said.equals(seen)) {
            seen = said;
            seenAtNanos = now;
        }
        return now - seenAtNanos >= LEASE.toNanos();
    }

    /**
     * Takes the seat unless somebody else holds it, or says that it is still held.
     *
     * @param southbound where the southbound database is; empty while it is being filled
     * @return whether it is held now
     */
    public synchronized boolean hold(String gate, String southbound) {
        boolean lapsed = holder().filter(NetworkSeat::lapsed).isPresent();
        Condition free = lapsed ? HOLDER.eq(seen.gate()).and(HOLDER_UNTIL.eq(seen.heldUntil())) : DSL.falseCondition();
        long until = clock.millis() + LEASE.toMillis();
        return database.write(transaction -> {
            DSLContext sql = transaction.sql();
            return sql.insertInto(SEATS)
                            .columns(ID, GATE, SOUTHBOUND, HELD_UNTIL)
                            .values(ONLY, gate, southbound, until)
                            .onConflict(ID)
                            .doUpdate()
                            .set(GATE, gate)
                            .set(SOUTHBOUND, southbound)
                            .set(HELD_UNTIL, until)
                            .where(HOLDER.eq(gate).or(free))
                            .execute()
                    > 0;
        });
    }
}
