package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The bounded pool of platform threads that native calls run on. A call through libvirt's socket costs 200 µs and more,
 * the change of thread about 20 µs.
 */
final class NativeThreads implements AutoCloseable {
    private static final int WAITING_CALLS_MAXIMUM = 4096;
    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

    private final ThreadPoolExecutor pool;

    NativeThreads(int threads) {
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING_CALLS_MAXIMUM),
                work -> Thread.ofPlatform().daemon().name("libvirt-call").unstarted(() -> {
                    INSIDE.set(true);
                    work.run();
                }));
        this.pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs native work and waits for it. An interrupt does not end the wait, for a native call cannot be taken back; it
     * is kept for the caller. Keepalive ends calls to a daemon that does not answer.
     */
    <T> T call(Supplier<T> work) {
        if (INSIDE.get()) {
            return work.get();
        }
        Future<T> result = pool.submit(work::get);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException wakeUp) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof LibvirtException refusal) {
                throw refusal;
            }
            if (cause instanceof ServiceException expected) {
                throw expected;
            }
            throw new IllegalStateException("a native call failed", cause);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Runs native work on a thread of its own, beside the bound: for what a daemon may never answer, and what is begun
     * once at a time.
     */
    static <T> CompletableFuture<T> apart(String name, Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name(name).start(() -> {
            INSIDE.set(true);
            try {
                result.complete(work.get());
            } catch (RuntimeException failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
