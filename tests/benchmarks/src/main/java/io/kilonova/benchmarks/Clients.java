package io.kilonova.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Sends one request again and again, by several clients with a connection each. */
final class Clients {
    private Clients() {}

    /**
     * What came of it.
     *
     * @param perSecond answers of all clients together
     * @param millis how long each answer took, sorted
     * @param processorMicros processor time of the cloud for one answer, with all that it did meanwhile
     */
    record Outcome(double perSecond, List<Double> millis, double processorMicros) {
        /** How long the answer at this place of the order took, {@code 0.5} for the median. */
        double millisAt(double share) {
            return millis.get((int) Math.min(millis.size() - 1L, (long) (millis.size() * share)));
        }

        /** The median and the 99th of a hundred. */
        String latencies() {
            return "p50 %.1f ms, p99 %.1f ms".formatted(millisAt(0.5), millisAt(0.99));
        }
    }

    /** Sends {@code request} {@code times} times in all; an answer with another status than {@code wanted} is an IOException. */
    static Outcome send(CloudUnderLoad cloud, byte[] request, int wanted, int times, int clients)
            throws IOException, InterruptedException, ExecutionException {
        double before = cloud.processorMicros();
        long begin = System.nanoTime();
        List<Double> millis = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(clients)) {
            List<Future<List<Double>>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                int share = times / clients + (client < times % clients ? 1 : 0);
                running.add(executor.submit(() -> repeat(cloud.port(), request, wanted, share)));
            }
            for (Future<List<Double>> client : running) {
                millis.addAll(client.get());
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        Collections.sort(millis);
        return new Outcome(times / seconds, millis, (cloud.processorMicros() - before) / times);
    }

    private static List<Double> repeat(int port, byte[] request, int wanted, int times) throws IOException {
        List<Double> millis = new ArrayList<>(times);
        try (Connection connection = new Connection(port)) {
            for (int number = 0; number < times; number++) {
                long begin = System.nanoTime();
                Connection.Answer answer = connection.exchange(request);
                if (answer.status() != wanted) {
                    throw new IOException("%d instead of %d: %s".formatted(answer.status(), wanted, answer.body()));
                }
                millis.add((System.nanoTime() - begin) / 1e6);
            }
        }
        return millis;
    }
}
