package io.kilonova.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Bytes on sockets, with no protocol of ours. */
final class RawSockets {
    private RawSockets() {}

    static void say(SocketChannel socket, byte[] bytes) {
        try {
            for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
                assertThat(socket.write(left)).isNotNegative();
            }
        } catch (IOException lost) {
            throw new AssertionError(lost);
        }
    }

    static void end(SocketChannel socket) {
        try {
            socket.shutdownOutput();
        } catch (IOException lost) {
            throw new AssertionError(lost);
        }
    }

    static void echo(ServerSocketChannel server) {
        try (SocketChannel socket = server.accept()) {
            say(socket, Channels.newInputStream(socket).readAllBytes());
            end(socket);
        } catch (IOException lost) {
            throw new AssertionError(lost);
        }
    }

    /** What a stranger does that begins a handshake and never ends it. */
    static void dribbleUntilShutOut(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            await().atMost(PeerServer.PATIENCE.multipliedBy(3))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> isShutOut(out));
        }
    }

    private static boolean isShutOut(OutputStream out) {
        try {
            out.write(0x16); // the first byte of a handshake, again and again
            out.flush();
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    /** Bytes without end. */
    static final class Endless extends InputStream {
        @Override
        public int read() {
            return 'x';
        }
    }
}
