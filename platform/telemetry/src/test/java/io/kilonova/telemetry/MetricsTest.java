package io.kilonova.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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
}
