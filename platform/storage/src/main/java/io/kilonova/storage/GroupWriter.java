package io.kilonova.storage;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes to SQLite. It carries out all transactions that wait as one SQLite transaction with a
 * savepoint each and answers their callers after the one flush: a flush costs 0.2 to 3 ms, a small transaction 0.05 ms.
 * Who comes while a flush is under way shares the next one, so nobody is made to wait for company.
 */
final class GroupWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupWriter.class);

    private final DatabaseOptions options;
    private final Counters counters;
    private final ThreadLocal<DSLContext> current;
    private final SqliteConnection connection;
    private final DSLContext sql;
    private final ArrayBlockingQueue<WaitingWrite<?>> queue;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean finished;

    GroupWriter(
            SqliteConnection connection, DatabaseOptions options, Counters counters, ThreadLocal<DSLContext> current) {
        this.connection = connection;
        this.options = options;
        this.counters = counters;
        this.current = current;
        this.sql = Statements.on(connection, SQLDialect.SQLITE);
        this.queue = new ArrayBlockingQueue<>(options.waitingWrites());
        this.thread = Thread.ofPlatform().name("kilonova-database-writer").start(this::work);
    }

    /** Has {@code work} carried out and waits until it is on disk. */
    <T> Engine.Committed<T> write(Function<Transaction, T> work) {
        WaitingWrite<T> write = new WaitingWrite<>(work);
        if (closing || !enqueue(write)) {
            counters.refused.increment();
            throw closing ? StorageError.DATABASE_CLOSED.with() : busy();
        }
        if (finished && write.withdraw()) {
            throw StorageError.DATABASE_CLOSED.with();
        }
        WaitingWrite.@Nullable Outcome<T> outcome = write.await(options.waitLimit());
        return switch (outcome) {
            case null -> {
                counters.refused.increment();
                throw busy();
            }
            case WaitingWrite.Outcome.Durable<T> durable -> durable.committed();
            case WaitingWrite.Outcome.Failed<T> failed -> throw failed.reason();
            case WaitingWrite.Outcome.Broken<T> broken -> throw broken.reason();
        };
    }

    int waiting() {
        return queue.size();
    }

    /** Carries out what waits, then ends the thread. */
    @Override
    public void close() {
        closing = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(Duration.ofSeconds(1));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean enqueue(WaitingWrite<?> write) {
        if (queue.offer(write)) {
            return true;
        }
        try {
            return queue.offer(write, options.waitLimit().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private RuntimeException busy() {
        return StorageError.DATABASE_BUSY
                .with("%d changes wait.".formatted(queue.size()))
                .retryAfter(Duration.ofSeconds(1));
    }

    private void work() {
        try (connection) {
            while (!closing || !queue.isEmpty()) {
                WaitingWrite<?> first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    groupOrFail(first);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            LOG.warn("the database did not close cleanly; nothing that was answered is lost", e);
        } finally {
            closing = true;
            finished = true;
            for (WaitingWrite<?> late = queue.poll(); late != null; late = queue.poll()) {
                if (late.begin()) {
                    late.fail(StorageError.DATABASE_CLOSED.with());
                }
            }
        }
    }

    /** What one caller is to be told once the group is on disk. */
    private record Member<T>(WaitingWrite<T> write, WaitingWrite.Outcome<T> outcome) {
        void answer() {
            write.end(outcome);
        }

        boolean kept() {
            return outcome instanceof WaitingWrite.Outcome.Durable<T>;
        }
    }

    /** The edge of the thread: whatever goes wrong, the writer lives on and nobody waits for an answer forever. */
    private void groupOrFail(WaitingWrite<?> first) {
        List<Member<?>> members = new ArrayList<>();
        try {
            group(first, members);
        } catch (RuntimeException | Error e) {
            LOG.error("a group of {} changes failed for a reason that is not expected", members.size(), e);
            rollBack();
            RuntimeException told = StorageError.DATABASE_IO_FAILED.because(e, options.shownName());
            first.fail(told);
            members.forEach(member -> member.write().fail(told));
        }
    }

    private void group(WaitingWrite<?> first, List<Member<?>> members) {
        try {
            connection.run("BEGIN IMMEDIATE");
        } catch (SQLException e) {
            if (first.begin()) {
                counters.rolledBack.increment();
                first.fail(StorageFailures.translate(e, options, false));
            }
            return;
        }
        long until = System.nanoTime() + options.groupDuration().toNanos();
        WaitingWrite<?> next = first;
        while (next != null) {
            if (next.begin()) {
                Member<?> member = member(next);
                if (member == null) {
                    // The whole group was rolled back by this one's failure; its neighbours are innocent.
                    runAlone(members);
                    return;
                }
                members.add(member);
            }
            boolean room = members.size() < options.groupTransactions() && System.nanoTime() < until;
            next = room ? queue.poll() : null;
        }
        commit(members);
    }

    /** Runs one body under its savepoint. Null when its failure made SQLite roll back everything; it is then answered. */
    private <T> @Nullable Member<T> member(WaitingWrite<T> write) {
        WaitingWrite.Outcome<T> outcome;
        try {
            connection.run("SAVEPOINT one");
            outcome = body(write);
            if (outcome instanceof WaitingWrite.Outcome.Durable<T>) {
                connection.run("RELEASE one");
                return new Member<>(write, outcome);
            }
        } catch (SQLException e) {
            outcome = new WaitingWrite.Outcome.Failed<>(StorageFailures.translate(e, options, false));
        }
        try {
            connection.run("ROLLBACK TO one");
            connection.run("RELEASE one");
            return new Member<>(write, outcome);
        } catch (SQLException e) {
            // SQLite ends the transaction by itself when the disk is full or fails: there is no savepoint any more.
            rollBack();
            counters.rolledBack.increment();
            write.end(outcome);
            return null;
        }
    }

    private <T> WaitingWrite.Outcome<T> body(WaitingWrite<T> write) {
        OpenTransaction transaction = OpenTransaction.ofOneWriter(sql, false);
        current.set(sql);
        try {
            WaitingWrite.Outcome<T> outcome = write.run(transaction);
            return outcome instanceof WaitingWrite.Outcome.Failed<T>(RuntimeException reason)
                    ? new WaitingWrite.Outcome.Failed<>(StorageFailures.translate(reason, options, false))
                    : outcome;
        } finally {
            current.remove();
        }
    }

    private void commit(List<Member<?>> members) {
        int kept = (int) members.stream().filter(Member::kept).count();
        try {
            connection.run("COMMIT");
        } catch (SQLException e) {
            rollBack();
            if (StorageFailures.isConstraint(e) && kept > 1) {
                runAlone(members);
            } else {
                failAll(members, e);
            }
            return;
        }
        if (kept > 0) {
            counters.group(kept);
        }
        counters.writes.add(kept);
        counters.rolledBack.add(members.size() - kept);
        members.forEach(Member::answer);
    }

    /** The flush failed: nobody is told that anything is durable. */
    private void failAll(List<Member<?>> members, SQLException reason) {
        RuntimeException told = StorageFailures.isConstraint(reason)
                ? StorageFailures.ofStatement(reason)
                : StorageFailures.translate(reason, options, false);
        counters.rolledBack.add(members.size());
        for (Member<?> member : members) {
            if (member.kept()) {
                member.write().fail(told);
            } else {
                member.answer();
            }
        }
    }

    /** Gives each of a group that was rolled back a transaction of its own, so that only the guilty one fails. */
    private void runAlone(List<Member<?>> members) {
        for (Member<?> member : members) {
            if (!member.kept()) {
                counters.rolledBack.increment();
                member.answer();
                continue;
            }
            counters.retried.increment();
            alone(member.write());
        }
    }

    private <T> void alone(WaitingWrite<T> write) {
        try {
            connection.run("BEGIN IMMEDIATE");
        } catch (SQLException e) {
            counters.rolledBack.increment();
            write.fail(StorageFailures.translate(e, options, false));
            return;
        }
        Member<T> again = member(write);
        if (again != null) {
            commit(List.of(again));
        }
    }

    private void rollBack() {
        try {
            connection.run("ROLLBACK");
        } catch (SQLException e) {
            // There is no transaction any more: SQLite has rolled it back by itself.
            LOG.debug("nothing to roll back", e);
        }
    }
}
