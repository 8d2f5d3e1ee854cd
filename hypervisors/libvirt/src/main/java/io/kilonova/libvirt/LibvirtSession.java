package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.Hypervisor.Subscription;
import io.kilonova.spi.HypervisorError;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one libvirt daemon, across its restarts. Each command has a connection to itself, an idle one or a new one; those
 * to a daemon that was lost are thrown away. Errors leave it in the hypervisor's vocabulary.
 *
 * <p>A daemon that is frozen takes connections and answers nothing. One attempt to connect is under way at a time, on a
 * thread of its own; commands wait for it until it is overdue, are refused at once from then on, and go through again as soon
 * as it succeeds, or fails and makes room for another.
 */
final class LibvirtSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtSession.class);
    private static final Duration TURN_DEADLINE = Duration.ofMinutes(2);
    private static final int EVENTS_MAXIMUM = 10_000;

    private final String host;
    private final String uri;
    private final Duration keepAlive;
    private final Semaphore turns;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<LibvirtConnection> idle = new ArrayDeque<>();
    private final List<Consumer<LibvirtEvent>> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService events = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(EVENTS_MAXIMUM),
            Thread.ofPlatform().daemon().name("libvirt-listeners").factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    private Optional<LibvirtConnection> listening = Optional.empty();
    private Optional<Attempt> attempt = Optional.empty();
    private boolean closed;

    /** An attempt to connect, and when ({@link System#nanoTime}) nobody waits for it any more. */
    private record Attempt(CompletableFuture<LibvirtConnection> result, long overdueNanos) {}

    LibvirtSession(String host, String uri, Duration keepAlive, int commandsMaximum) {
        this.host = host;
        this.uri = uri;
        this.keepAlive = keepAlive;
        this.turns = new Semaphore(commandsMaximum, true);
    }

    /**
     * Does work with a connection that nothing else uses meanwhile.
     *
     * @throws ServiceException {@link HypervisorError#HYPERVISOR_UNREACHABLE} when the daemon is not there, does not answer
     *     or was lost meanwhile; the next call connects again
     * @throws ServiceException {@link HypervisorError#HYPERVISOR_REFUSED} for any other fault
     */
    <T> T call(String what, Function<LibvirtConnection, T> work) {
        try {
            if (!turns.tryAcquire(TURN_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw HypervisorError.HYPERVISOR_UNREACHABLE.with(host, "too many commands wait for libvirtd");
            }
        } catch (InterruptedException cancelled) {
            throw cancelled();
        }
        try {
            LibvirtConnection connection = take();
            try {
                listenOn(connection);
                return work.apply(connection);
            } catch (LibvirtException refusal) {
                if (refusal.fault().unreachable() || !connection.alive()) {
                    throw unreachable(refusal);
                }
                LOG.warn("{} on host {}: {}", what, host, refusal.getMessage());
                throw HypervisorError.HYPERVISOR_REFUSED.because(
                        refusal, host, what + ": " + refusal.fault().summary());
            } finally {
                giveBack(connection);
            }
        } finally {
            turns.release();
        }
    }

    /** Tells {@code listener} of each event, one after the other on a thread of its own, until closed. */
    Subscription listen(Consumer<LibvirtEvent> listener) {
        listeners.add(listener);
        try {
            call("listening", LibvirtConnection::alive);
        } catch (ServiceException unreachable) {
            LOG.warn("Events come once the daemon answers: {}", unreachable.sentence());
        }
        return () -> listeners.remove(listener);
    }

    private LibvirtConnection take() {
        while (true) {
            Attempt waited;
            lock.lock();
            try {
                if (closed) {
                    throw HypervisorError.HYPERVISOR_UNREACHABLE.with(host, "this program is stopping");
                }
                while (!idle.isEmpty()) {
                    LibvirtConnection connection = idle.pop();
                    if (connection.alive()) {
                        return connection;
                    }
                    forget(connection);
                }
                if (attempt.isEmpty()) {
                    long overdue = System.nanoTime()
                            + LibvirtConnection.silenceMaximum(keepAlive).toNanos();
                    attempt = Optional.of(new Attempt(NativeThread.apart("libvirt-connect", this::connect), overdue));
                }
                waited = attempt.get();
            } finally {
                lock.unlock();
            }
            await(waited);
        }
    }

    /** Waits for the attempt that all share; who comes first takes the connection. */
    private void await(Attempt waited) {
        try {
            waited.result().get(waited.overdueNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
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
            throw cancelled();
        }
    }

    private LibvirtConnection connect() {
        Optional<LibvirtConnection> opened = Optional.empty();
        try {
            LibvirtConnection connection = LibvirtConnection.open(LibvirtLibrary.load(), uri, keepAlive);
            opened = Optional.of(connection);
            return connection;
        } finally {
            lock.lock();
            try {
                attempt = Optional.empty();
                opened.ifPresent(closed ? this::forget : idle::push);
            } finally {
                lock.unlock();
            }
        }
    }

    /** One connection hears the events; when it is lost, the next that is used takes its place. */
    private void listenOn(LibvirtConnection connection) {
        lock.lock();
        try {
            if (listening.filter(LibvirtConnection::alive).isPresent()) {
                return;
            }
            listening = Optional.of(connection);
        } finally {
            lock.unlock();
        }
        connection.listen(event -> events.execute(() -> tell(event)));
        connection.whenLost(() -> LOG.warn("The libvirt daemon at {} is gone", uri));
    }

    private void giveBack(LibvirtConnection connection) {
        lock.lock();
        try {
            if (!closed && connection.alive()) {
                idle.push(connection);
            } else {
                forget(connection);
            }
        } finally {
            lock.unlock();
        }
    }

    private void forget(LibvirtConnection connection) {
        listening = listening.filter(other -> other != connection);
        connection.close();
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

    private ServiceException unreachable(LibvirtException refusal) {
        LOG.warn("libvirt at {} cannot be reached: {}", uri, refusal.getMessage());
        return HypervisorError.HYPERVISOR_UNREACHABLE.because(
                refusal, host, "there is no connection to libvirtd; is it running?");
    }

    private ServiceException cancelled() {
        Thread.currentThread().interrupt();
        return HypervisorError.HYPERVISOR_REFUSED.with(host, "the command was cancelled while it waited");
    }

    /** Lets go of the daemon; a command that is under way lets go when it ends. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            idle.forEach(this::forget);
            idle.clear();
        } finally {
            lock.unlock();
        }
        events.shutdown();
    }
}
