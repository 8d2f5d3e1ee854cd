package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One process of a cluster: a controller, a node, or a command that ends by itself. It can be killed and started again. */
final class ClusterMember implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Pattern READY =
            Pattern.compile("(?:serves|takes commands) at (?:http://)?(127\\.0\\.0\\.1:\\d+)");

    private final Path log;
    private final List<String> arguments;
    private Optional<Process> process = Optional.empty();

    /** A process that is not started yet; what it says is in {@code log}. */
    ClusterMember(Path log, String... arguments) {
        this.log = log;
        this.arguments = List.of(arguments);
    }

    /** Starts it, and answers its address once it is there. */
    String start() throws IOException {
        Files.deleteIfExists(log);
        launch();
        return await("the process to be there")
                .atMost(DEADLINE)
                .until(
                        () -> {
                            if (!running().isAlive()) {
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

    private void launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.kilonova.launcher.Main"));
        command.addAll(arguments);
        process = Optional.of(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }

    private Optional<String> address() throws IOException {
        Matcher matcher = READY.matcher(log());
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** All that it has said. */
    String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    private Process running() {
        return process.orElseThrow(() -> new IllegalStateException("it was not started"));
    }

    /** Kills it, as the machine's end would, and waits until it is gone. */
    @Override
    public void close() {
        process.ifPresent(present -> {
            present.destroyForcibly();
            present.onExit().join();
        });
    }
}
