package io.kilonova.reliability;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Users of a cluster on which everything breaks. Each brings one server after the other up, moves some and deletes some; what
 * gets no answer is asked of the next controller. They remember what was promised to them: what was answered with a success.
 */
final class Users implements AutoCloseable {
    private static final int FEWEST = 8;
    private static final int SERVERS_FOR_ONE_MORE = 50;

    private static final String LIVE_MIGRATE = "{\"os-migrateLive\": {\"host\": null, \"block_migration\": \"auto\"}}";

    /** A user who waits longer for a server than this goes on with the next. */
    private static final int LOOKS = 120;

    private final List<CloudApi> controllers;
    private final String body;
    private final AtomicInteger begun = new AtomicInteger();
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> counts = new ConcurrentSkipListMap<>();
    private final CountDownLatch leaving = new CountDownLatch(1);
    private final CountDownLatch done;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** One call; an IOException, or an answer that blames the cloud, says that another controller has to be asked. */
    private interface Call {
        CloudApi.Answer at(CloudApi controller) throws IOException;
    }

    /** Users who begin at once, and who bring so many servers up together. */
    Users(List<CloudApi> controllers, String body, SplittableRandom random, int servers) {
        this.controllers = controllers;
        this.body = body;
        int users = FEWEST + servers / SERVERS_FOR_ONE_MORE;
        this.done = new CountDownLatch(users);
        IntStream.range(0, users).forEach(user -> {
            SplittableRandom own = random.split();
            threads.execute(() -> {
                try {
                    while (begun.getAndIncrement() < servers && !isLeaving(0)) {
                        live(own);
                    }
                } finally {
                    done.countDown();
                }
            });
        });
    }

    /** The life of one server. */
    private void live(SplittableRandom own) {
        Optional<String> made = ask(own, "create", controller -> controller.post("/compute/v2.1/servers", body))
                .filter(answer -> answer.status() == 202)
                .map(answer -> answer.body().path("server").path("id").stringValue());
        if (made.isEmpty()) {
            return;
        }
        String server = made.get();
        accepted.add(server);
        boolean rash = own.nextInt(10) == 0;
        if (!rash && own.nextInt(2) == 0 && comesTo(own, server, "ACTIVE")) {
            move(own, server);
        }
        if (rash || own.nextInt(2) == 0) {
            ask(own, "delete", controller -> controller.delete("/compute/v2.1/servers/" + server))
                    .filter(answer -> answer.status() == 204)
                    .ifPresent(answer -> deleted.add(server));
        }
    }

    private void move(SplittableRandom own, String server) {
        if (own.nextInt(2) == 0) {
            ask(own, "live migrate", controller -> act(controller, server, LIVE_MIGRATE))
                    .filter(answer -> answer.status() == 202)
                    .ifPresent(answer -> comesTo(own, server, "ACTIVE"));
            return;
        }
        boolean begins = ask(own, "migrate", controller -> act(controller, server, "{\"migrate\": null}"))
                .filter(answer -> answer.status() == 202)
                .isPresent();
        if (begins && own.nextInt(5) > 0 && comesTo(own, server, "VERIFY_RESIZE")) {
            String end = own.nextInt(3) == 0 ? "revertResize" : "confirmResize";
            ask(own, end, controller -> act(controller, server, "{\"%s\": null}".formatted(end)));
        }
    }

    private static CloudApi.Answer act(CloudApi controller, String server, String action) throws IOException {
        return controller.post("/compute/v2.1/servers/%s/action".formatted(server), action);
    }

    /** Whether a server comes to a status; false when it ends elsewhere, or when that takes too long. */
    private boolean comesTo(SplittableRandom own, String server, String wanted) {
        for (int look = 0; look < LOOKS; look++) {
            Optional<JsonNode> row = ask(own, "show", controller -> controller.look("/compute/v2.1/servers/" + server))
                    .map(answer -> answer.body().path("server"));
            String status =
                    row.map(present -> present.path("status").stringValue("")).orElse("");
            if (status.equals(wanted)) {
                return true;
            }
            boolean atRest = row.filter(
                            present -> present.path("OS-EXT-STS:task_state").isNull())
                    .isPresent();
            if (status.equals("ERROR")
                    || (atRest && !status.equals("ACTIVE") && !status.equals("BUILD"))
                    || isLeaving(500)) {
                return false;
            }
        }
        return false;
    }

    /** Asks one controller after the other until one has an answer that does not blame the cloud. */
    private Optional<CloudApi.Answer> ask(SplittableRandom own, String what, Call call) {
        for (int attempt = 0; attempt < LOOKS; attempt++) {
            CloudApi controller = controllers.get(own.nextInt(controllers.size()));
            try {
                CloudApi.Answer answer = call.at(controller);
                if (answer.status() < 500) {
                    count(what + (answer.status() < 300 ? "" : " refused"));
                    return Optional.of(answer);
                }
            } catch (IOException unanswered) {
                // Whether it was done nobody knows: what was not promised may be there or not.
            }
            count(what + " unanswered");
            if (isLeaving(250)) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private void count(String what) {
        counts.computeIfAbsent(what, name -> new AtomicInteger()).incrementAndGet();
    }

    private boolean isLeaving(long millis) {
        try {
            return leaving.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Whether all have done what they came for. */
    boolean areDone() {
        return done.getCount() == 0;
    }

    /** How often what was asked, and how that ended. */
    Map<String, Integer> counts() {
        Map<String, Integer> numbers = new TreeMap<>(Comparator.naturalOrder());
        counts.forEach((what, number) -> numbers.put(what, number.get()));
        return numbers;
    }

    /** The servers that a controller has said it makes. */
    Set<String> accepted() {
        return Set.copyOf(accepted);
    }

    /** Those of them that one has said it deletes. */
    Set<String> deleted() {
        return Set.copyOf(deleted);
    }

    @Override
    public void close() {
        leaving.countDown();
        threads.close();
    }
}
