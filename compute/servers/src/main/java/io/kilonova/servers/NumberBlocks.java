package io.kilonova.servers;

import io.kilonova.storage.Database;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Numbers of sequences, drawn some at a time: whoever makes many servers a second would ask the database for each otherwise, one
 * after the other. A block is on disk before any number of it is used; what is left of it at the end stays a gap. Numbers that
 * are drawn one by one lie above all blocks that were drawn before them, so that what follows a create has a higher number.
 */
final class NumberBlocks {
    /** So many are lost at most by a program that makes few servers. */
    static final int SMALLEST = 16;

    /** Half a second of the fastest creates. */
    static final int LARGEST = 1_024;

    /** Blocks that are used up faster are too small. */
    private static final long SHORT_MILLIS = 1_000;

    private final Database database;
    private final InstantSource clock;
    private final List<String> sequences;
    private final ReentrantLock lock = new ReentrantLock();
    private List<Long> next = List.of();
    private int size = SMALLEST;
    private int left;
    private long drawnAt;

    /** Numbers of {@code sequences}, the same count of each. */
    NumberBlocks(Database database, InstantSource clock, List<String> sequences) {
        this.database = database;
        this.clock = clock;
        this.sequences = sequences;
    }

    /** The first of {@code count} numbers of each sequence, in their order. */
    List<Long> take(int count) {
        lock.lock();
        try {
            if (left < count) {
                draw(count);
            }
            List<Long> taken = next;
            next = new ArrayList<>(taken);
            next.replaceAll(number -> number + count);
            left -= count;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void draw(int count) {
        long now = clock.millis();
        boolean tooSmall = Math.abs(now - drawnAt) < SHORT_MILLIS;
        int wanted = tooSmall ? Math.min(LARGEST, 2 * size) : Math.max(SMALLEST, size / 2);
        int block = Math.max(wanted, count);
        next = database.writeAlone(transaction -> ServerStore.draw(transaction.sql(), sequences, block));
        left = block;
        size = wanted;
        drawnAt = now;
    }
}
