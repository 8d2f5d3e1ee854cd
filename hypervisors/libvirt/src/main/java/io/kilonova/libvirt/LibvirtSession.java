package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.Hypervisor.Subscription;
import io.kilonova.spi.HypervisorError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one libvirt daemon, across its restarts: connects with the first call, and again with the first call after
 * the daemon was lost. Errors leave it in the hypervisor's vocabulary.
 *
 * <p>A daemon that is frozen takes connections and answers nothing. One attempt to connect is under way at a time, on a
 * thread of its own; calls wait for it until it is overdue, are refused at once from then on, and go through again as soon
 * as it succeeds or the daemon's end makes room for another.
 */
final class LibvirtSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtSession.class);

    private final String host;
    private final String uri;
    private final Duration keepAlive;
    private final NativeThreads threads;
    private final ReentrantLock connecting = new ReentrantLock();
    private final List<Consumer<LibvirtEvent>> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService events = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("libvirt-listeners").factory());
    private Optional<LibvirtConnection> current = Optional.empty();
    private Optional<Attempt> attempt = Optional.empty();
    private boolean closed;

    /** An attempt to connect, and when ({@link System#nanoTime}) nobody waits for it any more. */
    private record Attempt(CompletableFuture<LibvirtConnection> result, long overdueNanos) {}

    LibvirtSession(String host, String uri, Duration keepAlive, int nativeThreads) {
        this.host = host;
        this.uri = uri;
        this.keepAlive = keepAlive;
        this.threads = new NativeThreads(nativeThreads);
    }

    /**
     * Does work with the connection.
     *
     * @throws ServiceException {@link HypervisorError#HYPERVISOR_UNREACHABLE} when the daemon is not there, does not answer
     *     or was lost meanwhile; the next call connects again
     * @throws ServiceException {@link HypervisorError#HYPERVISOR_REFUSED} for any other fault
     */
    <T> T call(String what, Function<LibvirtConnection, T> work) {
        LibvirtConnection connection = connection();
        try {
            return work.apply(connection);
        } catch (LibvirtException refusal) {
            if (refusal.fault().unreachable() || !connection.alive()) {
                drop(connection);
                throw unreachable(refusal);
            }
            LOG.warn("{} on host {}: {}", what, host, refusal.getMessage());
            throw HypervisorError.HYPERVISOR_REFUSED.because(
                    refusal, host, what + ": " + refusal.fault().summary());
        }
    }

    /** Tells {@code listener} of each event, one after the other on a thread of its own, until closed. */
    Subscription listen(Consumer<LibvirtEvent> listener) {
        listeners.add(listener);
        try {
            LibvirtConnection _ = connection();
        } catch (ServiceException unreachable) {
            LOG.warn("Events come once the daemon answers: {}", unreachable.sentence());
        }
        return () -> listeners.remove(listener);
    }

    private LibvirtConnection connection() {
        Attempt waited;
        connecting.lock();
        try {
            if (closed) {
                throw HypervisorError.HYPERVISOR_UNREACHABLE.with(host, "this program is stopping");
            }
            if (current.isPresent()) {
                if (current.get().alive()) {
                    return current.get();
                }
                LOG.warn("The connection to {} was lost; connecting again", uri);
                forget(current.get());
            }
            if (attempt.isEmpty()) {
                long overdue = System.nanoTime()
                        + LibvirtConnection.silenceMaximum(keepAlive).toNanos();
                attempt = Optional.of(new Attempt(NativeThreads.apart("libvirt-connect", this::connect), overdue));
            }
            waited = attempt.get();
        } finally {
            connecting.unlock();
        }
        return await(waited);
    }

    /** Waits for the attempt that all share. */
    private LibvirtConnection await(Attempt waited) {
        try {
            return waited.result().get(waited.overdueNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException frozen) {
            throw HypervisorError.HYPERVISOR_UNREACHABLE.because(
                    frozen, host, "libvirtd takes connections and does not answer");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof LibvirtException refusal) {
                throw unreachable(refusal);
            }
            if (failed.getCause() instanceof ServiceException expected) {
                throw expected;
            }
            throw new IllegalStateException("connecting to libvirt failed", failed.getCause());
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw HypervisorError.HYPERVISOR_REFUSED.with(host, "the command was cancelled while it waited");
        }
    }

    private LibvirtConnection connect() {
        Optional<LibvirtConnection> ready = Optional.empty();
        try {
            LibvirtConnection connection = LibvirtConnection.open(LibvirtLibrary.load(), threads, uri, keepAlive);
            try {
                connection.listen(event -> events.execute(() -> tell(event)));
                connection.whenLost(() -> LOG.warn("The libvirt daemon at {} is gone", uri));
            } catch (LibvirtException refusal) {
                connection.close();
                throw refusal;
            }
            ready = Optional.of(connection);
            return connection;
        } finally {
            arrived(ready);
        }
    }

    private void arrived(Optional<LibvirtConnection> connection) {
        connecting.lock();
        try {
            attempt = Optional.empty();
            current = connection;
            if (closed) {
                current.ifPresent(this::forget);
            }
        } finally {
            connecting.unlock();
        }
    }

    private void tell(LibvirtEvent event) {
        for (Consumer<LibvirtEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException failure) {
                LOG.error("A listener of {} failed", event, failure);
            }
        }
    }

    private void drop(LibvirtConnection connection) {
        connecting.lock();
        try {
            if (current.isPresent() && current.get() == connection) {
                forget(connection);
            }
        } finally {
            connecting.unlock();
        }
    }

    /** Closing waits for the calls under way, and asks a daemon that may be frozen: nobody waits for it. */
    private void forget(LibvirtConnection connection) {
        current = Optional.empty();
        CompletableFuture<Boolean> _ = NativeThreads.apart("libvirt-close", () -> {
            connection.close();
            return true;
        });
    }

    private ServiceException unreachable(LibvirtException refusal) {
        LOG.warn("libvirt at {} cannot be reached: {}", uri, refusal.getMessage());
        return HypervisorError.HYPERVISOR_UNREACHABLE.because(
                refusal, host, "there is no connection to libvirtd; is it running?");
    }

    @Override
    public void close() {
        connecting.lock();
        try {
            closed = true;
            current.ifPresent(this::forget);
        } finally {
            connecting.unlock();
        }
        events.shutdown();
        threads.close();
    }
}
