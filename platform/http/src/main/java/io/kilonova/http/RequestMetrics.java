package io.kilonova.http;

import io.kilonova.telemetry.Latencies;
import io.kilonova.telemetry.Metrics;

/** Rates and latencies of requests by route and class of status, beside whatever else is told of them. */
public final class RequestMetrics implements AccessLog {
    /** From what a read of one server costs to what a slow upload takes, in seconds. */
    private static final double[] BOUNDS = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10};

    private static final String[] CLASSES = {"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};

    private final AccessLog next;
    private final Latencies latencies;

    /** Measures for {@code metrics}, then tells {@code next}. */
    public RequestMetrics(Metrics metrics, AccessLog next) {
        this.next = next;
        this.latencies = metrics.latencies(
                "http_request_seconds",
                "Requests by service, method, route and class of status.",
                BOUNDS,
                "service",
                "method",
                "route",
                "status");
    }

    @Override
    public void answered(Entry entry) {
        int statusClass = Math.clamp(entry.status() / 100, 0, CLASSES.length - 1);
        latencies.took(
                entry.durationMicros() * 1000, entry.service(), entry.method(), entry.route(), CLASSES[statusClass]);
        next.answered(entry);
    }
}
