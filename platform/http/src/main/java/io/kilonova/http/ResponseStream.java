package io.kilonova.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Collects an answer's bytes. What fits into 32 KiB is sent in one write with its length; what is longer is streamed, and
 * the writer waits while the caller's connection is full, so a list of any length costs one buffer.
 */
final class ResponseStream extends OutputStream {
    private static final int FIRST_BYTES = 2 * 1024;
    private static final int MAXIMUM_BYTES = 32 * 1024;

    private final Response response;
    private byte[] buffer = new byte[FIRST_BYTES];
    private int length;
    private boolean streaming;

    ResponseStream(Response response) {
        this.response = response;
    }

    /** Whether bytes have left already, so that an error can no longer be told. */
    boolean hasStarted() {
        return streaming;
    }

    /** Forgets what was collected, to write an error instead. */
    void reset() {
        length = 0;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        if (length + count > MAXIMUM_BYTES) {
            flushBuffer();
            if (count > MAXIMUM_BYTES) {
                Content.Sink.write(response, false, ByteBuffer.wrap(bytes, offset, count));
                return;
            }
        }
        if (length + count > buffer.length) {
            buffer = java.util.Arrays.copyOf(
                    buffer, Math.min(MAXIMUM_BYTES, Math.max(buffer.length * 2, length + count)));
        }
        System.arraycopy(bytes, offset, buffer, length, count);
        length += count;
    }

    private void flushBuffer() throws IOException {
        streaming = true;
        if (length > 0) {
            Content.Sink.write(response, false, ByteBuffer.wrap(buffer, 0, length));
            length = 0;
        }
    }

    /** Sends what is left and ends the answer; {@code bodiless} for HEAD, which tells the length and sends nothing. */
    void finish(boolean bodiless, Callback callback) {
        if (bodiless) {
            response.write(true, ByteBuffer.allocate(0), callback);
            return;
        }
        if (!streaming) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
        }
        response.write(true, ByteBuffer.wrap(buffer, 0, length), callback);
    }
}
