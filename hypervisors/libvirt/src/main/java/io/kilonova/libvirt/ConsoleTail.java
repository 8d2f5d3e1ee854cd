package io.kilonova.libvirt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/** Reads the end of a console's log, which virtlogd cuts at 2 MiB: older parts are {@code .0}, {@code .1}, {@code .2}. */
final class ConsoleTail {
    private static final int PARTS_MAXIMUM = 8;

    private ConsoleTail() {}

    /** The last {@code maximumBytes} across all parts. */
    static byte[] read(Path log, int maximumBytes) throws IOException {
        Deque<byte[]> newestFirst = new ArrayDeque<>();
        int missing = maximumBytes;
        for (int part = -1; part < PARTS_MAXIMUM && missing > 0; part++) {
            Path file = part < 0 ? log : log.resolveSibling(log.getFileName() + "." + part);
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                if (part < 0) {
                    continue;
                }
                break;
            }
            byte[] tail = tail(file, missing);
            missing -= tail.length;
            newestFirst.push(tail);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream(maximumBytes - missing);
        newestFirst.forEach(whole::writeBytes);
        return whole.toByteArray();
    }

    private static byte[] tail(Path file, int maximumBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long size = channel.size();
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(maximumBytes, size));
            long from = size - buffer.capacity();
            while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {
                // Reads until the buffer is full; a log that was cut meanwhile gives less.
            }
            byte[] bytes = new byte[buffer.position()];
            buffer.flip().get(bytes);
            return bytes;
        }
    }
}
