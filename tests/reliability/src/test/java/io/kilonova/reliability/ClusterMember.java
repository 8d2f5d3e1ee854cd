package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One process of a cluster: a controller, a node, or a command that ends by itself. It can be killed and started again. */
final class ClusterMember implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Pattern READY = Pattern.compile("(?:serves|takes commands) at (?:http://)?([0-9.]+:\\d+)");

    private final Path log;
    private final List<String> command;
    private Optional<Process> process = Optional.empty();
    private int saidBefore;

    /** A process that is not started yet; what it says is in {@code log}. */
    ClusterMember(Path log, List<String> command) {
        this.log = log;
        this.command = command;
    }

    /** Starts it, and answers its address once it is there. */
    String start() throws IOException {
        launch();
        return await("the process to be there")
                .atMost(DEADLINE)
                .until(
                        () -> {
                            if (!isAlive()) {
                                throw new AssertionError("it ended by itself:\n" + log());
                            }
                            return address();
                        },
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Runs it to its end, which has to be a success; answers what it printed. */
    String run() throws IOException, InterruptedException {
        launch();
        assertThat(running().waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(running().exitValue()).as(log()).isZero();
        return log();
    }

    /** Runs it to its end, which must be none; answers what it said. */
    String runAndFail() throws IOException, InterruptedException {
        launch();
        assertThat(running().waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(running().exitValue()).as(log()).isNotZero();
        return log();
    }

    /** Starts it and returns at once; what an earlier start said stays in the file, and counts no more. */
    void launch() throws IOException {
        saidBefore = Files.exists(log) ? Files.readString(log).length() : 0;
        process = Optional.of(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }

    /** The same when it does not run. Whoever else kills it or starts it waits. */
    synchronized void launchUnlessAlive() throws IOException {
        if (!isAlive()) {
            launch();
        }
    }

    /** Whether it runs. */
    boolean isAlive() {
        return process.filter(Process::isAlive).isPresent();
    }

    /** Where it listens, once it does. */
    Optional<String> address() throws IOException {
        Matcher matcher = READY.matcher(log());
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** All that it has said since it was started. */
    String log() throws IOException {
        return Files.exists(log) ? Files.readString(log).substring(saidBefore) : "";
    }

    /** The lines of its log that warn. */
    List<String> complaints() {
        try {
            return log().lines()
                    .filter(line -> line.contains(" WARN ") || line.contains(" ERROR ") || line.contains("FAILED"))
                    .toList();
        } catch (IOException unreadable) {
            return List.of(unreadable.toString());
        }
    }

    private Process running() {
        return process.orElseThrow(() -> new IllegalStateException("it was not started"));
    }

    /** Asks it to end with SIGTERM, and waits until it did, in good order. */
    void stop() throws IOException, InterruptedException {
        running().destroy();
        assertThat(running().waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(running().exitValue()).as(log()).isZero();
    }

    /** Kills it, as the machine's end would, and waits until it is gone. */
    @Override
    public synchronized void close() {
        process.ifPresent(present -> {
            present.destroyForcibly();
            present.onExit().join();
        });
    }
}
