package io.kilonova.launcher;

import io.kilonova.errors.ServiceException;
import io.kilonova.servers.ComputeService;
import io.kilonova.storage.Database;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Whether this controller should be sent requests. It says no before it stops listening, so that a load balancer has sent
 * its requests elsewhere by then.
 */
final class Health {
    /** Load balancers ask every one to three seconds, and most believe the second no. */
    private static final Duration GRACE = Duration.ofSeconds(6);

    /** Whoever asked within this time is a load balancer that goes on asking; without one there is nobody to wait for. */
    private static final Duration ASKED_LATELY = Duration.ofMinutes(1);

    private final Database database;
    private final ComputeService compute;
    private final CountDownLatch grace = new CountDownLatch(1);
    private volatile boolean leaving;
    private volatile long askedNanos = System.nanoTime() - ASKED_LATELY.toNanos();

    Health(Database database, ComputeService compute) {
        this.database = database;
        this.compute = compute;
    }

    /** Why no requests should come; empty when they may. */
    Optional<String> refusal() {
        askedNanos = System.nanoTime();
        if (leaving) {
            return Optional.of("this controller is about to end");
        }
        if (!compute.engine().isReady()) {
            return Optional.of("this controller does not hold its lease");
        }
        try {
            if (!database.read(sql -> sql.fetchExists(sql.selectOne()))) {
                return Optional.of("the database answers wrongly");
            }
            long awaited = compute.awaitedHosts();
            return awaited == 0 ? Optional.empty() : Optional.of("hosts that were not heard yet: " + awaited);
        } catch (ServiceException failure) {
            return Optional.of(failure.sentence());
        }
    }

    /** From now on says no, leaves operations to other controllers, and returns when those who ask have had the time to hear it. */
    void leave() {
        leaving = true;
        compute.engine().handOver();
        if (System.nanoTime() - askedNanos < ASKED_LATELY.toNanos()) {
            try {
                boolean unused = grace.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
