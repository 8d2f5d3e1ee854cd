package io.kilonova.servers;

import io.kilonova.operations.OperationPhase;
import io.kilonova.operations.OperationView;
import io.kilonova.operations.Operations;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets a request wait for the end of the operation that it had accepted, where the API answers with its result. */
final class Completions {
    /** Another controller may have ended what this one began: so often the database is asked too. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Map<String, CountDownLatch> waiting = new ConcurrentHashMap<>();

    /** Says that an operation has ended; called after the commit. */
    void ended(String operationId) {
        Optional.ofNullable(waiting.get(operationId)).ifPresent(CountDownLatch::countDown);
    }

    /** Waits for an operation's end, at most {@code limit}; empty when it has not ended by then. */
    Optional<OperationView> await(Operations operations, String operationId, Duration limit) {
        CountDownLatch end = waiting.computeIfAbsent(operationId, id -> new CountDownLatch(1));
        long until = System.nanoTime() + limit.toNanos();
        try {
            Optional<OperationView> view = findEnded(operations, operationId);
            while (view.isEmpty() && System.nanoTime() < until) {
                boolean unused = end.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                view = findEnded(operations, operationId);
            }
            return view;
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for an operation", exception);
        } finally {
            waiting.remove(operationId);
        }
    }

    private static Optional<OperationView> findEnded(Operations operations, String operationId) {
        return operations.find(operationId).filter(view -> hasEnded(view.phase()));
    }

    private static boolean hasEnded(OperationPhase phase) {
        return switch (phase) {
            case SUCCEEDED, FAILED, CANCELLED -> true;
            case QUEUED, RUNNING, COMPENSATING -> false;
        };
    }
}
