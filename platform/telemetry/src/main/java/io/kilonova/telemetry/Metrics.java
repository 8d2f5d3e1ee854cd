package io.kilonova.telemetry;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The measures of one program as Prometheus reads them, all under {@code kilonova_}. What is counted elsewhere anyway is
 * asked for when they are read; what is timed goes into {@link Latencies}.
 */
public final class Metrics {
    /** The media type of {@link #write}. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);
    private static final String PREFIX = "kilonova_";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter text = PrometheusTextFormatWriter.create();

    /** Memory, threads, collections and processor time of this process, under the names that all Java programs have. */
    public void ofJava() {
        JvmMetrics.builder().register(registry);
    }

    /** A number that only grows, as long as this process lives. */
    public void counter(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(orNothing(name, callback -> callback.call(value.getAsDouble())))
                .register(registry);
    }

    /** A number that only grows, for each value of one label. */
    public void counters(String name, String help, String label, Supplier<Map<String, Long>> values) {
        counters(
                name,
                help,
                List.of(label),
                () -> values.get().entrySet().stream()
                        .collect(Collectors.toMap(value -> List.of(value.getKey()), Map.Entry::getValue)),
                Long::doubleValue);
    }

    /** A number that only grows, {@code value} of what there is for each set of values of {@code labels}, in their order. */
    public <T> void counters(
            String name,
            String help,
            List<String> labels,
            Supplier<Map<List<String>, T>> values,
            ToDoubleFunction<T> value) {
        CounterWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(orNothing(
                        name,
                        callback -> values.get()
                                .forEach((key, each) ->
                                        callback.call(value.applyAsDouble(each), key.toArray(String[]::new)))))
                .register(registry);
    }

    /** A number as it is when it is asked for. */
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(orNothing(name, callback -> callback.call(value.getAsDouble())))
                .register(registry);
    }

    /** A number as it is when it is asked for, for each value of one label. */
    public void gauges(String name, String help, String label, Supplier<Map<String, Double>> values) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .labelNames(label)
                .callback(orNothing(name, callback -> values.get().forEach((key, value) -> callback.call(value, key))))
                .register(registry);
    }

    /** Durations in seconds, for each set of values of {@code labels}; {@code bounds} are those of the histogram. */
    public Latencies latencies(String name, String help, double[] bounds, String... labels) {
        return new Latencies(Histogram.builder()
                .name(PREFIX + name)
                .help(help)
                .classicOnly()
                .classicUpperBounds(bounds)
                .labelNames(labels)
                .register(registry));
    }

    /** What cannot be told just now is left out, and told of when it begins to be: all else is needed then most. */
    private static <C> Consumer<C> orNothing(String name, Consumer<C> told) {
        AtomicBoolean failing = new AtomicBoolean();
        return callback -> {
            try {
                told.accept(callback);
                failing.set(false);
            } catch (RuntimeException failure) {
                if (!failing.getAndSet(true)) {
                    LOG.warn("{}{} cannot be measured and is left out: {}", PREFIX, name, failure.getMessage());
                }
            }
        };
    }

    /** Writes all of them as they are now, in Prometheus's text format. */
    public void write(OutputStream out) throws IOException {
        text.write(out, registry.scrape(), EscapingScheme.DEFAULT);
    }
}
