package io.kilonova.operations;

import java.util.concurrent.atomic.LongAdder;

/** What a controller counts. */
final class EngineCounters {
    final LongAdder accepted = new LongAdder();
    final LongAdder takenOver = new LongAdder();
    final LongAdder stepsDone = new LongAdder();
    final LongAdder succeeded = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder fencedOff = new LongAdder();
    final LongAdder conflicts = new LongAdder();

    OperationsStatistics statistics(Turns.Count now, int unknown) {
        return new OperationsStatistics(
                accepted.sum(),
                takenOver.sum(),
                stepsDone.sum(),
                succeeded.sum(),
                failed.sum(),
                cancelled.sum(),
                fencedOff.sum(),
                conflicts.sum(),
                now.running(),
                now.ready(),
                now.waiting(),
                unknown);
    }

    void ended(Outcome outcome) {
        switch (outcome) {
            case SUCCEEDED -> {
                stepsDone.increment();
                succeeded.increment();
            }
            case FAILED -> failed.increment();
            case CANCELLED -> cancelled.increment();
        }
    }
}
