package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code kilonova up} as a process that can be killed and started again on the same state. Where it serves stands in its
 * {@code clouds.yaml}.
 */
final class CloudProcess implements AutoCloseable {
    private static final Duration START_DEADLINE = Duration.ofSeconds(60);
    private static final int SHOWN_LOG_CHARACTERS = 4_000;
    private static final Pattern ADDRESS = Pattern.compile("auth_url: \"(\\S+)/identity\"");

    private final Path state;
    private final Path log;
    private final Path configuration;
    private final Place place;
    private final String hypervisor;
    private Optional<Process> process = Optional.empty();

    /** A cloud in {@code folder} on this machine, without guests, not started yet. */
    CloudProcess(Path folder) {
        this(folder, Place.LOOPBACK, "fake");
    }

    /** A cloud in {@code folder} with guests of a kind, not started yet. */
    CloudProcess(Path folder, Place place, String hypervisor) {
        this.place = place;
        this.hypervisor = hypervisor;
        this.state = folder.resolve("state");
        this.log = folder.resolve("log");
        this.configuration = folder.resolve("kilonova.conf");
    }

    /** Writes the cloud's configuration, which is empty otherwise; holds from the next start on. */
    void configure(String text) throws IOException {
        Files.writeString(configuration, text);
    }

    /** Where the cloud keeps its state. */
    Path state() {
        return state;
    }

    /** The end of what the cloud has logged. */
    String log() throws IOException {
        String all = Files.readString(log);
        return all.substring(Math.max(0, all.length() - SHOWN_LOG_CHARACTERS));
    }

    /** Starts the process and returns at once. */
    void start() throws IOException {
        // A killed cloud leaves the file with the port that it had.
        Files.deleteIfExists(state.resolve("clouds.yaml"));
        process = Optional.of(
                launch("up", "--hypervisor=" + hypervisor, "--listen=%s:%d".formatted(place.address(), place.port())));
    }

    /** Runs another command on the same state and configuration to its end; answers its exit code. Its output is in the log. */
    int run(String... arguments) throws IOException, InterruptedException {
        Process command = launch(arguments);
        try {
            assertThat(command.waitFor(START_DEADLINE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            return command.exitValue();
        } finally {
            command.destroyForcibly();
        }
    }

    private Process launch(String... arguments) throws IOException {
        if (!Files.exists(configuration)) {
            configure("");
        }
        List<String> command = new ArrayList<>(place.entry());
        command.addAll(Program.ofThisBuild().with(List.of(arguments)));
        command.addAll(List.of("--state=" + state, "--config=" + configuration));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Waits until the cloud serves; answers its address. */
    URI awaitServing() {
        await("the cloud to serve")
                .atMost(START_DEADLINE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    if (!running().isAlive()) {
                        throw new AssertionError("the cloud ended by itself:\n" + log());
                    }
                    return address().isPresent();
                });
        return address().orElseThrow();
    }

    private Optional<URI> address() {
        try {
            Matcher matcher = ADDRESS.matcher(Files.readString(state.resolve("clouds.yaml")));
            return matcher.find() ? Optional.of(URI.create(matcher.group(1))) : Optional.empty();
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }

    /** The first administrator's password. */
    String password() throws IOException {
        return Files.readString(state.resolve("admin-password")).strip();
    }

    /** Kills the process with SIGKILL after {@code delay}; false when it had ended by itself before. */
    boolean killAfter(Duration delay) throws InterruptedException {
        boolean endedByItself = running().waitFor(delay.toNanos(), TimeUnit.NANOSECONDS);
        close();
        return !endedByItself;
    }

    /** Asks the process to end with SIGTERM, and waits until it did, in good order. */
    void stop() throws IOException, InterruptedException {
        running().destroy();
        assertThat(running().waitFor(START_DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(running().exitValue()).as(log()).isZero();
    }

    private Process running() {
        return process.orElseThrow(() -> new IllegalStateException("the cloud was not started"));
    }

    /** Kills the process, if there is one, and waits until it is gone. */
    @Override
    public void close() {
        process.ifPresent(present -> {
            present.destroyForcibly();
            present.onExit().join();
        });
    }
}
