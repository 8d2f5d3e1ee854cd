package io.kilonova.reliability;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets misfortunes strike, one after the other in an order that a seed chooses, on a thread of its own, and makes each good
 * again after a while. Two of them at once are two things broken at once.
 */
final class Havoc implements AutoCloseable {
    private final List<Misfortune> misfortunes;
    private final SplittableRandom random;
    private final Duration longestPause;
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<Optional<Throwable>> failure = new AtomicReference<>(Optional.empty());
    private final Thread thread;

    /** What can break. */
    interface Misfortune {
        /** What it is, for the count. */
        String name();

        /** How long it lasts at most. */
        Duration longest();

        /** Breaks it. */
        void strike() throws Exception;

        /** Makes it whole again. */
        void heal() throws Exception;
    }

    /** Begins at once. */
    Havoc(List<Misfortune> misfortunes, SplittableRandom random, Duration longestPause) {
        this.misfortunes = misfortunes;
        this.random = random;
        this.longestPause = longestPause;
        misfortunes.forEach(misfortune -> counts.put(misfortune.name(), 0));
        this.thread = Thread.ofPlatform().name("havoc").start(this::run);
    }

    /** A misfortune of three lines. */
    static Misfortune misfortune(String name, Duration longest, Act strike, Act heal) {
        record Given(String name, Duration longest, Act breaking, Act mending) implements Misfortune {
            @Override
            public void strike() throws Exception {
                breaking.run();
            }

            @Override
            public void heal() throws Exception {
                mending.run();
            }
        }
        return new Given(name, longest, strike, heal);
    }

    /** Something that is done to the world. */
    interface Act {
        void run() throws Exception;
    }

    private void run() {
        try {
            while (!pause(longestPause)) {
                Misfortune next = misfortunes.get(random.nextInt(misfortunes.size()));
                next.strike();
                counts.merge(next.name(), 1, Integer::sum);
                boolean unused = pause(next.longest());
                next.heal();
            }
        } catch (Exception | AssertionError broken) { // the edge of the thread: the test tells of it
            failure.set(Optional.of(broken));
        }
    }

    /** Waits a while; true when it is to end. */
    private boolean pause(Duration longest) throws InterruptedException {
        return ended.await(random.nextLong(longest.toMillis() + 1), TimeUnit.MILLISECONDS);
    }

    /** How often what struck. */
    Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    /** How often something struck. */
    int total() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Makes the last misfortune good and strikes no more. */
    @Override
    public void close() {
        ended.countDown();
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        failure.get().ifPresent(broken -> {
            throw new IllegalStateException("a misfortune could not be brought about", broken);
        });
    }
}
