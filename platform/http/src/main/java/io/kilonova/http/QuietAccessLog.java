package io.kilonova.http;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * An access log that cannot be filled by who is refused: of the refusals with one status to one user, ten a second are told,
 * and of the rest how many there were. Answers that were given and failures of the service are told each.
 */
final class QuietAccessLog implements AccessLog {
    private static final int TOLD_A_SECOND = 10;
    private static final int FIRST_REFUSAL = 400;
    private static final int FIRST_FAILURE = 500;

    private final AccessLog log;
    private final Consumer<String> leftOut;
    private final InstantSource clock;
    private final Map<Refusals, Integer> counts = new HashMap<>();
    private long second;

    /** Those that look alike. */
    private record Refusals(int status, String userId) {}

    /**
     * A log before {@code log}.
     *
     * @param leftOut is told, in one sentence, how many refusals were not
     */
    QuietAccessLog(AccessLog log, Consumer<String> leftOut, InstantSource clock) {
        this.log = log;
        this.leftOut = leftOut;
        this.clock = clock;
    }

    @Override
    public void answered(Entry entry) {
        boolean refused = entry.status() >= FIRST_REFUSAL && entry.status() < FIRST_FAILURE;
        if (!refused || isTold(new Refusals(entry.status(), entry.userId().orElse("-")))) {
            log.answered(entry);
        }
    }

    /** The users are known ones or nobody, so that a second's counts stay few. */
    private synchronized boolean isTold(Refusals refusals) {
        long now = clock.millis() / 1000;
        if (now != second) {
            counts.forEach((alike, count) -> {
                if (count > TOLD_A_SECOND) {
                    leftOut.accept("%d more answers %d to user=%s are left out"
                            .formatted(count - TOLD_A_SECOND, alike.status(), alike.userId()));
                }
            });
            counts.clear();
            second = now;
        }
        return counts.merge(refusals, 1, Integer::sum) <= TOLD_A_SECOND;
    }
}
