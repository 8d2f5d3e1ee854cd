package io.kilonova.launcher;

import io.kilonova.servers.ComputeHost;
import io.kilonova.servers.ComputeHosts;
import io.kilonova.servers.ComputeService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.ToDoubleBiFunction;

/**
 * The hosts as measures tell of them, asked of the database once for all of these. A database that is away keeps nobody who reads
 * measures waiting for longer than two seconds; what needs it is left out then.
 */
final class MeasuredHosts {
    /** All measures are read within this, and no two readings are that close. */
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    /** Prometheus gives up after ten seconds. */
    private static final long LIMIT_NANOS = Duration.ofSeconds(2).toNanos();

    private final Supplier<Known> source;
    private CompletableFuture<Known> asked = CompletableFuture.failedFuture(new IllegalStateException("never asked"));
    private long askedAt = System.nanoTime() - FRESH_NANOS;

    /** What the database says of hosts: themselves, and how many servers those have that have any. */
    record Known(List<ComputeHost> hosts, Map<String, Integer> servers) {}

    MeasuredHosts(ComputeHosts hosts, ComputeService compute) {
        this(() -> new Known(hosts.list(), compute.servers().countOnAll()));
    }

    MeasuredHosts(Supplier<Known> source) {
        this.source = source;
    }

    /** A number for each host. Throws {@link IllegalStateException} when the database does not answer. */
    Map<String, Double> each(ToDoubleBiFunction<ComputeHost, Known> measure) {
        Known known = known();
        Map<String, Double> values = new HashMap<>();
        known.hosts().forEach(host -> values.put(host.host(), measure.applyAsDouble(host, known)));
        return values;
    }

    private Known known() {
        CompletableFuture<Known> answer;
        long left;
        synchronized (this) {
            if (asked.isDone() && System.nanoTime() - askedAt >= FRESH_NANOS) {
                askedAt = System.nanoTime();
                asked = CompletableFuture.supplyAsync(source, Thread::startVirtualThread);
            }
            answer = asked;
            left = LIMIT_NANOS - (System.nanoTime() - askedAt);
        }
        try {
            return answer.get(Math.max(left, 0), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException("the database does not say which hosts there are", failure);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the reader of measures has gone", ended);
        }
    }
}
