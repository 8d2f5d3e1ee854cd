package io.kilonova.node;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** A stream from a peer that fails when nothing comes for a while, instead of waiting for a peer that is gone. */
final class WatchedStream extends FilterInputStream {
    private final Duration silence;
    private final Thread watch;
    private volatile long waitingSinceNanos;
    private volatile boolean waiting;
    private volatile boolean silent;
    private volatile boolean closed;

    WatchedStream(InputStream stream, Duration silence) {
        super(stream);
        this.silence = silence;
        this.watch = Thread.ofVirtual().name("stream-watch").start(this::watch);
    }

    private void watch() {
        try {
            while (!closed) {
                Thread.sleep(silence.dividedBy(4));
                if (waiting && System.nanoTime() - waitingSinceNanos > silence.toNanos()) {
                    silent = true;
                    super.close();
                    return;
                }
            }
        } catch (InterruptedException | IOException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        waitingSinceNanos = System.nanoTime();
        waiting = true;
        try {
            return super.read(bytes, offset, length);
        } catch (IOException failure) {
            throw silent ? new IOException("nothing came for %d s".formatted(silence.toSeconds()), failure) : failure;
        } finally {
            waiting = false;
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        watch.interrupt();
        super.close();
    }
}
