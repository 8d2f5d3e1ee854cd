package io.kilonova.operations;

import io.kilonova.storage.Retention;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * How one controller carries out operations.
 *
 * @param membership who it is among the controllers of the database
 * @param bounds how much it does at once, and how long it tries
 * @param retention how long ended operations are remembered
 * @param drive where threads, time and chance come from
 */
public record OperationsOptions(Membership membership, Bounds bounds, Retention retention, Drive drive) {

    /**
     * Who a controller is.
     *
     * @param controllerName what views call it
     * @param soleOwner true when no other process uses the database: what a dead predecessor left is taken over at once
     * @param lease how long after its last sign of life others take it for dead
     */
    public record Membership(String controllerName, boolean soleOwner, Duration lease) {
        /** Refuses a lease of nothing. */
        public Membership {
            if (!lease.isPositive()) {
                throw new IllegalArgumentException("a lease is longer than nothing");
            }
        }
    }

    /**
     * How much is done at once, and how long it is tried.
     *
     * @param concurrency how many operations have a thread at once
     * @param compensationLimit how long one compensation is tried before it is given up and recorded
     * @param conflictLimit how often a step runs again after a {@link StepConflict}
     */
    public record Bounds(int concurrency, Duration compensationLimit, int conflictLimit) {
        /** Refuses bounds with which nothing could run. */
        public Bounds {
            if (concurrency < 1 || conflictLimit < 0) {
                throw new IllegalArgumentException("concurrency is above zero, a count of conflicts not below");
            }
        }
    }

    /**
     * Where threads, time and chance come from.
     *
     * @param ticksItself false when a simulation calls {@link Operations#tick} instead
     * @param executor runs an operation's steps; each task may block
     * @param random where ids and pauses come from
     * @param elapsedMillis a clock that never jumps, for leases, limits and pauses; the program's clock when it is empty
     * @param crowded whether people wait for the processors that steps need: few operations begin while they do
     */
    public record Drive(
            boolean ticksItself,
            Executor executor,
            RandomGenerator random,
            Optional<LongSupplier> elapsedMillis,
            BooleanSupplier crowded) {}

    /** For a program that has the database alone. */
    public static OperationsOptions embedded() {
        return new OperationsOptions(
                // With a sign of life every 2 s and a look every half second, a dead controller's work goes on within 7
                // s.
                new Membership("local", true, Duration.ofSeconds(6)),
                new Bounds(256, Duration.ofMinutes(10), 10),
                new Retention(Duration.ofDays(30), 100_000),
                new Drive(
                        true,
                        Executors.newVirtualThreadPerTaskExecutor(),
                        new SecureRandom(),
                        Optional.of(() -> System.nanoTime() / 1_000_000),
                        () -> false));
    }

    /** For one of many controllers on one database. */
    public static OperationsOptions cluster(String controllerName) {
        OperationsOptions alone = embedded();
        return alone.with(new Membership(controllerName, false, alone.membership.lease));
    }

    /** The same as another member. */
    public OperationsOptions with(Membership other) {
        return new OperationsOptions(other, bounds, retention, drive);
    }

    /** The same with another lease. */
    public OperationsOptions withLease(Duration lease) {
        return with(new Membership(membership.controllerName, membership.soleOwner, lease));
    }

    /** The same with other bounds. */
    public OperationsOptions with(Bounds other) {
        return new OperationsOptions(membership, other, retention, drive);
    }

    /** The same with another number of operations that have a thread at once. */
    public OperationsOptions withConcurrency(int threads) {
        return with(new Bounds(threads, bounds.compensationLimit, bounds.conflictLimit));
    }

    /** The same with another bound of each compensation. */
    public OperationsOptions withCompensationLimit(Duration limit) {
        return with(new Bounds(bounds.concurrency, limit, bounds.conflictLimit));
    }

    /** The same with another memory of what has ended. */
    public OperationsOptions withRetention(Duration age, int count) {
        return new OperationsOptions(membership, bounds, new Retention(age, count), drive);
    }

    /** The same without threads of its own: whoever drives it calls {@link Operations#tick} and runs the steps. */
    public OperationsOptions drivenBy(Executor runner, RandomGenerator source) {
        return drivenBy(runner, source, Optional.empty());
    }

    /** {@link #drivenBy(Executor, RandomGenerator)} with a clock that goes on evenly while the other one jumps. */
    public OperationsOptions drivenBy(Executor runner, RandomGenerator source, LongSupplier elapsedMillis) {
        return drivenBy(runner, source, Optional.of(elapsedMillis));
    }

    private OperationsOptions drivenBy(Executor runner, RandomGenerator source, Optional<LongSupplier> elapsedMillis) {
        return new OperationsOptions(
                membership, bounds, retention, new Drive(false, runner, source, elapsedMillis, drive.crowded));
    }

    /** The same behind something more urgent: while {@code crowded} says so, few operations begin. */
    public OperationsOptions givingWayWhile(BooleanSupplier crowded) {
        return new OperationsOptions(
                membership,
                bounds,
                retention,
                new Drive(drive.ticksItself, drive.executor, drive.random, drive.elapsedMillis, crowded));
    }
}
