package io.kilonova.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process that is killed in the midst of many operations, and the next one on the same file. */
class KilledProcessTest {
    @TempDir
    Path folder;

    private static Errand build() {
        return Errand.of("build", Errand.plain("a", "b", "c"));
    }

    @Test
    void every_operation_that_was_accepted_before_the_kill_ends_and_each_of_its_steps_counts_once() throws Exception {
        Path file = folder.resolve("killed.db");
        List<String> accepted = new ArrayList<>();
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Endless.class.getName(),
                        file.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // A line that the kill cut short, or one of a log, was no answer.
                if (line.length() == 37 && line.endsWith(".")) {
                    accepted.add(line);
                }
                if (accepted.size() == 200) {
                    // Unlike the process itself its handle leaves the pipe open, with the answers that are still in it.
                    process.toHandle().destroyForcibly();
                }
            }
        } finally {
            process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
        }
        assertThat(accepted).hasSizeGreaterThanOrEqualTo(200);
        try (Database database = Database.open(DatabaseOptions.sqlite(file), Lab.MIGRATIONS);
                Operations next = new Operations(
                        database, List.of(build()), OperationsOptions.embedded(), InstantSource.system())) {
            next.start();
            Lab.until(
                    () -> next.list(OperationFilter.live(), 1, Optional.empty()).isEmpty());
            for (String subject : accepted) {
                assertThat(Errand.marks(database, subject)).containsExactly("a", "b", "c", "build succeeded");
            }
        }
    }

    /** Submits operations for ever and prints the subject of each once it was accepted. */
    static final class Endless {
        public static void main(String[] arguments) {
            endWithParent();
            Database database = Database.open(DatabaseOptions.sqlite(Path.of(arguments[0])), Lab.MIGRATIONS);
            Operations operations =
                    new Operations(database, List.of(build()), OperationsOptions.embedded(), InstantSource.system());
            operations.start();
            for (int thread = 0; thread < 8; thread++) {
                Thread.ofPlatform().start(() -> {
                    while (true) {
                        String subject = "%s.".formatted(java.util.UUID.randomUUID());
                        database.write(transaction -> operations.submit(
                                transaction, new Submission<>("build", Trail.EMPTY, "project", subject, "req-1")));
                        System.out.println(subject);
                    }
                });
            }
        }
    }

    /** Ends this process when the one that started it is gone, whatever happened to that. */
    static void endWithParent() {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (System.in.read() >= 0) {
                    continue;
                }
            } catch (IOException e) {
                System.err.println("nobody is left to write for: " + e.getMessage());
            }
            Runtime.getRuntime().halt(3);
        });
    }
}
