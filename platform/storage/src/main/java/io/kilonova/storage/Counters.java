package io.kilonova.storage;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a database counts. */
final class Counters {
    final LongAdder reads = new LongAdder();
    final LongAdder writes = new LongAdder();
    final LongAdder writeNanos = new LongAdder();
    final LongAdder rolledBack = new LongAdder();
    final LongAdder retried = new LongAdder();
    final LongAdder flushes = new LongAdder();
    final LongAdder refused = new LongAdder();
    final AtomicInteger largestGroup = new AtomicInteger();

    void group(int transactions) {
        flushes.increment();
        largestGroup.accumulateAndGet(transactions, Math::max);
    }

    DatabaseStatistics snapshot(int waiting) {
        return new DatabaseStatistics(
                reads.sum(),
                writes.sum(),
                writeNanos.sum(),
                rolledBack.sum(),
                retried.sum(),
                flushes.sum(),
                refused.sum(),
                waiting,
                largestGroup.get());
    }
}
