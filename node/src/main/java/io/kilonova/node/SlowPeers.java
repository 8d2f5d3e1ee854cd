package io.kilonova.node;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections whose peer begins a message and does not finish it in time, however regularly a byte comes: an idle
 * timeout alone never ends such a connection. Connections that wait between two calls are left alone, and so are those on
 * which a stream comes in, which lasts as long as what it carries.
 */
final class SlowPeers implements Connection.Listener {
    private final Scheduler scheduler;
    private final Duration patience;
    private final Set<EndPoint> streaming = ConcurrentHashMap.newKeySet();

    /** Waits {@code patience} for a handshake with the first head, for each later head, and for a body. */
    SlowPeers(Scheduler scheduler, Duration patience) {
        this.scheduler = scheduler;
        this.patience = patience;
    }

    @Override
    public void onOpened(Connection connection) {
        // What is inside the encryption counts: it is there from the first byte of the handshake on.
        if (connection.getEndPoint() instanceof SslConnection.SslEndPoint) {
            look(connection, -1, 0);
        }
    }

    @Override
    public void onClosed(Connection connection) {}

    private void look(Connection connection, long bytesThen, long messagesThen) {
        scheduler.schedule(
                () -> {
                    if (!connection.getEndPoint().isOpen()) {
                        return;
                    }
                    if (streaming.contains(connection.getEndPoint())) {
                        look(connection, -1, -1);
                        return;
                    }
                    boolean moved = connection.getBytesIn() != bytesThen;
                    if (moved && connection.getMessagesIn() == messagesThen) {
                        connection.getEndPoint().close();
                    } else {
                        look(connection, connection.getBytesIn(), connection.getMessagesIn());
                    }
                },
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Says that a message of any length and duration comes in on a connection, until closed; its reader notices silence. */
    Streaming streaming(EndPoint connection) {
        streaming.add(connection);
        return () -> streaming.remove(connection);
    }

    /** The time that a stream takes. */
    interface Streaming extends AutoCloseable {
        @Override
        void close();
    }

    /** Closes a connection unless the answer is cancelled in time; for the time that a body takes. */
    Scheduler.Task limit(EndPoint connection) {
        return scheduler.schedule(connection::close, patience.toMillis(), TimeUnit.MILLISECONDS);
    }
}
