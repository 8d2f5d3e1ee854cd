package io.kilonova.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Time, chance and the one thread that runs. Whoever runs hands over at each of its effects; who is next is drawn from the
 * seed, and time moves on only when nobody can run. Its methods are called by {@link SimulatedThread}s, one at a time.
 */
final class World implements AutoCloseable {
    /** When every simulation begins, so that a seed means the same tomorrow: 2026-01-01T00:00:00Z. */
    static final long BEGINNING_MILLIS = 1_767_225_600_000L;

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration REAL_LIMIT = Duration.ofMinutes(5);

    /** So many events at one instant that somebody goes round in circles: some hundred are usual. */
    private static final int MOST_EVENTS_AT_ONCE = 20_000;

    private final SplittableRandom random;
    private final SplittableRandom entropy;
    private final Trace trace;
    private final List<SimulatedThread> all = new ArrayList<>();
    private final List<SimulatedThread> ready = new ArrayList<>();
    private final Deque<SimulatedThread> idle = new ArrayDeque<>();
    private final PriorityQueue<Sleeper> sleepers =
            new PriorityQueue<>(Comparator.comparingLong(Sleeper::at).thenComparingLong(Sleeper::number));
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private long nowMillis = BEGINNING_MILLIS;
    private long sleeps;
    private int eventsAtOnce;
    private volatile boolean closing;

    private record Sleeper(long at, long number, SimulatedThread thread) {}

    World(long seed, Trace trace) {
        this.random = new SplittableRandom(seed);
        this.entropy = random.split();
        this.trace = trace;
    }

