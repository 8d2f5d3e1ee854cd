package io.kilonova.http;

import io.kilonova.telemetry.Latencies;
import io.kilonova.telemetry.Metrics;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Rates and latencies of requests by route and class of status, beside whatever else is told of them. */
public final class RequestMetrics implements AccessLog {
    /** From what a read of one server costs to what a slow upload takes, in seconds. */
    private static final double[] BOUNDS = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10};

    private static final String[] CLASSES = {"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};

    /** Whoever asks chooses the method, with or without a token: what is not among these is counted together. */
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    /** Requests that follow each other so closely, a hundred a second, are a crowd; people at a keyboard are none. */
    private static final long CROWD_FOLLOWS_NANOS = 10_000_000;

    /** So long a crowd lasts after its last request: a disk that takes its time to flush holds all of them up together. */
    private static final long CROWD_LASTS_NANOS = 200_000_000;

    /** So many that are answered at once are a crowd too, however long each takes: a busy machine must not get busier by it. */
    private static final int CROWD_UNDER_WAY = 8;

    private final AccessLog next;
    private final Latencies latencies;
    private final AtomicInteger underWay = new AtomicInteger();
    private final LongSupplier nanos;
    private volatile long beganAt;
    private volatile long crowdedAt;

    /** Measures for {@code metrics}, then tells {@code next}. */
    public RequestMetrics(Metrics metrics, AccessLog next) {
        this(metrics, next, System::nanoTime);
    }

    /** The same by another clock. */
    RequestMetrics(Metrics metrics, AccessLog next, LongSupplier nanos) {
        this.next = next;
        this.nanos = nanos;
        this.beganAt = nanos.getAsLong() - CROWD_FOLLOWS_NANOS;
        this.crowdedAt = nanos.getAsLong() - CROWD_LASTS_NANOS;
        this.latencies = metrics.latencies(
                "http_request_seconds",
                "Requests by service, method, route and class of status.",
                BOUNDS,
                "service",
                "method",
                "route",
                "status");
        metrics.gauge("http_requests_under_way", "Requests that are being answered.", underWay::get);
    }

    @Override
    public void began() {
        long now = nanos.getAsLong();
        if (now - beganAt < CROWD_FOLLOWS_NANOS) {
            crowdedAt = now;
        }
        beganAt = now;
        underWay.incrementAndGet();
        next.began();
    }

    @Override
    public void ended() {
        underWay.decrementAndGet();
        next.ended();
    }

    /** Whether requests follow each other closely, a hundred a second or more, or many wait for their answers. */
    public boolean isCrowded() {
        return underWay.get() >= CROWD_UNDER_WAY || nanos.getAsLong() - crowdedAt < CROWD_LASTS_NANOS;
    }

    @Override
    public void answered(Entry entry) {
        int statusClass = Math.clamp(entry.status() / 100, 0, CLASSES.length - 1);
        String method = METHODS.contains(entry.method()) ? entry.method() : "other";
        latencies.took(entry.durationMicros() * 1000, entry.service(), method, entry.route(), CLASSES[statusClass]);
        next.answered(entry);
    }
}
