package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The platform thread that a connection's native calls run on, one after the other. A call through libvirt's socket costs
 * 200 µs and more, the change of thread about 20 µs.
 *
 * <p>libvirt before 10.4 crashes the process when several threads use one connection (CVE-2024-4418), and leaves calls waiting
 * for a silent daemon whose connection it knows to be lost. Such a thread comes back with the daemon, or with its end; its
 * caller does not wait for that.
 */
final class NativeThread {
    private static final long LOOK_EVERY_MILLIS = 500;

    private final ThreadPoolExecutor thread;
    private final BooleanSupplier lost;

    /**
     * A thread, which rests while it has nothing to do.
     *
     * @param lost whether the daemon was lost, and with it whatever a caller waits for
     */
    NativeThread(BooleanSupplier lost) {
        this.lost = lost;
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                work -> Thread.ofPlatform().daemon().name("libvirt-call").unstarted(work));
        this.thread.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs native work and waits for it, until the connection is lost. An interrupt does not end the wait, for a native call
     * cannot be taken back; it is kept for the caller.
     */
    <T> T call(Supplier<T> work) {
        boolean interrupted = false;
        try {
            Future<T> result = thread.submit(work::get);
            while (true) {
                try {
                    return result.get(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
                } catch (InterruptedException wakeUp) {
                    interrupted = true;
                } catch (TimeoutException waiting) {
                    if (lost.getAsBoolean() && !result.isDone()) {
                        throw new LibvirtException(LibvirtFault.lost());
                    }
                }
            }
        } catch (RejectedExecutionException closed) {
            throw new LibvirtException(LibvirtFault.lost());
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

    /** Runs work after all else, and ends the thread. Nobody waits for it. Repeating it changes nothing. */
    void last(Runnable work) {
        if (!thread.isShutdown()) {
            thread.execute(work);
            thread.shutdown();
        }
    }

    /** Runs native work that may never end, on a thread of its own. */
    static <T> CompletableFuture<T> apart(String name, Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                result.complete(work.get());
            } catch (RuntimeException failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }
}