    /** Runs {@code script} as the world's first thread, and ends the world with it. Called from outside. */
    void play(Runnable script) {
        Life life = new Life();
        SimulatedThread director = thread(new SimulatedThread.Task("director", life, () -> {
            try {
                script.run();
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            } finally {
                close();
            }
        }));
        director.proceed();
        await(director);
        Throwable thrown = failure.get();
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private void await(SimulatedThread director) {
        try {
            if (!director.join(REAL_LIMIT)) {
                throw new IllegalStateException("a simulated thread waits for something that is not simulated:\n"
                        + String.join("\n", all.stream().map(World::shown).toList()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a world was played", e);
        }
    }

    private static String shown(SimulatedThread thread) {
        StringBuilder text = new StringBuilder(thread.task().name());
        for (StackTraceElement element : thread.getStackTrace()) {
            text.append("\n    ").append(element);
        }
        return text.toString();
    }

    /** Chance. */
    SplittableRandom random() {
        return random;
    }

    /** What the machine's random device gives: apart from {@link #random}, so that ids do not move events. */
    SplittableRandom entropy() {
        return entropy;
    }

    long nowMillis() {
        return nowMillis;
    }

    /** One of a list. */
    <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** A duration between two, in milliseconds. */
    Duration between(long leastMillis, long mostMillis) {
        return Duration.ofMillis(random.nextLong(leastMillis, mostMillis + 1));
    }

    /** Writes an event down. */
    void tell(String event) {
        trace.add(nowMillis, SimulatedThread.current().task().name(), event);
    }

    /** Has {@code work} done by a thread of the process {@code life}, some time after now. */
    void start(String name, Life life, Runnable work) {
        if (!closing && !life.isOver()) {
            Thread unused = fork(name, life, work);
        }
    }

    /** The same, and gives the thread. */
    Thread fork(String name, Life life, Runnable work) {
        SimulatedThread thread = thread(new SimulatedThread.Task(name, life, work));
        ready.add(thread);
        return thread;
    }

    /** Waits until {@code end} is done. */
    void await(CompletableFuture<?> end) throws InterruptedException {
        while (!await(end, PATIENCE)) {
            alive();
        }
    }

    /** Waits until {@code end} is done, or {@code limit} is over; whether it is done. */
    boolean await(CompletableFuture<?> end, Duration limit) throws InterruptedException {
        SimulatedThread me = alive();
        AtomicBoolean waits = new AtomicBoolean(true);
        CompletableFuture<?> unused = end.whenComplete((result, failure) -> {
            if (waits.get()) {
                me.nudge();
            }
        });
        long until = nowMillis + Math.max(1, limit.toMillis());
        try {
            while (!end.isDone() && nowMillis < until) {
                sleep(Duration.ofMillis(until - nowMillis));
            }
            return end.isDone();
        } finally {
            waits.set(false);
        }
    }

    private SimulatedThread thread(SimulatedThread.Task task) {
        SimulatedThread thread = idle.poll();
        if (thread == null) {
            thread = new SimulatedThread(this, task, all.size());
            all.add(thread);
            thread.start();
        } else {
            thread.give(task);
        }
        return thread;
    }

    /** Lets others run. Throws {@link Killed} when the process of this thread is over. */
    void pass(String event) {
        SimulatedThread me = alive();
        tell(event);
        if (++eventsAtOnce > MOST_EVENTS_AT_ONCE) {
            failure.compareAndSet(
                    null,
                    new IllegalStateException(
                            "%s goes round in circles: %s".formatted(me.task().name(), event)));
            rest(Duration.ofSeconds(1));
        }
        ready.add(me);
        handOver(me);
        alive();
    }

    /** Lets time pass, whatever comes. */
    void rest(Duration duration) {
        SimulatedThread me = alive();
        queue(me, duration);
        handOver(me);
        alive();
    }

    /** Lets time pass unless this thread is interrupted. */
    void sleep(Duration duration) throws InterruptedException {
        SimulatedThread me = alive();
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before it slept");
        }
        queue(me, duration);
        me.asleep(true);
        handOver(me);
        me.asleep(false);
        alive();
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while it slept");
        }
    }

    void wake(SimulatedThread thread) {
        sleepers.removeIf(sleeper -> sleeper.thread() == thread);
        ready.add(thread);
    }

    /** Ends the pause of a process before its time. */
    void resume(Life life) {
        List<Sleeper> paused = sleepers.stream()
                .filter(sleeper -> sleeper.thread().task().life() == life && sleeper.at() == life.pausedUntilMillis())
                .sorted(Comparator.comparingLong(Sleeper::number))
                .toList();
        sleepers.removeAll(paused);
        paused.forEach(sleeper -> ready.add(sleeper.thread()));
        life.resume();
    }

    private void queue(SimulatedThread me, Duration duration) {
        sleepers.add(new Sleeper(nowMillis + Math.max(0, duration.toMillis()), sleeps++, me));
    }

    private SimulatedThread alive() {
        SimulatedThread me = SimulatedThread.current();
        if (closing || me.task().life().isOver()) {
            throw new Killed();
        }
        return me;
    }

    private void handOver(SimulatedThread me) {
        SimulatedThread next = next();
        if (next != me) {
            next.proceed();
            me.awaitTurn();
        }
        me.takeInterrupt();
    }

    private SimulatedThread next() {
        while (true) {
            while (ready.isEmpty()) {
                Sleeper first = sleepers.poll();
                if (first == null) {
                    throw new IllegalStateException("every thread waits, and none for a time");
                }
                nowMillis = Math.max(nowMillis, first.at());
                eventsAtOnce = 0;
                ready.add(first.thread());
            }
            SimulatedThread chosen = ready.remove(ready.size() == 1 ? 0 : random.nextInt(ready.size()));
            long pausedUntil = chosen.task().life().pausedUntilMillis();
            if (pausedUntil <= nowMillis) {
                return chosen;
            }
            sleepers.add(new Sleeper(pausedUntil, sleeps++, chosen));
        }
    }

    /** The life of a thread: one task after the other. */
    void live(SimulatedThread me) {
        while (true) {
            me.awaitTurn();
            if (closing) {
                return;
            }
            try {
                alive();
                me.task().work().run();
            } catch (Killed ended) {
                tellIfOpen("ends");
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
            if (closing) {
                return;
            }
            boolean unused = Thread.interrupted();
            idle.add(me);
            next().proceed();
        }
    }

    private void tellIfOpen(String event) {
        if (!closing) {
            tell(event);
        }
    }

    /** What a thread threw that nobody caught: a fault of the program or of the simulation. */
    AtomicReference<Throwable> failure() {
        return failure;
    }

    /** Ends every thread but the present one: each gets its turn to fall, one after the other. */
    @Override
    public void close() {
        closing = true;
        for (SimulatedThread thread : all) {
            if (thread != Thread.currentThread()) {
                thread.proceed();
                join(thread);
            }
        }
    }

    private static void join(SimulatedThread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
