package io.kilonova.images;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** An image's bytes, to be looked at in any order. */
interface DiskBytes {
    /** How many there are. */
    long length();

    /** Fills {@code target} from {@code offset} as far as there are bytes, and says how many there were. */
    int read(long offset, ByteBuffer target) throws IOException;

    /** The bytes of an open file, which stays open. */
    static DiskBytes of(FileChannel channel, long length) {
        return new DiskBytes() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public int read(long offset, ByteBuffer target) throws IOException {
                int total = 0;
                while (target.hasRemaining()) {
                    int count = channel.read(target, offset + total);
                    if (count < 0) {
                        break;
                    }
                    total += count;
                }
                return total;
            }
        };
    }

    /** The bytes of an array. */
    static DiskBytes of(byte[] bytes) {
        return new DiskBytes() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public int read(long offset, ByteBuffer target) {
                int count = (int) Math.clamp(bytes.length - offset, 0, target.remaining());
                target.put(bytes, count == 0 ? 0 : (int) offset, count);
                return count;
            }
        };
    }

    /** Up to {@code count} bytes from {@code offset}; fewer at the end. */
    default ByteBuffer take(long offset, int count, ByteOrder order) throws IOException {
        int there = (int) Math.clamp(length() - offset, 0, count);
        ByteBuffer buffer = ByteBuffer.allocate(there).order(order);
        read(offset, buffer);
        return buffer.flip();
    }
}
