package io.kilonova.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static String text(Metrics metrics) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        metrics.write(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void what_was_timed_and_counted_is_read_as_prometheus_writes_it() throws IOException {
        Metrics metrics = new Metrics();
        metrics.ofJava();
        Latencies latencies = metrics.latencies("work_seconds", "Work.", new double[] {0.1, 1}, "kind");
        latencies.took(50_000_000, "build");
        latencies.took(500_000_000, "build");
        metrics.counters("rejections_total", "Rejections.", "filter", () -> Map.of("ram", 7L));
        metrics.gauge("queue", "Queue.", () -> 3);
        assertThat(text(metrics))
                .contains("kilonova_work_seconds_bucket{kind=\"build\",le=\"0.1\"} 1\n")
                .contains("kilonova_work_seconds_bucket{kind=\"build\",le=\"1.0\"} 2\n")
                .contains("kilonova_work_seconds_count{kind=\"build\"} 2\n")
                .contains("kilonova_rejections_total{filter=\"ram\"} 7.0\n")
                .contains("kilonova_queue 3.0\n")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void what_cannot_be_measured_is_left_out_and_all_else_is_told() throws IOException {
        Metrics metrics = new Metrics();
        AtomicBoolean away = new AtomicBoolean(true);
        metrics.gauge("queue", "Queue.", () -> 3);
        metrics.gauges("node_up", "Hosts.", "host", () -> {
            if (away.get()) {
                throw new IllegalStateException("the database is away");
            }
            return Map.of("one", 1.0);
        });
        assertThat(text(metrics)).contains("kilonova_queue 3.0\n").doesNotContain("kilonova_node_up");
        away.set(false);
        assertThat(text(metrics)).contains("kilonova_node_up{host=\"one\"} 1.0\n");
    }
}
