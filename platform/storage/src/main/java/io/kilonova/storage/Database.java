package io.kilonova.storage;

import io.kilonova.telemetry.TraceParent;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;

/**
 * One transactional store, SQLite or PostgreSQL. Safe for any number of threads, virtual ones foremost.
 *
 * <p>Throws {@link io.kilonova.errors.ServiceException} with a {@link StorageError} for what comes from the database's
 * health, and whatever a body throws, after it was rolled back.
 */
public final class Database implements AutoCloseable {
    private static final ScopedValue<Companion> COMPANION = ScopedValue.newInstance();

    private static final ScopedValue<Boolean> URGENT = ScopedValue.newInstance();

    private final SQLDialect dialect;
    private final boolean shared;
    private final Counters counters;
    private final Engine engine;
    private final ThreadLocal<@Nullable DSLContext> current;

    private Database(
            SQLDialect dialect,
            boolean shared,
            Counters counters,
            Engine engine,
            ThreadLocal<@Nullable DSLContext> current) {
        this.dialect = dialect;
        this.shared = shared;
        this.counters = counters;
        this.engine = engine;
        this.current = current;
    }

    /**
     * Opens the database and brings its tables up to date. An SQLite file that is not there is made, readable by its owner
     * alone. That no second process writes the same file is for the launcher to see to.
     *
     * @param migrations class path folders, one a room, for example {@code db/identity}; see the package for their files
     */
    public static Database open(DatabaseOptions options, List<String> migrations) {
        return open(options, Migrations.from(migrations, options));
    }

    /**
     * Opens a database whose tables are up to date, and is told {@link StorageError#DATABASE_BEHIND} of any other: for who only
     * looks.
     */
    public static Database openAsItIs(DatabaseOptions options, List<String> migrations) {
        return open(options, Migrations.from(migrations, options).asTheyAre());
    }

    private static Database open(DatabaseOptions options, Migrations tables) {
        Counters counters = new Counters();
        ThreadLocal<@Nullable DSLContext> current = new ThreadLocal<>();
        if (options.file().isPresent()) {
            Engine engine = SqliteEngine.open(options.file().get(), options, counters, tables, current);
            return new Database(SQLDialect.SQLITE, false, counters, engine, current);
        }
        Engine engine = PostgresqlEngine.open(options, counters, tables, current);
        return new Database(SQLDialect.POSTGRES, true, counters, engine, current);
    }

    /**
     * A database for simulations: SQLite over {@code connection}, which has its tables and stays its giver's, on the calling
     * thread. Whoever uses it passes through {@code passage}; no two threads may do so at once. {@code shared} says whether
     * several simulated processes do.
     */
    public static Database simulated(Connection connection, boolean shared, Passage passage) {
        ThreadLocal<@Nullable DSLContext> current = new ThreadLocal<>();
        Engine engine = new SimulatedEngine(connection, shared, passage, current);
        return new Database(SQLDialect.SQLITE, shared, new Counters(), engine, current);
    }

    /** The rows of one SELECT, which is a snapshot by itself: half of what {@link #read} costs. Reads through an open transaction too. */
    public Result<Record> fetch(FixedStatement.Asked asked) {
        return fetchAll(asked).getFirst();
    }

    /** The first of them, if there is one. */
    public Optional<Record> fetchOptional(FixedStatement.Asked asked) {
        return fetch(asked).stream().findFirst();
    }

    /** The rows of several SELECTs on one snapshot, at PostgreSQL in one journey. Reads through an open transaction too. */
    public List<Result<Record>> fetchAll(FixedStatement.Asked... asked) {
        Function<DSLContext, List<Result<Record>>> all = sql -> FixedStatement.fetchAll(sql, asked);
        boolean once = asked.length == 1 || dialect == SQLDialect.POSTGRES;
        return read(once ? engine::readOnce : engine::read, all);
    }

