package io.kilonova.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a socket says, in frames: four bytes of length and so many bytes. An empty frame is a sign of life while the socket is
 * silent; a length of -1 is its end. So whoever reads tells an end from a connection that was lost.
 */
final class FrameSource extends InputStream {
    private static final Logger LOG = LoggerFactory.getLogger(FrameSource.class);

    /** The length that ends a stream. */
    static final int END = -1;

    /** The largest frame. */
    static final int MAXIMUM_BYTES = 64 << 10;

    /** Peers take a connection for lost after a few of them. */
    private static final Duration PULSE = Duration.ofSeconds(5);

    private static final int WAITING_FRAMES = 8;

    private final BlockingQueue<ByteBuffer> frames = new ArrayBlockingQueue<>(WAITING_FRAMES);
    private final SocketChannel socket;
    private final Thread reader;
    private ByteBuffer current = ByteBuffer.allocate(0);
    private boolean ended;

    FrameSource(SocketChannel socket) {
        this.socket = socket;
        this.reader = Thread.ofVirtual().name("frames").start(this::readAll);
    }

    private void readAll() {
        ByteBuffer bytes = ByteBuffer.allocate(MAXIMUM_BYTES);
        try {
            while (socket.read(bytes.clear()) >= 0) {
                bytes.flip();
                frames.put(ByteBuffer.allocate(Integer.BYTES + bytes.limit())
                        .putInt(bytes.limit())
                        .put(bytes)
                        .flip());
            }
            frames.put(end());
        } catch (IOException | InterruptedException lost) {
            LOG.debug("A socket was lost: {}", lost.toString());
        }
    }

    private static ByteBuffer end() {
        return ByteBuffer.allocate(Integer.BYTES).putInt(END).flip();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (!current.hasRemaining()) {
            if (ended) {
                return -1;
            }
            current = next();
            ended = current.getInt(0) == END;
        }
        int count = Math.min(length, current.remaining());
        current.get(bytes, offset, count);
        return count;
    }

    private ByteBuffer next() throws IOException {
        try {
            ByteBuffer frame = frames.poll(PULSE.toMillis(), TimeUnit.MILLISECONDS);
            if (frame != null) {
                return frame;
            }
            if (!reader.isAlive() && frames.isEmpty()) {
                throw new IOException("the socket was lost");
            }
            return ByteBuffer.allocate(Integer.BYTES);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    @Override
    public void close() {
        reader.interrupt();
    }
}
