package io.kilonova.telemetry;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long things took, for each set of labels. Costs about 0.1 µs a time: one look-up, and additions that no thread waits
 * for.
 */
public final class Latencies {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Histogram histogram;
    private final ConcurrentHashMap<List<String>, DistributionDataPoint> series = new ConcurrentHashMap<>();

    Latencies(Histogram histogram) {
        this.histogram = histogram;
    }

    /** Something with these {@code labels}, in the order in which they were named, took so long. */
    public void took(long nanos, String... labels) {
        List<String> key = List.of(labels);
        DistributionDataPoint known = series.get(key);
        if (known == null) {
            known = series.computeIfAbsent(key, missing -> histogram.labelValues(labels));
        }
        known.observe(nanos / NANOS_PER_SECOND);
    }
}
