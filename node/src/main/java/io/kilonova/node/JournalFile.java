package io.kilonova.node;

import java.io.IOException;

/** Where a journal is kept: what is added at its end, or put in its place as a whole. Its text says where that is. */
interface JournalFile extends AutoCloseable {
    /** What is there; nothing when the file is not. */
    byte[] read() throws IOException;

    /** Puts {@code text} in the place of all that is there, on disk when this returns; when this throws, the old is there still. */
    void replace(byte[] text) throws IOException;

    /** Adds {@code line} at the end, on disk after the next {@link #flush}; when this throws, a part of it may be there. */
    void append(byte[] line) throws IOException;

    /** Returns when all that was added before is on disk. What is there may be replaced meanwhile; then this may throw. */
    void flush() throws IOException;

    @Override
    void close() throws IOException;
}
