package io.kilonova.operations;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;

/**
 * How one controller carries out operations.
 *
 * @param controllerName what views call this controller
 * @param soleOwner true when no other process uses the database: what a dead predecessor left is taken over at once
 * @param concurrency how many operations have a thread at once
 * @param kindConcurrency a lower bound for some kinds, by name
 * @param lease how long after its last sign of life a controller counts as dead
 * @param compensationLimit how long one compensation is tried before it is given up and recorded
 * @param conflictLimit how often a step runs again after a {@link StepConflict}
 * @param keepEnded how long an ended operation is remembered
 * @param keepEndedCount how many ended operations are remembered at most
 * @param ticksItself false when a simulation calls {@link Operations#tick} instead
 * @param executor runs an operation's steps; each task may block
 * @param random where ids and pauses come from
 */
public record OperationsOptions(
        String controllerName,
        boolean soleOwner,
        int concurrency,
        Map<String, Integer> kindConcurrency,
        Duration lease,
        Duration compensationLimit,
        int conflictLimit,
        Duration keepEnded,
        int keepEndedCount,
        boolean ticksItself,
        Executor executor,
        RandomGenerator random) {

    /** Refuses bounds with which nothing could run. */
    public OperationsOptions {
        if (concurrency < 1 || conflictLimit < 0 || keepEndedCount < 0 || !lease.isPositive()) {
            throw new IllegalArgumentException("concurrency and lease must be above zero, counts not below");
        }
        if (kindConcurrency.values().stream().anyMatch(bound -> bound < 1)) {
            throw new IllegalArgumentException("a kind that may have no thread would never end");
        }
        kindConcurrency = Map.copyOf(kindConcurrency);
    }

    /** For a program that has the database alone. */
    public static OperationsOptions embedded() {
        return new OperationsOptions(
                "local",
                true,
                256,
                Map.of(),
                Duration.ofSeconds(15),
                Duration.ofMinutes(10),
                10,
                Duration.ofDays(30),
                100_000,
                true,
                Executors.newVirtualThreadPerTaskExecutor(),
                new SecureRandom());
    }

    /** For one of many controllers on one database. */
    public static OperationsOptions cluster(String controllerName) {
        OperationsOptions alone = embedded();
        return new OperationsOptions(
                controllerName,
                false,
                alone.concurrency,
                alone.kindConcurrency,
                alone.lease,
                alone.compensationLimit,
                alone.conflictLimit,
                alone.keepEnded,
                alone.keepEndedCount,
                true,
                alone.executor,
                alone.random);
    }

    /** The same with another number of operations that have a thread at once. */
    public OperationsOptions withConcurrency(int threads) {
        return new OperationsOptions(
                controllerName,
                soleOwner,
                threads,
                kindConcurrency,
                lease,
                compensationLimit,
                conflictLimit,
                keepEnded,
                keepEndedCount,
                ticksItself,
                executor,
                random);
    }

    /** The same with a bound for one kind, for example four live migrations. */
    public OperationsOptions withKindConcurrency(String operation, int threads) {
        Map<String, Integer> bounds = new HashMap<>(kindConcurrency);
        bounds.put(operation, threads);
        return new OperationsOptions(
                controllerName,
                soleOwner,
                concurrency,
                Map.copyOf(bounds),
                lease,
                compensationLimit,
                conflictLimit,
                keepEnded,
                keepEndedCount,
                ticksItself,
                executor,
                random);
    }

    /** The same with another lease. */
    public OperationsOptions withLease(Duration duration) {
        return new OperationsOptions(
                controllerName,
                soleOwner,
                concurrency,
                kindConcurrency,
                duration,
                compensationLimit,
                conflictLimit,
                keepEnded,
                keepEndedCount,
                ticksItself,
                executor,
                random);
    }

    /** The same with another bound of each compensation. */
    public OperationsOptions withCompensationLimit(Duration limit) {
        return new OperationsOptions(
                controllerName,
                soleOwner,
                concurrency,
                kindConcurrency,
                lease,
                limit,
                conflictLimit,
                keepEnded,
                keepEndedCount,
                ticksItself,
                executor,
                random);
    }

    /** The same with another memory of what has ended. */
    public OperationsOptions withRetention(Duration age, int count) {
        return new OperationsOptions(
                controllerName,
                soleOwner,
                concurrency,
                kindConcurrency,
                lease,
                compensationLimit,
                conflictLimit,
                age,
                count,
                ticksItself,
                executor,
                random);
    }

    /** The same without threads of its own: whoever drives it calls {@link Operations#tick} and runs the steps. */
    public OperationsOptions drivenBy(Executor runner, RandomGenerator source) {
        return new OperationsOptions(
                controllerName,
                soleOwner,
                concurrency,
                kindConcurrency,
                lease,
                compensationLimit,
                conflictLimit,
                keepEnded,
                keepEndedCount,
                false,
                runner,
                source);
    }
}
