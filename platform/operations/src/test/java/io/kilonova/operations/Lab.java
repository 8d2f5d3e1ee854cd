package io.kilonova.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import io.kilonova.storage.EachDatabase;
import io.kilonova.telemetry.Metrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;

/** A database, a clock that the test moves, and any number of controllers over them. */
final class Lab implements AutoCloseable {
    static final List<String> MIGRATIONS = List.of(Operations.MIGRATIONS, "db/operations_tests");

    final DatabaseOptions options;
    final Database database;
    final Metrics metrics = new Metrics();
    final ManualClock clock = new ManualClock();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Operations> all = new ArrayList<>();
    private final Random random = new Random(20261122);

    Lab(EachDatabase kind, Path folder) {
        this.options = kind.fresh(folder);
        this.database = Database.open(options, MIGRATIONS);
    }

    OperationsOptions sole() {
        return OperationsOptions.embedded().drivenBy(threads, random);
    }

    OperationsOptions member(String name) {
        return OperationsOptions.cluster(name).drivenBy(threads, random);
    }

    OperationsOptions member(String name, LongSupplier elapsedMillis) {
        return OperationsOptions.cluster(name).drivenBy(threads, random, elapsedMillis);
    }

    Operations start(OperationsOptions options, Operation<?>... kinds) {
        return start(options, place -> {}, kinds);
    }

    Operations start(OperationsOptions options, Consumer<String> probe, Operation<?>... kinds) {
        Metrics told = all.isEmpty() ? metrics : new Metrics();
        Operations operations = new Operations(database, List.of(kinds), options, clock, told, probe);
        all.add(operations);
        operations.start();
        return operations;
    }

    String submit(Operations operations, String kind, String subject) {
        return submit(operations, kind, "project", subject);
    }

    String submit(Operations operations, String kind, String project, String subject) {
        return database.write(transaction ->
                operations.submit(transaction, new Submission<>(kind, Trail.EMPTY, project, subject, "req-1")));
    }

    /** What the controller that was started first measures, as Prometheus reads it. */
    String measures() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        metrics.write(text);
        return text.toString(StandardCharsets.UTF_8);
    }

    List<String> marks(String subject) {
        return Errand.marks(database, subject);
    }

    /** Moves the clock in small steps, with a tick after each, until the operation has ended. */
    OperationView untilEnded(Operations operations, String id) {
        until(() -> {
            operations.tick();
            return operations.find(id).orElseThrow().endedAt().isPresent();
        });
        return operations.find(id).orElseThrow();
    }

    static void until(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(condition);
    }

    void hasEnded(OperationView view, OperationPhase phase) {
        assertThat(view.phase()).isEqualTo(phase);
        assertThat(view.endedAt()).isPresent();
    }

    @Override
    public void close() {
        all.forEach(Operations::abandon);
        threads.shutdownNow();
        database.close();
    }
}
