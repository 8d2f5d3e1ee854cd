package io.kilonova.metadata;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/**
 * Speaks HTTP on connections that others accepted: one selector serves the guests of all networks, where a connector a
 * network would cost a thread each.
 */
final class GuestConnector extends AbstractConnector {
    /** A booting guest uses one or two; more than these would be somebody's try to use up all there are. */
    static final int MAXIMUM_CONNECTIONS_PER_GUEST = 32;

    /** Of all guests together: a quarter of the file descriptors that a process customarily gets. */
    static final int MAXIMUM_CONNECTIONS = 4_096;

    private final Map<Asker, Set<SocketChannel>> open = new ConcurrentHashMap<>();
    private final Selection selection;

    GuestConnector(Server server, HttpConnectionFactory http) {
        super(server, null, null, null, 0, http);
        this.selection = new Selection();
        installBean(selection, true);
    }

    /** Takes a connection over; closes it when its guest has too many, or all guests together have. */
    void take(SocketChannel channel, Asker asker) throws IOException {
        if (getConnectedEndPoints().size() >= MAXIMUM_CONNECTIONS || !admit(channel, asker)) {
            channel.close();
            return;
        }
        try {
            channel.configureBlocking(false);
            selection.accept(channel, asker);
        } catch (IOException | RuntimeException failure) {
            release(channel, asker);
            channel.close();
            throw failure;
        }
    }

    private boolean admit(SocketChannel channel, Asker asker) {
        boolean[] admitted = new boolean[1];
        open.compute(asker, (key, before) -> {
            Set<SocketChannel> now = before == null ? new HashSet<>() : before;
            if (now.size() >= MAXIMUM_CONNECTIONS_PER_GUEST) {
                // One that broke before it was a connection is told of by nobody.
                now.removeIf(other -> !other.isOpen());
            }
            if (now.size() < MAXIMUM_CONNECTIONS_PER_GUEST) {
                admitted[0] = now.add(channel);
            }
            return now;
        });
        return admitted[0];
    }

    private void release(SocketChannel channel, Asker asker) {
        open.computeIfPresent(asker, (key, connections) -> {
            connections.remove(channel);
            return connections.isEmpty() ? null : connections;
        });
    }

    @Override
    protected void accept(int acceptor) {
        throw new IllegalStateException("there are no acceptors");
    }

    @Override
    public @Nullable Object getTransport() {
        return null;
    }

    /** Waits for what guests send. */
    private final class Selection extends SelectorManager {
        Selection() {
            super(GuestConnector.this.getExecutor(), GuestConnector.this.getScheduler(), 1);
        }

        @Override
        protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
            GuestConnection connection = new GuestConnection(
                    (SocketChannel) channel, selector, key, getScheduler(), (Asker) key.attachment());
            connection.setIdleTimeout(getIdleTimeout());
            return connection;
        }

        @Override
        public Connection newConnection(SelectableChannel channel, EndPoint endPoint, @Nullable Object attachment) {
            return getDefaultConnectionFactory().newConnection(GuestConnector.this, endPoint);
        }

        @Override
        protected void endPointOpened(EndPoint endPoint) {
            super.endPointOpened(endPoint);
            onEndPointOpened(endPoint);
        }

        @Override
        protected void endPointClosed(EndPoint endPoint) {
            onEndPointClosed(endPoint);
            super.endPointClosed(endPoint);
            GuestConnection guest = (GuestConnection) endPoint;
            release(guest.getChannel(), guest.asker());
        }
    }
}
