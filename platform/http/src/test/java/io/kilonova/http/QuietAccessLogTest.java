package io.kilonova.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class QuietAccessLogTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T10:00:00Z"));
    private final List<Integer> told = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final AccessLog log = new QuietAccessLog(entry -> told.add(entry.status()), leftOut::add, now::get);

    private void answer(int times, int status, String user) {
        for (int time = 0; time < times; time++) {
            log.answered(new AccessLog.Entry(
                    "compute",
                    "GET",
                    "/servers",
                    "/servers",
                    status,
                    1,
                    "req-1",
                    Optional.of(user),
                    Optional.empty(),
                    Optional.empty()));
        }
    }

    @Test
    void who_is_refused_a_thousand_times_a_second_fills_ten_lines_and_one_that_counts() {
        answer(1000, 401, "mallory");
        assertThat(told).hasSize(10);
        now.set(now.get().plusSeconds(1));
        answer(1, 401, "mallory");
        assertThat(told).hasSize(11);
        assertThat(leftOut).containsExactly("990 more answers 401 to user=mallory are left out");
    }

    @Test
    void refusals_of_others_answers_and_failures_are_told_each() {
        answer(1000, 401, "mallory");
        answer(5, 404, "mallory");
        answer(5, 401, "ann");
        answer(20, 200, "mallory");
        answer(20, 500, "mallory");
        assertThat(told).hasSize(60);
    }
}
