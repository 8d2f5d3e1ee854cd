package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MeasuredHostsTest {
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void all_measures_of_a_moment_cost_one_question() {
        MeasuredHosts hosts = new MeasuredHosts(() -> {
            asked.incrementAndGet();
            return new MeasuredHosts.Known(List.of(), Map.of());
        });
        for (int measure = 0; measure < 4; measure++) {
            assertThat(hosts.each((host, known) -> 1)).isEmpty();
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void a_database_that_does_not_answer_is_not_waited_for_to_the_end_nor_asked_twice_at_once() {
        CountDownLatch away = new CountDownLatch(1);
        MeasuredHosts hosts = new MeasuredHosts(() -> {
            asked.incrementAndGet();
            await(away);
            return new MeasuredHosts.Known(List.of(), Map.of());
        });
        for (int measure = 0; measure < 4; measure++) {
            assertThatThrownBy(() -> hosts.each((host, known) -> 1)).hasMessageContaining("the database does not say");
        }
        assertThat(asked).hasValue(1);
        away.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
