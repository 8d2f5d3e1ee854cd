package io.kilonova.operations;

import io.kilonova.storage.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is done again and again, by one controller of the cluster at a time. A row in the database says who holds a job
 * and when it is due next; should its holder die, another one goes on when it has seen the row stand still for
 * {@value #LEASE_SECONDS} seconds. A job that throws is logged and comes again at its next time.
 *
 * <p>Times are those of clocks that may be wrong and jump. So a controller believes the row only as far as when the job was done
 * last, before it looked for the first time; from then on it measures by itself how long the row stands still.
 */
public final class PeriodicJobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicJobs.class);
    private static final long LEASE_SECONDS = 60;
    private static final long LEASE_MILLIS = LEASE_SECONDS * 1_000;

    private final Database database;
    private final String holder;
    private final Time time;
    private final Executor executor;
    private final ConcurrentHashMap<String, Job> jobs = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private volatile @Nullable Thread ticker;

    /** Jobs over {@code database}, which has {@link Operations#MIGRATIONS}, on virtual threads. */
    public PeriodicJobs(Database database, String controllerName, InstantSource clock) {
        this(
                database,
                controllerName,
                new Time(clock, () -> System.nanoTime() / 1_000_000),
                Executors.newVirtualThreadPerTaskExecutor());
    }

    /** The same with clocks and a place of one's own to run jobs on, for tests. */
    PeriodicJobs(Database database, String controllerName, Time time, Executor executor) {
        this.database = database;
        this.holder = controllerName + " " + UUID.randomUUID();
        this.time = time;
        this.executor = executor;
    }

    /** What the row of a job says. */
    private record Row(String holder, long leaseUntil, long nextAt) {
        static final Row NEVER_SEEN = new Row("", -1, -1);

        boolean isHeld() {
            return leaseUntil > 0;
        }
    }

    /** A job, and what this controller remembers of it so that it need not ask the database every second. */
    private static final class Job {
        final String name;
        final Duration interval;
        final Runnable work;
        volatile long lookAt = Long.MIN_VALUE;
        volatile long renewAt = Long.MAX_VALUE;
        Row seen = Row.NEVER_SEEN;
        long seenAt;
        volatile @Nullable Thread thread;
        volatile boolean held;

        Job(String name, Duration interval, Runnable work) {
            this.name = name;
            this.interval = interval;
            this.work = work;
        }
    }

    /** Has {@code work} run at once and then every {@code interval}, at least a second, by one controller at a time. */
    public void add(String name, Duration interval, Runnable work) {
        if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("the job %s must not run more than once a second".formatted(name));
        }
        if (jobs.putIfAbsent(name, new Job(name, interval, work)) != null) {
            throw new IllegalArgumentException("two jobs are named " + name);
        }
        database.change(transaction -> transaction
                .sql()
                .execute(
                        "INSERT INTO periodic_jobs (name, holder, lease_until, next_at) VALUES (?, '', 0, 0)"
                                + " ON CONFLICT (name) DO NOTHING",
                        name));
    }

    /** Begins to look once a second for what is due. */
    public void start() {
        ticker = Thread.ofVirtual().name("kilonova-periodic-jobs").start(this::tickUntilClosed);
    }

    private void tickUntilClosed() {
        try {
            while (!closed) {
                tick();
                Thread.sleep(Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Begins what is due at the present time of the clock, and keeps the leases of what runs here. */
    public void tick() {
        for (Job job : jobs.values()) {
            try {
                if (job.held) {
                    renew(job);
                } else if (time.elapsed() >= job.lookAt) {
                    look(job);
                }
            } catch (RuntimeException | Error e) {
                LOG.warn("the job {} could not be looked at: {}", job.name, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Claims a job whose row has stood still for long enough. */
    private void look(Job job) {
        long now = time.elapsed();
        Row row = database.read(sql -> sql.fetchSingle(
                        "SELECT holder, lease_until, next_at FROM periodic_jobs WHERE name = ?", job.name)
                .map(found -> new Row(found.get(0, String.class), found.get(1, Long.class), found.get(2, Long.class))));
        if (!row.equals(job.seen)) {
            job.seenAt = job.seen.equals(Row.NEVER_SEEN) ? now - sinceLast(job, row) : now;
            job.seen = row;
        }
        long still = row.isHeld() ? Math.max(LEASE_MILLIS, job.interval.toMillis()) : job.interval.toMillis();
        job.lookAt = job.seenAt + still;
        if (now >= job.lookAt && claimed(job, row)) {
            job.seenAt = now;
            job.lookAt = now + job.interval.toMillis();
            job.renewAt = now + LEASE_MILLIS / 3;
            job.held = true;
            begin(job);
        }
    }

    private void begin(Job job) {
        try {
            executor.execute(() -> run(job));
        } catch (RuntimeException | Error e) {
            release(job);
            throw e;
        }
    }

    /** How long ago a job was begun, as clocks say: no longer than its interval, and not in the future. A lease is younger. */
    private long sinceLast(Job job, Row row) {
        long interval = job.interval.toMillis();
        return row.isHeld() ? 0 : Math.clamp(time.now() - (row.nextAt() - interval), 0, interval);
    }

    private boolean claimed(Job job, Row row) {
        long now = time.now();
        long next = now + job.interval.toMillis();
        int claimed = database.write(transaction -> transaction
                .sql()
                .execute(
                        "UPDATE periodic_jobs SET holder = ?, lease_until = ?, next_at = ?"
                                + " WHERE name = ? AND holder = ? AND lease_until = ? AND next_at = ?",
                        holder,
                        now + LEASE_MILLIS,
                        next,
                        job.name,
                        row.holder(),
                        row.leaseUntil(),
                        row.nextAt()));
        if (claimed == 1) {
            job.seen = new Row(holder, 0, next); // once it has been done
        }
        return claimed == 1;
    }

    /** The edge of the job's thread. */
    private void run(Job job) {
        job.thread = Thread.currentThread();
        try {
            if (!closed) {
                job.work.run();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the job {} failed; it runs again at its next time", job.name, e);
        } finally {
            job.thread = null;
            release(job);
        }
    }

    private void release(Job job) {
        try {
            database.change(transaction -> transaction
                    .sql()
                    .execute(
                            "UPDATE periodic_jobs SET lease_until = 0 WHERE name = ? AND holder = ?",
                            job.name,
                            holder));
        } catch (RuntimeException e) {
            LOG.warn("the lease of the job {} runs out by itself: {}", job.name, String.valueOf(e.getMessage()));
        } finally {
            job.held = false;
        }
    }

    private void renew(Job job) {
        long now = time.elapsed();
        if (now < job.renewAt) {
            return;
        }
        job.renewAt = now + LEASE_MILLIS / 3;
        int kept = database.write(transaction -> transaction
                .sql()
                .execute(
                        "UPDATE periodic_jobs SET lease_until = ? WHERE name = ? AND holder = ?",
                        time.now() + LEASE_MILLIS,
                        job.name,
                        holder));
        if (kept == 0) {
            LOG.warn(
                    "the job {} was given to another controller because this one was late; it is stopped here",
                    job.name);
            interrupt(job);
        }
    }

    private static void interrupt(Job job) {
        Thread thread = job.thread;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Begins nothing any more and interrupts what runs. */
    @Override
    public void close() {
        closed = true;
        Thread thread = ticker;
        if (thread != null) {
            thread.interrupt();
        }
        jobs.values().forEach(PeriodicJobs::interrupt);
        if (executor instanceof ExecutorService service) {
            service.close();
        }
    }
}
