package io.kilonova.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.errors.ServiceException;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import io.kilonova.storage.EachDatabase;
import io.kilonova.storage.PostgresqlServer;
import io.kilonova.storage.StorageError;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller lives on, or ends as it should, whatever is the matter around it. */
class KeptLeaseTest {
    @TempDir
    Path folder;

    @Test
    void a_lease_is_kept_and_work_taken_over_while_all_that_write_wait_for_a_row() throws Exception {
        try (Lab lab = new Lab(EachDatabase.POSTGRESQL, folder);
                ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor();
                Connection stranger =
                        DriverManager.getConnection(lab.options.url(), lab.options.user(), lab.options.password())) {
            CountDownLatch inside = new CountDownLatch(1);
            Errand build = Errand.of("build", Errand.plain("a"));
            AtomicReference<Operations> dies = new AtomicReference<>();
            dies.set(lab.start(
                    lab.member("dies"),
                    reached -> {
                        dies.get().abandon();
                        inside.countDown();
                        throw new IllegalStateException("the process ends here");
                    },
                    build));
            Operations lives = lab.start(lab.member("lives"), build);
            String id = lab.submit(dies.get(), "build", "server");
            inside.await();
            lab.database.change(transaction -> Errand.mark(transaction, "row", "held"));
            stranger.setAutoCommit(false);
            stranger.createStatement().execute("UPDATE marks SET mark = mark WHERE subject = 'row'");
            for (int writer = 0; writer < 100; writer++) {
                writers.execute(() -> touchInVain(lab.database));
            }
            Lab.until(() -> lab.database.statistics().waiting() > 50);
            for (int look = 0; look < 5; look++) {
                lives.tick();
                lab.clock.forward(Duration.ofSeconds(2));
            }
            assertThat(lives.isReady()).isTrue();
            assertThat(lives.statistics().takenOver()).isEqualTo(1);
            stranger.rollback();
            lab.hasEnded(lab.untilEnded(lives, id), OperationPhase.SUCCEEDED);
        }
    }

    /** Some wait for longer than they may. */
    private static void touchInVain(Database database) {
        try {
            database.change(
                    transaction -> transaction.sql().execute("UPDATE marks SET mark = mark WHERE subject = 'row'"));
        } catch (ServiceException refused) {
            assertThat(refused.code()).isEqualTo(StorageError.DATABASE_BUSY);
        }
    }

    @Test
    void a_lack_of_memory_does_not_stop_the_clock() {
        try (Lab lab = new Lab(EachDatabase.SQLITE, folder)) {
            AtomicInteger looks = new AtomicInteger();
            Operations operations = new Operations(
                    lab.database, List.of(Errand.of("build", Errand.plain("a"))), OperationsOptions.embedded(), () -> {
                        if (Thread.currentThread().getName().equals("kilonova-operations-clock")
                                && looks.incrementAndGet() == 1) {
                            throw new OutOfMemoryError("a test");
                        }
                        return Instant.now();
                    });
            operations.start();
            Lab.until(() -> looks.get() > 1);
            operations.close();
        }
    }

    @Test
    void a_controller_that_ends_while_its_database_is_away_ends_in_good_order() {
        try (PostgresqlServer server = PostgresqlServer.start()) {
            DatabaseOptions options = server.freshDatabase().withWaitLimit(Duration.ofMillis(500));
            try (Database database = Database.open(options, Lab.MIGRATIONS)) {
                Operations operations = new Operations(
                        database,
                        List.of(Errand.of("build", Errand.plain("a"))),
                        OperationsOptions.cluster("ends"),
                        Instant::now);
                operations.start();
                assertThat(operations.isReady()).isTrue();
                server.kill();
                operations.handOver();
                assertThat(operations.isReady()).isFalse();
                operations.drain(Duration.ofSeconds(1));
            }
        }
    }
}
