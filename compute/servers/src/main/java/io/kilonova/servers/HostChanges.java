package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
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
import java.util.concurrent.atomic.AtomicLong;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;

/**
 * How each controller's view of the hosts learns what the others changed. Whoever changes a host adds a row with its own
 * transaction's number; whoever follows reads the rows from the oldest transaction that was still open at its last look, so
 * that none is missed, however late it commits, and a host that is read twice is only read twice. Where transactions come one
 * after the other they are counted instead. A database that is not shared has one controller and nothing to follow.
 *
 * <p>Rows rather than {@code NOTIFY}: transactions that notify commit one after the other, flush by flush.
 */
final class HostChanges {
    private static final Table<Record> CHANGES = table(name("host_changes"));
    private static final Field<String> HOST = field(name("host"), String.class);
    private static final Field<Long> TRANSACTION_ID = field(name("transaction_id"), Long.class);
    private static final Field<Long> CHANGED_AT = field(name("changed_at"), Long.class);

    /** Who has not looked for so long reads all hosts anew. */
    private static final Duration KEPT = Duration.ofMinutes(10);

    private final Database database;
    private final InstantSource clock;
    private final Follower follower;
    private final Set<String> suspected = ConcurrentHashMap.newKeySet();
    private final AtomicLong looks = new AtomicLong();
    private Seen seen = new Seen(0, 0, Optional.empty());

    /** Takes in what hosts are now. */
    interface Follower {
        /** Reads these hosts, or all when empty, in the snapshot of {@code sql}; what it gives puts them into the view. */
        Runnable read(DSLContext sql, Optional<List<String>> hosts);
    }

    /** What the view was brought up to: by which look, when that was, and from which transaction on the next one reads. */
    private record Seen(long look, long atMillis, Optional<Long> before) {}

    /** What one look read: what puts it into the view, and from which transaction on the next one reads. */
    private record Look(Optional<Runnable> news, long before) {}

    /** How transactions are numbered: the oldest that is open, and the one that asks. */
    private record Numbering(Field<Long> oldestOpen, FixedStatement mark) {
        private static final String NEXT = "(SELECT coalesce(max(transaction_id), 0) + 1 FROM host_changes)";
        private static final Numbering POSTGRESQL = Numbering.by(
                "pg_snapshot_xmin(pg_current_snapshot())::text::bigint", "pg_current_xact_id()::text::bigint");
        private static final Numbering ONE_WRITER = Numbering.by(NEXT, NEXT);

        private static Numbering by(String oldestOpen, String own) {
            return new Numbering(
                    field(oldestOpen, Long.class),
                    FixedStatement.of("INSERT INTO host_changes (host, transaction_id, changed_at) VALUES (?, %s, ?)"
                            .formatted(own)));
        }

        static Numbering of(SQLDialect dialect) {
            return dialect.family() == SQLDialect.POSTGRES ? POSTGRESQL : ONE_WRITER;
        }
    }

    HostChanges(Database database, InstantSource clock, Follower follower) {
        this.database = database;
        this.clock = clock;
        this.follower = follower;
    }

    /** Says in a transaction that it changes a host: what it has or gave away, whether it takes servers, where it belongs. */
    static void mark(Transaction transaction, String host, long nowMillis) {
        if (transaction.isShared()) {
            DSLContext sql = transaction.sql();
            Numbering.of(sql.dialect()).mark.executeLater(sql, host, nowMillis);
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
        database.read(sql -> follower.read(sql, Optional.of(hosts))).run();
    }

    /** Brings the view up to date with all that was committed before this call; false where there is nobody to follow. */
    boolean catchUp() {
        if (!database.isShared()) {
            return false;
        }
        long number = looks.incrementAndGet();
        long now = clock.millis();
        Look look = database.read(sql -> follow(sql, from(now)));
        take(number, now, look);
        return true;
    }

    private synchronized Optional<Long> from(long now) {
        return now - seen.atMillis() > KEPT.toMillis() / 2 ? Optional.empty() : seen.before();
    }

    /** One that began after this, and is in the view already, saw all that this one was to see. */
    private synchronized void take(long number, long now, Look look) {
        if (number > seen.look()) {
            look.news().ifPresent(Runnable::run);
            seen = new Seen(number, now, Optional.of(look.before()));
        }
    }

    private Look follow(DSLContext sql, Optional<Long> from) {
        long before = sql.select(Numbering.of(database.dialect()).oldestOpen)
                .fetchSingle()
                .value1();
        Optional<List<String>> hosts = from.map(first -> sql.selectDistinct(HOST)
                .from(CHANGES)
                .where(TRANSACTION_ID.ge(first))
                .fetch(HOST));
        boolean isNews = hosts.isEmpty() || !hosts.get().isEmpty();
        return new Look(isNews ? Optional.of(follower.read(sql, hosts)) : Optional.empty(), before);
    }

    /** Forgets changes that every controller has seen; not the last, from which the next may be counted. */
    void trim() {
        if (!database.isShared()) {
            return;
        }
        database.change(transaction -> transaction
                .sql()
                .deleteFrom(CHANGES)
                .where(CHANGED_AT.lt(clock.millis() - KEPT.toMillis()))
                .and(TRANSACTION_ID.lt(select(max(TRANSACTION_ID)).from(CHANGES)))
                .execute());
    }
}
