package io.kilonova.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseStatistics;
import io.kilonova.storage.EachDatabase;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThroughputTest {
    @TempDir
    Path folder;

    @Test
    void a_thousand_operations_at_once_end_all_and_share_their_flushes() {
        Errand build = Errand.of("build", List.of(empty("a"), empty("b"), empty("c"), empty("d")));
        try (Database database = Database.open(EachDatabase.SQLITE.fresh(folder), Lab.MIGRATIONS);
                Operations operations =
                        new Operations(database, List.of(build), OperationsOptions.embedded(), InstantSource.system());
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            operations.start();
            for (int round = 1; round <= 2; round++) {
                round(database, operations, callers, round);
            }
        }
    }

    private static void round(Database database, Operations operations, ExecutorService callers, int round) {
        DatabaseStatistics before = database.statistics();
        long cpu = processorNanos();
        long wall = System.nanoTime();
        for (int i = 0; i < 1_000; i++) {
            String subject = "server %d %d".formatted(round, i);
            callers.submit(() -> database.write(transaction -> operations.submit(
                    transaction,
                    new Submission<>(
                            "build", Trail.EMPTY, "project %d".formatted(subject.hashCode() % 7), subject, "req"))));
        }
        Lab.until(() -> operations.statistics().succeeded() == 1_000L * round);
        DatabaseStatistics after = database.statistics();
        System.out.printf(
                "round %d: 1000 operations of 4 steps: %d ms wall, %d ms CPU, %d transactions in %d flushes%n",
                round,
                Duration.ofNanos(System.nanoTime() - wall).toMillis(),
                Duration.ofNanos(processorNanos() - cpu).toMillis(),
                after.writes() - before.writes(),
                after.flushes() - before.flushes());
        assertThat(after.writes() - before.writes()).isGreaterThanOrEqualTo(5_000);
        assertThat(after.flushes() - before.flushes()).isLessThan((after.writes() - before.writes()) / 2);
    }

    private static Step<Trail> empty(String name) {
        return Step.named(name).within(Duration.ofMinutes(1)).runs((state, context) -> Done.with(state.and(name)));
    }

    private static long processorNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
