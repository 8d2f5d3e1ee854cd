package io.kilonova.storage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Calls that an interrupt must not reach. An interrupt closes the socket on which a virtual thread reads, and with it the
 * connection and whatever was being committed; so the call is made on a thread that nobody else knows, and its caller
 * waits. Costs about 5 µs, a hundredth of a durable commit.
 */
final class Undisturbed {
    private Undisturbed() {}

    /** The result of {@code call}, or what it throws. An interrupt of the caller is kept for afterwards. */
    static <T> T call(Supplier<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofVirtual().name("kilonova-database-call").start(() -> {
            try {
                result.complete(call.get());
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e;
        }
    }
}
