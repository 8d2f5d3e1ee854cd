package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.Hypervisor.Subscription;
import io.kilonova.spi.HypervisorError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one libvirt daemon, across its restarts: connects with the first call, and again with the first call after
 * the daemon was lost. Errors leave it in the hypervisor's vocabulary.
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
    private boolean closed;

    LibvirtSession(String host, String uri, Duration keepAlive, int nativeThreads) {
        this.host = host;
        this.uri = uri;
        this.keepAlive = keepAlive;
        this.threads = new NativeThreads(nativeThreads);
    }

    /**
     * Does work with the connection.
     *
     * @throws ServiceException {@link HypervisorError#HYPERVISOR_UNREACHABLE} when the daemon is not there or was lost
     *     meanwhile; the next call connects again
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
        connecting.lock();
        try {
            if (closed) {
                throw HypervisorError.HYPERVISOR_UNREACHABLE.with(host, "this program is stopping");
            }
            if (current.isPresent()) {
                LibvirtConnection connection = current.get();
                if (connection.alive()) {
                    return connection;
                }
                LOG.warn("The connection to {} was lost; connecting again", uri);
                drop(connection);
            }
            LibvirtConnection connection = LibvirtConnection.open(LibvirtLibrary.load(), threads, uri, keepAlive);
            connection.listen(event -> events.execute(() -> tell(event)));
            connection.whenLost(() -> LOG.warn("The libvirt daemon at {} is gone", uri));
            current = Optional.of(connection);
            return connection;
        } catch (LibvirtException refusal) {
            throw unreachable(refusal);
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
                current = Optional.empty();
            }
        } finally {
            connecting.unlock();
        }
        connection.close();
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
            current.ifPresent(LibvirtConnection::close);
            current = Optional.empty();
        } finally {
            connecting.unlock();
        }
        events.shutdown();
        threads.close();
    }
}
