package io.kilonova.ovn;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A server that says to each connection what a test tells it to, whatever it is asked, and keeps what it hears. */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket socket;
    private final byte[] words;
    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    ScriptedServer(String words) throws IOException {
        this.words = words.getBytes(StandardCharsets.UTF_8);
        this.socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    OvsdbEndpoint endpoint() {
        return OvsdbEndpoint.parse("tcp:127.0.0.1:" + socket.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.ofVirtual().start(() -> talk(connection));
            } catch (IOException ended) {
                return;
            }
        }
    }

    private void talk(Socket connection) {
        try (connection;
                OutputStream out = connection.getOutputStream();
                InputStream in = connection.getInputStream()) {
            byte[] buffer = new byte[4096];
            boolean first = true;
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                heard.add(new String(buffer, 0, count, StandardCharsets.UTF_8));
                if (first) {
                    out.write(words);
                    out.flush();
                    first = false;
                }
            }
        } catch (IOException ended) {
            if (ended instanceof java.net.SocketException) {
                return;
            }
            throw new UncheckedIOException(ended);
        }
    }
}
