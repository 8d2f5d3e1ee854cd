package io.kilonova.metadata;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/** A connection that knows from the socket that accepted it who is at its other end. */
final class GuestConnection extends SocketChannelEndPoint {
    private final Asker asker;

    GuestConnection(
            SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler, Asker asker) {
        super(channel, selector, key, scheduler);
        this.asker = asker;
    }

    Asker asker() {
        return asker;
    }
}