    /**
     * Runs {@code work} on one snapshot and returns its result. It may run statements of any
     * number and sees no commit that comes meanwhile. Inside the body of a write, or of another read, it reads through
     * that, so that a transaction sees its own changes. Like a write it may run more than once, and on another thread: no side
     * effect.
     */
    public <T> T read(Function<DSLContext, T> work) {
        return read(engine::read, work);
    }

    private <T> T read(Function<Function<DSLContext, T>, T> way, Function<DSLContext, T> work) {
        DSLContext outer = current.get();
        if (outer != null) {
            return work.apply(outer);
        }
        T result = way.apply(sql -> {
            current.set(sql);
            try {
                return work.apply(sql);
            } finally {
                current.remove();
            }
        });
        counters.reads.increment();
        return result;
    }

    /**
     * Runs {@code work} in a transaction and returns its result once that is on disk. {@code work} may run more than once
     * and on another thread: no side effect but SQL, no waiting. What it throws rolls it back and comes out of here. An
     * interrupt does not end the wait for the disk.
     */
    public <T> T write(Function<Transaction, T> work) {
        if (current.get() != null) {
            throw StorageError.NESTED_TRANSACTION.with();
        }
        long since = System.nanoTime();
        Companion companion = COMPANION.orElse(Companion.NONE);
        Engine.Committed<T> committed = engine.write(traced(companion.before(work)));
        companion.carried();
        counters.writeNanos.add(System.nanoTime() - since);
        committed.transaction().runAfterCommit();
        return committed.result();
    }

    /** The body runs on another thread, and what it writes there belongs to the trace of this one. */
    private static <T> Function<Transaction, T> traced(Function<Transaction, T> work) {
        return TraceParent.current()
                .<Function<Transaction, T>>map(trace -> transaction -> trace.during(() -> work.apply(transaction)))
                .orElse(work);
    }

    /**
     * Runs {@code body}. The first transaction that commits on its thread meanwhile carries {@code companion} too: both are
     * written, or neither. What {@code companion} throws rolls that transaction back.
     */
    public <T, X extends Throwable> T accompanied(Consumer<Transaction> companion, ScopedValue.CallableOp<T, X> body)
            throws X {
        return ScopedValue.where(COMPANION, new Companion(companion, true)).call(body);
    }

    /** Runs {@code body}. Each transaction on its thread meanwhile begins with {@code guard}; what that throws rolls it back. */
    public <T, X extends Throwable> T guarded(Consumer<Transaction> guard, ScopedValue.CallableOp<T, X> body) throws X {
        return ScopedValue.where(COMPANION, new Companion(guard, false)).call(body);
    }

    /** {@link #write} without what accompanies or guards its thread: for what stays done whatever becomes of the rest. */
    public <T> T writeAlone(Function<Transaction, T> work) {
        return ScopedValue.where(COMPANION, Companion.NONE).call(() -> write(work));
    }

    /**
     * Runs {@code body}, whose reads and writes have connections of their own at PostgreSQL: for what keeps a controller alive,
     * which no crowd of requests may hold up. It waits for a row for a second at most, and should come again then.
     */
    public void urgently(Runnable body) {
        ScopedValue.where(URGENT, Boolean.TRUE).run(body);
    }

    /** Whether the thread is within {@link #urgently}. */
    static boolean isUrgent() {
        return URGENT.isBound();
    }

    /** {@link #write} without a result. */
    public void change(Consumer<Transaction> work) {
        this.<Boolean>write(transaction -> {
            work.accept(transaction);
            return Boolean.TRUE;
        });
    }

    /** {@link SQLDialect#SQLITE} or {@link SQLDialect#POSTGRES}, for the rare statement that only one of them has. */
    public SQLDialect dialect() {
        return dialect;
    }

    /** Whether other processes change it too, which have to learn of what this one does: as with PostgreSQL, always. */
    public boolean isShared() {
        return shared;
    }

    /** What it has done since it was opened. */
    public DatabaseStatistics statistics() {
        return counters.snapshot(engine.waiting());
    }

    /** Carries out what waits and closes. What comes later is told {@link StorageError#DATABASE_CLOSED}. */
    @Override
    public void close() {
        engine.close();
    }
}
