package io.kilonova.libvirt;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * The form that a guest's files travel in from host to host: a mark, then of each file its name, its length and its blocks
 * that are not all zero, each with its place, and an end. What ends before its end, or names another file than those that
 * are awaited, is refused.
 */
final class DiskStream extends InputStream {
    private static final long MARK = 0x4b494c4f4e4f5601L; // KILONOV, first form
    static final int BLOCK_BYTES = 64 * 1024;
    private static final byte FILE = 1;
    private static final byte END = 0;
    private static final int END_OF_FILE = 0;
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");

    private final Deque<Path> files;
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
    private Optional<FileChannel> open = Optional.empty();
    private ByteBuffer ready;
    private boolean ended;

    /** What came was not what such a stream is. */
    static final class Broken extends IOException {
        private static final long serialVersionUID = 1L;

        Broken(String reason) {
            super(reason);
        }
    }

    /** What came ended before its end, or could not be read any further. */
    static final class Lost extends IOException {
        private static final long serialVersionUID = 1L;

        Lost(IOException failure) {
            super("the stream ended too early", failure);
        }
    }

    /** A stream whose failures are told from those of the disk that it is written to. */
    private static final class Source extends FilterInputStream {
        Source(InputStream stream) {
            super(stream);
        }

        @Override
        public int read() throws Lost {
            try {
                return super.read();
            } catch (IOException failure) {
                throw new Lost(failure);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws Lost {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException failure) {
                throw new Lost(failure);
            }
        }
    }

    /** Something to write into a frame. */
    private interface Frame {
        void write(DataOutputStream frame) throws IOException;
    }

    /** The stream of some files, read while it is read. */
    DiskStream(List<Path> files) throws IOException {
        this.files = new ArrayDeque<>(files);
        this.ready = frame(out -> out.writeLong(MARK));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (!ready.hasRemaining() && !ended) {
            ready = next();
        }
        if (!ready.hasRemaining()) {
            return length == 0 ? 0 : -1;
        }
        int count = Math.min(length, ready.remaining());
        ready.get(bytes, offset, count);
        return count;
    }

    @Override
    public void close() throws IOException {
        if (open.isPresent()) {
            open.get().close();
        }
    }

    private ByteBuffer next() throws IOException {
        if (open.isPresent()) {
            return nextBlock(open.get());
        }
        if (files.isEmpty()) {
            ended = true;
            return frame(out -> out.writeByte(END));
        }
        Path file = files.pop();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        open = Optional.of(channel);
        return frame(out -> {
            out.writeByte(FILE);
            out.writeUTF(file.getFileName().toString());
            out.writeLong(channel.size());
        });
    }

    private ByteBuffer nextBlock(FileChannel channel) throws IOException {
        while (true) {
            long at = channel.position();
            block.clear();
            while (block.hasRemaining() && channel.read(block) >= 0) {
                // Reads until the block is full or the file ends.
            }
            int count = block.position();
            if (count == 0) {
                channel.close();
                open = Optional.empty();
                return frame(out -> out.writeInt(END_OF_FILE));
            }
            if (!zero(block.array(), count)) {
                return frame(out -> {
                    out.writeInt(count);
                    out.writeLong(at);
                    out.write(block.array(), 0, count);
                });
            }
        }
    }

    private static boolean zero(byte[] bytes, int count) {
        return bytes[0] == 0 && java.util.Arrays.equals(bytes, 0, count - 1, bytes, 1, count);
    }

    private static ByteBuffer frame(Frame content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        content.write(new DataOutputStream(bytes));
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    /**
     * Writes what a stream holds into a folder.
     *
     * @param awaited the names that files may have
     * @param bytesMaximum how long a file may be
     * @param progress told how many bytes were written so far
     * @throws Broken when the stream is not one
     * @throws Lost when it ends too early
     */
    static void write(InputStream stream, Path folder, Set<String> awaited, long bytesMaximum, LongConsumer progress)
            throws IOException {
        DataInputStream in = new DataInputStream(new Source(stream));
        try {
            if (in.readLong() != MARK) {
                throw new Broken("it does not begin as one");
            }
            long written = 0;
            for (byte kind = in.readByte(); kind != END; kind = in.readByte()) {
                String name = in.readUTF();
                long length = in.readLong();
                if (kind != FILE || !awaited.contains(name) || length < 0 || length > bytesMaximum) {
                    throw new Broken("it holds what nobody waits for");
                }
                written = writeFile(in, folder.resolve(name), length, written, progress);
            }
        } catch (EOFException early) {
            throw new Lost(early);
        }
    }

    private static long writeFile(DataInputStream in, Path file, long length, long before, LongConsumer progress)
            throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PRIVATE));
        byte[] bytes = new byte[BLOCK_BYTES];
        long written = before;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int count = in.readInt(); count != END_OF_FILE; count = in.readInt()) {
                long at = in.readLong();
                if (count < 0 || count > BLOCK_BYTES || at < 0 || at > length - count) {
                    throw new Broken("a block is out of bounds");
                }
                in.readFully(bytes, 0, count);
                ByteBuffer block = ByteBuffer.wrap(bytes, 0, count);
                while (block.hasRemaining()) {
                    int _ = channel.write(block, at + block.position());
                }
                written += count;
                progress.accept(written);
            }
            if (channel.size() < length) {
                // A file that ends in zeros: a byte at its end makes it as long as it was.
                int _ = channel.write(ByteBuffer.wrap(new byte[1]), length - 1);
            }
            channel.force(true);
        }
        return written;
    }
}
