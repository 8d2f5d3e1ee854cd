package io.kilonova.operations;

import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A controller in a process of its own. Its one kind of operation sends a command to its hypervisor, which is the test,
 * again and again, until the test has left a mark at the subject {@code hypervisor}.
 */
final class ControllerProcess implements AutoCloseable {
    private static final Duration PACE = Duration.ofMillis(20);

    /** A command as the hypervisor gets it. */
    record Command(String subject, long fence) {}

    private final Process process;
    private final List<Command> commands = new CopyOnWriteArrayList<>();

    ControllerProcess(String name, DatabaseOptions database) {
        try {
            process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-Xmx128m",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ControllerProcess.class.getName(),
                            name,
                            database.url()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::listen);
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                if (words.length == 3 && words[0].equals("command")) {
                    commands.add(new Command(words[1], Long.parseLong(words[2])));
                }
            }
        } catch (IOException e) {
            System.err.println("the process was heard last: " + e.getMessage());
        }
    }

    List<Command> commands() {
        return commands;
    }

    /** Stops the process where it is, goes on with it, or asks it to end. */
    void signal(String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill ended with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean awaitEnd() throws InterruptedException {
        return process.waitFor(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    static Errand work(Database database) {
        return Errand.of(
                "work",
                List.of(
                        Errand.step("before"),
                        Errand.step("command", (state, context) -> command(database, state, context)),
                        Errand.step("after")));
    }

    private static Done<Trail> command(Database database, Trail state, StepContext context)
            throws InterruptedException {
        while (Errand.marks(database, "hypervisor").isEmpty()) {
            System.out.printf(
                    "command %s %d%n", context.subject(), context.command().fence());
            boolean unused = new CountDownLatch(1).await(PACE.toMillis(), TimeUnit.MILLISECONDS);
        }
        return Errand.done("command", state, context);
    }

    public static void main(String[] arguments) throws InterruptedException {
        Database database =
                Database.open(DatabaseOptions.postgresql(arguments[1], "kilonova", "unused"), Lab.MIGRATIONS);
        Operations operations = new Operations(
                database, List.of(work(database)), OperationsOptions.cluster(arguments[0]), InstantSource.system());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> operations.drain(Duration.ofSeconds(5))));
        operations.start();
        KilledProcessTest.endWithParent();
        new CountDownLatch(1).await();
    }
}
