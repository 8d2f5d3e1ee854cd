package io.kilonova.ovn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs of the host: always an argument list, never a shell's line; with a deadline, and with an output of at most
 * 64 KiB that is kept.
 */
final class HostCommand {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int OUTPUT_BYTES = 64 * 1024;

    private final Optional<String> namespace;

    /**
     * Commands of the host.
     *
     * @param namespace the network namespace that they run in, or this process's own
     */
    HostCommand(Optional<String> namespace) {
        namespace.ifPresent(name -> Notation.identifier("The network namespace", name));
        this.namespace = namespace;
    }

    /** How a command ended. */
    record Outcome(int code, String output) {}

    /**
     * Runs a command that has to succeed, and answers its output.
     *
     * @throws io.kilonova.errors.ServiceException {@link OvnError#HOST_COMMAND_FAILED} or {@link OvnError#PROGRAM_MISSING}
     */
    String run(String... command) {
        Outcome outcome = attempt(command);
        if (outcome.code() != 0) {
            throw OvnError.HOST_COMMAND_FAILED.with(
                    String.join(" ", command),
                    JsonRpcConnection.cut(outcome.output().strip()));
        }
        return outcome.output();
    }

    /** Runs a command that may fail. */
    Outcome attempt(String... command) {
        List<String> line = new ArrayList<>();
        namespace.ifPresent(name -> {
            line.add("nsenter");
            line.add("--net=" + NamespaceSockets.path(name));
        });
        program(command[0]);
        line.addAll(List.of(command));
        try {
            Path output = Files.createTempFile("kilonova-command", ".out");
            try {
                Process process = new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    throw OvnError.HOST_COMMAND_FAILED.with(String.join(" ", command), "it did not end in time");
                }
                try (InputStream text = Files.newInputStream(output)) {
                    return new Outcome(
                            process.exitValue(), new String(text.readNBytes(OUTPUT_BYTES), StandardCharsets.UTF_8));
                }
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException failure) {
            throw OvnError.HOST_COMMAND_FAILED.because(failure, String.join(" ", command), "it could not be started");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw OvnError.HOST_COMMAND_FAILED.because(stopped, String.join(" ", command), "it was interrupted");
        }
    }

    /**
     * Where a program is: on the search path, or where Debian keeps those for root.
     *
     * @throws io.kilonova.errors.ServiceException {@link OvnError#PROGRAM_MISSING}
     */
    static Path program(String name) {
        List<String> folders = new ArrayList<>(
                List.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":")));
        folders.addAll(List.of("/usr/sbin", "/sbin", "/usr/bin", "/usr/local/sbin"));
        for (String folder : folders) {
            Path candidate = Path.of(folder, name);
            if (!folder.isEmpty() && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        throw OvnError.PROGRAM_MISSING.with(name);
    }
}
