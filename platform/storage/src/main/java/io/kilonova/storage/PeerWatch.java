package io.kilonova.storage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Makes sockets to PostgreSQL that notice within {@value #SILENCE_SECONDS} s that the other machine is gone, as long as a lease:
 * whoever is silent for longer counts as dead anyway. PostgreSQL's driver makes it by its name.
 */
public final class PeerWatch extends SocketFactory {
    static final int SILENCE_SECONDS = 6;

    private static final int IDLE_SECONDS = 2;
    private static final int INTERVAL_SECONDS = 1;
    private static final int UNANSWERED = SILENCE_SECONDS - IDLE_SECONDS;

    /** The same at the server's end of a connection, which holds the locks; also for answers that nobody takes. */
    static final String AT_SERVER =
            "-c tcp_keepalives_idle=%d -c tcp_keepalives_interval=%d -c tcp_keepalives_count=%d -c tcp_user_timeout=%d"
                    .formatted(IDLE_SECONDS, INTERVAL_SECONDS, UNANSWERED, SILENCE_SECONDS * 1_000);

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = new Socket();
        socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, UNANSWERED);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw connectsLater();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw connectsLater();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw connectsLater();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        throw connectsLater();
    }

    private static IOException connectsLater() {
        return new IOException("the driver connects by itself");
    }
}
