package io.kilonova.servers;

import io.kilonova.operations.OperationPhase;
import io.kilonova.operations.OperationView;
import io.kilonova.operations.Operations;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lets a request wait for the end of the operation that it had accepted, where the API answers with its result. */
final class Completions {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Map<String, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();

    /** Says that an operation has ended; called after the commit. */
    void ended(String operationId) {
        Optional.ofNullable(waiting.get(operationId)).ifPresent(future -> future.complete(true));
    }

    /** Waits for an operation's end, at most {@code limit}; empty when it has not ended by then. */
    Optional<OperationView> await(Operations operations, String operationId, Duration limit) {
        CompletableFuture<Boolean> future = waiting.computeIfAbsent(operationId, id -> new CompletableFuture<>());
        try {
            long end = System.nanoTime() + limit.toNanos();
            while (System.nanoTime() < end) {
                Optional<OperationView> view = operations.find(operationId);
                if (view.isPresent() && hasEnded(view.get().phase())) {
                    return view;
                }
                waitFor(future);
            }
            return Optional.empty();
        } finally {
            waiting.remove(operationId);
        }
    }

    private static void waitFor(CompletableFuture<Boolean> future) {
        try {
            future.get(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException exception) {
            // Another controller may have ended it: look again.
            return;
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for an operation", exception);
        } catch (ExecutionException exception) {
            throw new IllegalStateException("never completed with a failure", exception);
        }
    }

    private static boolean hasEnded(OperationPhase phase) {
        return switch (phase) {
            case SUCCEEDED, FAILED, CANCELLED -> true;
            case QUEUED, RUNNING, COMPENSATING -> false;
        };
    }
}
