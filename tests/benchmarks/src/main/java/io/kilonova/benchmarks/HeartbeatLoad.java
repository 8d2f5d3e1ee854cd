package io.kilonova.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a controller over PostgreSQL needs to hear from many nodes that they live: each by its own key, on its own connection. */
final class HeartbeatLoad {
    /** As nodes do it. */
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(8);

    private static final int WARMING_ROUNDS = 8;
    private static final int MEASURED_ROUNDS = 8;
    private static final int THREADS = 8;

    /** A report is answered after half a second, in which the controller looks for the guests of a node that is not there. */
    private static final int REPORTING_THREADS = 128;

    /** After so long a controller has read its register again. */
    private static final int REGISTER_SECONDS = 30;

    private final Path script;
    private final Path folder;
    private final Report report;
    private final Postgresql postgresql = new Postgresql();

    /** Work for the node of a number. */
    @FunctionalInterface
    private interface ForEach<T> {
        T node(int number) throws Exception;
    }

    /** Measures {@code script}, with its state in {@code folder}. */
    HeartbeatLoad(Path script, Path folder, Report report) {
        this.script = script;
        this.folder = folder;
        this.report = report;
    }

    /** Enrols {@code count} nodes, and listens to them. */
    void measure(int count) throws Exception {
        ClusterUnderLoad cluster = new ClusterUnderLoad(script, folder, postgresql, "heartbeats");
        int gate = CloudUnderLoad.freePort();
        try (CloudUnderLoad controller = cluster.controller(gate)) {
            postgresql.allowEnrolment("heartbeats", count);
            double before = controller.processorMicros();
            List<BeatingNode> nodes = each(count, THREADS, number -> BeatingNode.enrol(gate, number));
            report.row(
                    "%,d nodes enrol".formatted(count),
                    "",
                    "",
                    "%.2f ms each".formatted((controller.processorMicros() - before) / count / 1000));
            postgresql.placeNodes("heartbeats", BeatingNode.ADDRESS_OF_LABEL);
            List<Boolean> unused = each(count, REPORTING_THREADS, number -> {
                nodes.get(number).report();
                return true;
            });
            TimeUnit.SECONDS.sleep(REGISTER_SECONDS);
            listen(nodes, WARMING_ROUNDS);
            double micros = controller.processorMicros();
            double databaseMicros = postgresql.processorMicros();
            double seconds = listen(nodes, MEASURED_ROUNDS);
            micros = controller.processorMicros() - micros;
            databaseMicros = postgresql.processorMicros() - databaseMicros;
            report.row(
                    "heartbeats of %,d nodes, every %d s".formatted(count, TimeUnit.NANOSECONDS.toSeconds(BEAT_NANOS)),
                    "%.1f %% of a core, and %.1f %% of PostgreSQL's"
                            .formatted(micros / seconds / 1e4, databaseMicros / seconds / 1e4),
                    "10 % of a core",
                    "%.0f µs each".formatted(micros / count / MEASURED_ROUNDS));
            report.row("resident memory with them", "%.0f MiB".formatted(controller.residentMebibytes()), "", "");
        }
    }

    /** Has all nodes beat, evenly spread over the time of a round; the seconds that it took. */
    private static double listen(List<BeatingNode> nodes, int rounds) throws Exception {
        long begin = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            long start = begin + round * BEAT_NANOS;
            List<Boolean> unused = each(nodes.size(), THREADS, number -> {
                LockSupport.parkNanos(start + BEAT_NANOS / nodes.size() * number - System.nanoTime());
                nodes.get(number).beat();
                return true;
            });
        }
        LockSupport.parkNanos(begin + rounds * BEAT_NANOS - System.nanoTime());
        return (System.nanoTime() - begin) / 1e9;
    }

    private static <T> List<T> each(int count, int atOnce, ForEach<T> work) throws Exception {
        List<T> all = new ArrayList<>(count);
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            List<Future<T>> running = new ArrayList<>(count);
            for (int number = 0; number < count; number++) {
                int node = number;
                running.add(threads.submit(() -> work.node(node)));
            }
            for (Future<T> each : running) {
                all.add(each.get());
            }
        }
        return all;
    }
}
