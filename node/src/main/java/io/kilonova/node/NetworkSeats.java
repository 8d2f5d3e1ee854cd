package io.kilonova.node;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.storage.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/**
 * The one seat from which networks are made real. A controller holds it for a while and says again and again that it still
 * does; when it falls silent another takes the seat, and writes everything anew from what is stored.
 */
public final class NetworkSeats {
    /** How long a controller may be silent. */
    public static final Duration LEASE = Duration.ofSeconds(30);

    private static final Table<Record> SEATS = table(name("network_seats"));
    private static final Field<Integer> ID = field(name("id"), Integer.class);
    private static final Field<String> GATE = field(name("gate"), String.class);
    private static final Field<String> SOUTHBOUND = field(name("southbound"), String.class);
    private static final Field<Long> HELD_UNTIL = field(name("held_until"), Long.class);
    private static final int ONLY = 1;

    private final Database database;
    private final InstantSource clock;

    /** The seat in {@code database}. */
    public NetworkSeats(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Who took the seat last; empty when nobody ever did. */
    public Optional<NetworkSeat> holder() {
        return database.read(sql -> sql.selectFrom(SEATS)
                .where(ID.eq(ONLY))
                .fetchOptional(row ->
                        new NetworkSeat(row.get(GATE), row.get(SOUTHBOUND), row.get(HELD_UNTIL) <= clock.millis())));
    }

    /**
     * Takes the seat unless somebody else holds it, or says that it is still held.
     *
     * @param southbound where the southbound database is; empty while it is being filled
     * @return whether it is held now
     */
    public boolean hold(String gate, String southbound) {
        long now = clock.millis();
        return database.write(transaction -> {
            DSLContext sql = transaction.sql();
            return sql.insertInto(SEATS)
                            .columns(ID, GATE, SOUTHBOUND, HELD_UNTIL)
                            .values(ONLY, gate, southbound, now + LEASE.toMillis())
                            .onConflict(ID)
                            .doUpdate()
                            .set(GATE, gate)
                            .set(SOUTHBOUND, southbound)
                            .set(HELD_UNTIL, now + LEASE.toMillis())
                            .where(field(name("network_seats", "gate"), String.class)
                                    .eq(gate)
                                    .or(field(name("network_seats", "held_until"), Long.class)
                                            .le(now)))
                            .execute()
                    > 0;
        });
    }
}
