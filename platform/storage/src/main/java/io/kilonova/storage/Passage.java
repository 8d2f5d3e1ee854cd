package io.kilonova.storage;

/**
 * What lies between a program and its database in a simulation, where time passes and things break. Each method may wait, and
 * may throw what the program is then told.
 */
public interface Passage {
    /** A snapshot is about to be read. */
    void beforeRead();

    /** A transaction is about to begin; when this throws, it does not. */
    void beforeWrite();

    /** A transaction is committed and its caller about to be told; when this throws, the caller does not know it. */
    void afterWrite();
}
