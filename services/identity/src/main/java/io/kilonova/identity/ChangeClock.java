package io.kilonova.identity;

import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * Counts the changes to what tokens depend on. Whatever is cached remembers the count that it was read at and holds only
 * while that is the current one. A change by this controller counts at once; one by another is seen when the database is
 * looked at, every {@code interval}. When the database cannot be looked at for {@link #MAXIMUM_BLINDNESS}, nothing cached is
 * trusted any more.
 */
final class ChangeClock {
    private static final Duration MAXIMUM_BLINDNESS = Duration.ofSeconds(5);
    private static final Table<?> GENERATIONS = DSL.table("identity_generation");
    private static final Field<Long> GENERATION = DSL.field("generation", Long.class);
    private static final Field<String> ID = DSL.field("id", String.class);

    private final Database database;
    private final long intervalNanos;
    private final AtomicLong count = new AtomicLong();
    private final ReentrantLock looking = new ReentrantLock();
    private volatile long lookedNanos;
    private volatile long seenGeneration;

    ChangeClock(Database database, Duration interval) {
        this.database = database;
        this.intervalNanos = interval.toNanos();
        this.lookedNanos = System.nanoTime() - MAXIMUM_BLINDNESS.toNanos() - intervalNanos;
    }

    /** The count now. Costs 30 ns, and once an interval a look at the database. */
    long now() {
        long age = System.nanoTime() - lookedNanos;
        if (age >= intervalNanos) {
            if (age > MAXIMUM_BLINDNESS.toNanos() + intervalNanos) {
                looking.lock();
            } else if (!looking.tryLock()) {
                return count.get();
            }
            try {
                if (System.nanoTime() - lookedNanos >= intervalNanos) {
                    look();
                }
            } finally {
                looking.unlock();
            }
        }
        return count.get();
    }

    /**
     * Counts a change: in the transaction for the others, after its commit for this controller. It comes first in each transaction
     * that changes something: all of them pass through its one row, so that what a change reads afterwards nobody else changes
     * before it is saved.
     */
    void changed(Transaction transaction) {
        transaction
                .sql()
                .update(GENERATIONS)
                .set(GENERATION, GENERATION.plus(1L))
                .where(ID.eq("all"))
                .execute();
        transaction.afterCommit(count::incrementAndGet);
    }

    private void look() {
        long started = System.nanoTime();
        long generation = database.read(ChangeClock::generation);
        if (generation != seenGeneration) {
            count.incrementAndGet();
            seenGeneration = generation;
        }
        lookedNanos = started;
    }

    private static long generation(DSLContext sql) {
        Long generation =
                sql.select(GENERATION).from(GENERATIONS).where(ID.eq("all")).fetchOne(GENERATION);
        return generation == null ? 0 : generation;
    }
}
