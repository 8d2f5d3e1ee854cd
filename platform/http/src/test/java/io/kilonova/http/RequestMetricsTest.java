package io.kilonova.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.telemetry.Metrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is told of requests while they are answered. */
class RequestMetricsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final RequestMetrics requests = new RequestMetrics(new Metrics(), entry -> {}, nanos::get);

    @Test
    void requests_that_follow_each_other_closely_are_a_crowd_until_no_more_come() {
        assertThat(requests.isCrowded()).isFalse();
        request(Duration.ZERO);
        assertThat(requests.isCrowded()).isFalse();
        request(Duration.ofMillis(2));
        assertThat(requests.isCrowded()).isTrue();
        pass(Duration.ofMillis(250));
        assertThat(requests.isCrowded()).isFalse();
    }

    @Test
    void one_request_after_the_other_is_no_crowd() {
        for (int each = 0; each < 10; each++) {
            request(Duration.ofMillis(15));
            assertThat(requests.isCrowded()).isFalse();
        }
    }

    @Test
    void many_that_wait_for_their_answers_are_a_crowd_however_long_it_takes() {
        for (int each = 0; each < 7; each++) {
            pass(Duration.ofMillis(250));
            requests.began();
            assertThat(requests.isCrowded()).isFalse();
        }
        requests.began();
        pass(Duration.ofSeconds(5));
        assertThat(requests.isCrowded()).isTrue();
        requests.ended();
        pass(Duration.ofSeconds(5));
        assertThat(requests.isCrowded()).isFalse();
    }

    @Test
    void methods_that_nobody_knows_are_counted_together() throws IOException {
        Metrics metrics = new Metrics();
        RequestMetrics measured = new RequestMetrics(metrics, entry -> {});
        for (int each = 0; each < 100; each++) {
            measured.answered(answered("STRANGE" + each));
        }
        measured.answered(answered("PATCH"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        metrics.write(out);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("method=\"other\",route=\"-\",service=\"-\",status=\"4xx\"} 100\n")
                .contains("method=\"PATCH\"")
                .doesNotContain("STRANGE");
    }

    private static AccessLog.Entry answered(String method) {
        return new AccessLog.Entry(
                "-", method, "/", "-", 401, 10, "req-1", Optional.empty(), Optional.empty(), Optional.empty());
    }

    private void request(Duration after) {
        pass(after);
        requests.began();
        requests.ended();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
