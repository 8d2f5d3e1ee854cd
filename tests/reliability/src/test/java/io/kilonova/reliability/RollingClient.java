package io.kilonova.reliability;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Users behind the plainest of load balancers: each second it asks every controller whether it is ready, and gives each
 * request to the next that said yes. Nothing is sent twice: what fails has failed.
 */
final class RollingClient implements AutoCloseable {
    private static final int USERS = 4;

    /** How often it asks who is ready. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, CloudApi> controllers = new ConcurrentHashMap<>();
    private final Map<String, Boolean> ready = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicLong answered = new AtomicLong();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** What a user does with a controller, over and over. */
    interface Work {
        void run(CloudApi api) throws IOException;
    }

    /** Sends requests to one controller more, from when it says that it is ready. */
    void add(String address, CloudApi api) {
        controllers.put(address, api);
        threads.execute(() -> {
            do {
                ready.put(address, isReady(address));
            } while (!endsWithin(LOOK));
        });
    }

    /** Has all users begin. */
    void begin(Work work) {
        for (int user = 0; user < USERS; user++) {
            threads.execute(() -> {
                do {
                    attempt(work);
                } while (!endsWithin(Duration.ZERO));
            });
        }
    }

    private boolean endsWithin(Duration time) {
        try {
            return ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void attempt(Work work) {
        List<String> choice = ready.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (choice.isEmpty()) {
            boolean unused = endsWithin(LOOK);
            return;
        }
        String address = choice.get(Math.floorMod(turn.getAndIncrement(), choice.size()));
        try {
            work.run(controllers.get(address));
            answered.incrementAndGet();
        } catch (IOException | AssertionError failure) {
            failures.add(address + ": " + failure);
        }
    }

    private boolean isReady(String address) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/readyz"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException gone) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether it sends requests to a controller. */
    boolean uses(String address) {
        return ready.getOrDefault(address, false);
    }

    /** How often users' work was done. */
    long answered() {
        return answered.get();
    }

    /** What failed. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Has users end what they are at. */
    @Override
    public void close() {
        ended.countDown();
        threads.close();
        http.close();
        controllers.values().forEach(CloudApi::close);
    }
}
