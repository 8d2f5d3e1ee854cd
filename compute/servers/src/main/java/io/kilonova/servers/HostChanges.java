package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.storage.Database;
import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;

/**
 * How each controller's view of the hosts learns what the others changed. Whoever changes a host adds a row with its own
 * transaction's number; whoever follows reads the rows from the oldest transaction that was still open at its last look, so
 * that none is missed, however late it commits, and a host that is read twice is only read twice. With SQLite there is one
 * controller and nothing to follow.
 *
 * <p>Rows rather than {@code NOTIFY}: transactions that notify commit one after the other, flush by flush.
 */
final class HostChanges {
    private static final Table<Record> CHANGES = table(name("host_changes"));
    private static final Field<String> HOST = field(name("host"), String.class);
    private static final Field<Long> TRANSACTION_ID = field(name("transaction_id"), Long.class);
    private static final Field<Long> CHANGED_AT = field(name("changed_at"), Long.class);
    private static final Field<Long> OLDEST_OPEN =
            field("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", Long.class);

    private static final FixedStatement MARK =
            FixedStatement.of("INSERT INTO host_changes (host, transaction_id, changed_at)"
                    + " VALUES (?, pg_current_xact_id()::text::bigint, ?)");

    /** Who has not looked for so long reads all hosts anew. */
    private static final Duration KEPT = Duration.ofMinutes(10);

    private final Database database;
    private final InstantSource clock;
    private final Follower follower;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> suspected = ConcurrentHashMap.newKeySet();
    private Optional<Long> seenBefore = Optional.empty();
    private long lookedAt;

    /** Takes in what hosts are now. */
    interface Follower {
        /** These hosts changed, or all when empty; to be read in the snapshot of {@code sql}. */
        void changed(DSLContext sql, Optional<List<String>> hosts);
    }

    HostChanges(Database database, InstantSource clock, Follower follower) {
        this.database = database;
        this.clock = clock;
        this.follower = follower;
    }

    /** Says in a transaction that it changes a host: what it has or gave away, whether it takes servers, where it belongs. */
    static void mark(Transaction transaction, String host, long nowMillis) {
        if (transaction.sql().dialect().family() == SQLDialect.POSTGRES) {
            MARK.executeLater(transaction.sql(), host, nowMillis);
        }
    }

    /** A host is not as the view says: it is read anew before the next decision, whether anybody changed it since or not. */
    void suspect(String host) {
        suspected.add(host);
    }

    /** Catches up if somebody found that the view is not as it is: a decision that took room may have been forgotten there. */
    void catchUpIfSuspected() {
        if (suspected.isEmpty()) {
            return;
        }
        catchUp();
        List<String> hosts = List.copyOf(suspected);
        suspected.removeAll(hosts);
        database.read(sql -> {
            follower.changed(sql, Optional.of(hosts));
            return hosts;
        });
    }

    /** Brings the view up to date with all that was committed before this call; false where there is nobody to follow. */
    boolean catchUp() {
        if (database.dialect() != SQLDialect.POSTGRES) {
            return false;
        }
        lock.lock();
        try {
            long now = clock.millis();
            Optional<Long> from = now - lookedAt > KEPT.toMillis() / 2 ? Optional.empty() : seenBefore;
            seenBefore = Optional.of(database.read(sql -> follow(sql, from)));
            lookedAt = now;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private long follow(DSLContext sql, Optional<Long> from) {
        long horizon = sql.select(OLDEST_OPEN).fetchSingle().value1();
        Optional<List<String>> hosts = from.map(first -> sql.selectDistinct(HOST)
                .from(CHANGES)
                .where(TRANSACTION_ID.ge(first))
                .fetch(HOST));
        if (hosts.isEmpty() || !hosts.get().isEmpty()) {
            follower.changed(sql, hosts);
        }
        return horizon;
    }

    /** Forgets changes that every controller has seen. */
    void trim() {
        if (database.dialect() != SQLDialect.POSTGRES) {
            return;
        }
        database.change(transaction -> transaction
                .sql()
                .deleteFrom(CHANGES)
                .where(CHANGED_AT.lt(clock.millis() - KEPT.toMillis()))
                .execute());
    }
}
