package io.kilonova.operations;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Ids that grow with time (UUID version 7, RFC 9562), so that an index is written at its end and not all over. */
public final class TimeOrderedId {
    private TimeOrderedId() {}

    /** An id of this moment; {@code random} is asked for 76 bits. */
    public static String next(long nowMillis, RandomGenerator random) {
        long high = nowMillis << 16 | 0x7000L | random.nextLong() & 0x0fffL;
        long low = random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
