package io.kilonova.ovn;

import io.kilonova.errors.ServiceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** One daemon: known by its file with the process id, alive when that process was started for that very file. */
final class OvnDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(OvnDaemon.class);
    private static final String CONTROLLER = "ovn-controller";
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final OvnDaemons.Settings settings;
    private final String name;
    private final String program;
    private final List<String> arguments;
    private final boolean database;
    private final Path run;

    /**
     * A daemon.
     *
     * @param database whether it is an OVSDB server: one answers at the socket of its name, others at their control socket
     */
    OvnDaemon(OvnDaemons.Settings settings, String name, String program, List<String> arguments, boolean database) {
        this.settings = settings;
        this.name = name;
        this.program = program;
        this.arguments = List.copyOf(arguments);
        this.database = database;
        this.run = settings.stateFolder().resolve("run");
    }

    String name() {
        return name;
    }

    boolean isRunning() {
        return process().isPresent();
    }

    Optional<ProcessHandle> process() {
        try {
            String text = Files.readString(pidFile()).strip();
            if (!text.matches("[0-9]{1,10}")) {
                return Optional.empty();
            }
            // A process id may have been given to another program meanwhile; its command line tells.
            String line = Files.readString(Path.of("/proc", text, "cmdline"), StandardCharsets.ISO_8859_1);
            return List.of(line.split("\0")).contains("--pidfile=" + pidFile())
                    ? ProcessHandle.of(Long.parseLong(text)).filter(ProcessHandle::isAlive)
                    : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    void start() throws IOException {
        List<String> line = new ArrayList<>();
        settings.inNamespace().ifPresent(namespace -> {
            line.add("nsenter");
            line.add("--net=" + NamespaceSockets.path(namespace));
        });
        line.add(HostCommand.program(program).toString());
        line.addAll(arguments);
        line.addAll(List.of(
                "--pidfile=" + pidFile(),
                "--log-file=" + log(),
                "-vconsole:off",
                "-vsyslog:off",
                "--detach",
                // A daemon that crashes is started again by a process of its own, also while this program is down.
                "--monitor"));
        if (!program.equals(CONTROLLER)) {
            line.add("--unixctl=" + control());
        }
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        for (String variable : List.of("OVS_RUNDIR", "OVN_RUNDIR")) {
            builder.environment().put(variable, run.toString());
        }
        for (String variable : List.of("OVS_DBDIR", "OVN_DBDIR", "OVS_LOGDIR", "OVN_LOGDIR", "OVS_SYSCONFDIR")) {
            builder.environment().put(variable, settings.stateFolder().toString());
        }
        try {
            Process process = builder.start();
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw OvnError.DAEMON_FAILED.with(program, "it did not detach in time, see " + log());
            }
            if (process.exitValue() != 0) {
                throw OvnError.DAEMON_FAILED.with(program, "it ended with " + process.exitValue() + ", see " + log());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw OvnError.DAEMON_FAILED.because(stopped, program, "its start was interrupted");
        }
    }

    void awaitAnswer(Duration timeout) {
        long start = System.nanoTime();
        while (true) {
            Optional<String> silence = silence();
            if (silence.isEmpty()) {
                return;
            }
            if (System.nanoTime() - start > timeout.toNanos()) {
                throw OvnError.DAEMON_FAILED.with(program, silence.get());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    void stop() {
        process().ifPresent(process -> {
            boolean asked = process.destroy();
            try {
                process.onExit().get(STOP.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException late) {
                LOG.warn("{} did not end when asked ({}) and is killed", name, asked);
                process.destroyForcibly();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Why it does not answer; nothing when it does. */
    private Optional<String> silence() {
        OvsdbEndpoint endpoint = new OvsdbEndpoint.Unix(database ? run.resolve(name + ".sock") : control());
        try (JsonRpcConnection connection = JsonRpcConnection.open(endpoint, 1 << 20, (_, _) -> {}, () -> {})) {
            JsonNode answer = connection.call(
                    database ? "echo" : "version",
                    JsonNodeFactory.instance.arrayNode(),
                    Duration.ofSeconds(2),
                    _ -> {});
            LOG.trace("{} answers {}", name, answer);
            return Optional.empty();
        } catch (IOException | ServiceException failure) {
            return Optional.of("it does not answer at " + endpoint.notation() + ", see " + log());
        }
    }

    private Path pidFile() {
        return run.resolve(name + ".pid");
    }

    private Path control() {
        // OVN 23.03's controller cannot be told where; its socket has its process id in the name.
        return program.equals(CONTROLLER)
                ? run.resolve(
                        CONTROLLER + "." + process().map(ProcessHandle::pid).orElse(0L) + ".ctl")
                : run.resolve(name + ".ctl");
    }

    private Path log() {
        return settings.stateFolder().resolve("log").resolve(name + ".log");
    }
}
