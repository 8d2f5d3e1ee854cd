package io.kilonova.ovn;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Cuts a stream into JSON objects. OVSDB has no frames: a message ends with the brace that closes it. Not safe for use by
 * several threads.
 */
final class MessageFrames {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final ReadableByteChannel channel;
    private final int maximumBytes;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();

    MessageFrames(ReadableByteChannel channel, int maximumBytes) {
        this.channel = channel;
        this.maximumBytes = maximumBytes;
    }

    /**
     * The next message's bytes.
     *
     * @throws EOFException when the stream ends
     * @throws UnreadableMessage when what comes is no object, or above the bound
     */
    byte[] next() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream(1024);
        int depth = 0;
        boolean inString = false;
        boolean escaped = false;
        while (true) {
            if (!buffer.hasRemaining()) {
                fill();
            }
            byte octet = buffer.get();
            if (depth == 0) {
                if (octet == ' ' || octet == '\n' || octet == '\r' || octet == '\t') {
                    continue;
                }
                if (octet != '{') {
                    throw new UnreadableMessage("something other than a JSON object");
                }
            }
            if (message.size() >= maximumBytes) {
                throw new UnreadableMessage("more than " + maximumBytes + " bytes");
            }
            message.write(octet);
            if (inString) {
                inString = escaped || octet != '"';
                escaped = !escaped && octet == '\\';
            } else if (octet == '"') {
                inString = true;
            } else if (octet == '{' || octet == '[') {
                depth++;
            } else if (octet == '}' || octet == ']') {
                depth--;
                if (depth == 0) {
                    return message.toByteArray();
                }
            }
        }
    }

    private void fill() throws IOException {
        buffer.clear();
        int count = channel.read(buffer);
        buffer.flip();
        if (count <= 0) {
            throw new EOFException("the server closed the connection");
        }
    }

    /** What came cannot be a message. */
    static final class UnreadableMessage extends IOException {
        private static final long serialVersionUID = 1L;

        UnreadableMessage(String message) {
            super(message);
        }
    }
}
