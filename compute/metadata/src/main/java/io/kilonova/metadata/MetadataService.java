package io.kilonova.metadata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata service: guests ask at 169.254.169.254 and are answered with what concerns themselves. A guest is known by
 * the network of the socket at which it asks and by its address there, which the network's anti-spoofing vouches for; never
 * by anything that it says. Each network's socket costs one parked virtual thread.
 */
public final class MetadataService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataService.class);
    private static final Duration AFTER_A_FAILED_ACCEPT = Duration.ofMillis(100);

    private final Server server;
    private final GuestConnector connector;
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();

    private final ReentrantLock changing = new ReentrantLock();

    /** A socket, and the thread that waits at it. */
    private record Listener(ServerSocketChannel channel, Thread thread) {}

    /**
     * A service that is not started yet.
     *
     * @param answers who knows the answers
     */
    public MetadataService(MetadataAnswers answers) {
        this.server = MetadataHttp.server("metadata", (request, path) -> {
            Asker asker = asker(request);
            return answers.answer(asker.networkId(), asker.address(), path);
        });
        this.connector = new GuestConnector(server, MetadataHttp.connections());
        connector.setIdleTimeout(MetadataHttp.IDLE.toMillis());
        server.addConnector(connector);
    }

    private static Asker asker(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        if (endPoint instanceof GuestConnection connection) {
            return connection.asker();
        }
        throw new IllegalStateException("a connection that no socket of a network accepted");
    }

    /** Begins to work; sockets can be handed over from here on. */
    public void start() {
        try {
            server.start();
        } catch (Exception failure) {
            throw new IllegalStateException("the metadata service did not start", failure);
        }
    }

    /**
     * Answers the guests of a network at a socket, until the socket is closed by whoever it may be. A network has one
     * socket: another one takes the first one's place, and the first is closed. Repeating it changes nothing.
     *
     * @param channel listening already, in blocking mode
     */
    public void serve(String networkId, ServerSocketChannel channel) {
        changing.lock();
        try {
            Optional<Listener> before = Optional.ofNullable(listeners.get(networkId));
            if (before.isPresent() && before.get().channel().equals(channel)) {
                return;
            }
            Thread thread =
                    Thread.ofVirtual().name("metadata-accept-" + networkId).unstarted(() -> accept(networkId, channel));
            listeners.put(networkId, new Listener(channel, thread));
            thread.start();
            close(before);
        } finally {
            changing.unlock();
        }
        LOG.info("Metadata is served on network {}", networkId);
    }

    /** Closes a network's socket: nobody listens there any more afterwards. Nothing happens when it has none. */
    public void stop(String networkId) {
        changing.lock();
        try {
            close(Optional.ofNullable(listeners.remove(networkId)));
        } finally {
            changing.unlock();
        }
    }

    /** Closes all sockets and ends, when the answers under way are written or after two seconds. */
    @Override
    public void close() {
        listeners.keySet().forEach(this::stop);
        MetadataHttp.stop(server);
    }

    private void accept(String networkId, ServerSocketChannel channel) {
        while (channel.isOpen()) {
            try {
                SocketChannel guest = channel.accept();
                connector.take(guest, new Asker(networkId, address(guest)));
            } catch (ClosedChannelException closed) {
                LOG.debug("The socket of network {} was closed", networkId);
            } catch (IOException | RuntimeException failure) { // the socket has to serve the next guest
                LOG.warn("A connection on network {} was lost: {}", networkId, failure.toString());
                rest();
            }
        }
        listeners.remove(networkId, new Listener(channel, Thread.currentThread()));
    }

    /** When the process has no file descriptors left, trying again at once would only burn a processor. */
    private static void rest() {
        try {
            Thread.sleep(AFTER_A_FAILED_ACCEPT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String address(SocketChannel guest) throws IOException {
        if (guest.getRemoteAddress() instanceof InetSocketAddress remote) {
            return remote.getAddress().getHostAddress();
        }
        throw new ClosedChannelException();
    }

    private static void close(Optional<Listener> listener) {
        if (listener.isEmpty()) {
            return;
        }
        try {
            listener.get().channel().close();
            // The system's socket is gone only when the thread that waits at it has let go of it.
            if (!listener.get().thread().join(MetadataHttp.DRAIN)) {
                LOG.warn("{} did not end in time", listener.get().thread().getName());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
