package io.kilonova.servers;

import io.kilonova.storage.Database;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Numbers of sequences, drawn some at a time: whoever makes many servers a second would ask the database for each otherwise, one
 * after the other. A block is on disk before any number of it is used; what is left of it at the end stays a gap. The next one is
 * drawn by whoever finds half of it used, while others go on with the rest, and nobody waits for a lock while the database is
 * asked. Numbers that are drawn one by one lie above all blocks that were drawn before them, so that what follows a create has a
 * higher number.
 */
final class NumberBlocks {
    /** So many are lost at most by a program that makes few servers. */
    static final int SMALLEST = 16;

    /** Half a second of the fastest creates. */
    static final int LARGEST = 1_024;

    /** Blocks that are used up faster are too small. */
    private static final long SHORT_MILLIS = 1_000;

    private static final Block NONE = new Block(List.of(), 0);

    private final Database database;
    private final InstantSource clock;
    private final List<String> sequences;
    private final ReentrantLock lock = new ReentrantLock();
    private Block current = NONE;
    private Block spare = NONE;
    private boolean drawing;
    private int size = SMALLEST;
    private long drawnAt;

    /** {@code left} numbers of each sequence that nobody has, from these on. */
    private record Block(List<Long> firsts, int left) {
        Block without(int count) {
            return new Block(firsts.stream().map(first -> first + count).toList(), left - count);
        }
    }

    /** Numbers of {@code sequences}, the same count of each. */
    NumberBlocks(Database database, InstantSource clock, List<String> sequences) {
        this.database = database;
        this.clock = clock;
        this.sequences = sequences;
    }

    /** The first of {@code count} numbers of each sequence, in their order. */
    List<Long> take(int count) {
        Optional<List<Long>> taken;
        int wanted;
        lock.lock();
        try {
            taken = takeHere(count);
            if (taken.isPresent() && (drawing || spare.left() > 0 || current.left() >= size / 2)) {
                return taken.get();
            }
            drawing = true;
            wanted = grown(count);
        } finally {
            lock.unlock();
        }
        return draw(taken, count, wanted);
    }

    private Optional<List<Long>> takeHere(int count) {
        if (current.left() < count) {
            current = spare;
            spare = NONE;
        }
        if (current.left() < count) {
            return Optional.empty();
        }
        List<Long> firsts = current.firsts();
        current = current.without(count);
        return Optional.of(firsts);
    }

    private int grown(int count) {
        long now = clock.millis();
        boolean tooSmall = Math.abs(now - drawnAt) < SHORT_MILLIS;
        size = tooSmall ? Math.min(LARGEST, 2 * size) : Math.max(SMALLEST, size / 2);
        drawnAt = now;
        return Math.max(size, count);
    }

    private List<Long> draw(Optional<List<Long>> taken, int count, int wanted) {
        Block drawn = NONE;
        try {
            List<Long> firsts =
                    database.writeAlone(transaction -> ServerStore.draw(transaction.sql(), sequences, wanted));
            drawn = new Block(firsts, wanted);
        } finally {
            lock.lock();
            drawing = false;
            Block rest = taken.isPresent() || drawn.left() == 0 ? drawn : drawn.without(count);
            spare = rest.left() > spare.left() ? rest : spare;
            lock.unlock();
        }
        return taken.orElse(drawn.firsts());
    }
}
