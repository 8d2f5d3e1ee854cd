package io.kilonova.libvirt;

import io.kilonova.spi.HypervisorError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Runs one command of the host: a list of arguments, never a shell's line; with a deadline; its output bounded. */
final class HostCommand {
    private static final int OUTPUT_BYTES_MAXIMUM = 64 * 1024;

    private HostCommand() {}

    /**
     * How a command ended.
     *
     * @param status of its exit; 137 when it was killed at its deadline
     * @param output both of its streams, cut at 64 KiB
     */
    record Ended(int status, String output) {
        boolean succeeded() {
            return status == 0;
        }

        /** Whether the command ended for lack of room on a disk. */
        boolean outOfSpace() {
            return output.contains("No space left on device") || output.contains("Disk quota exceeded");
        }
    }

    /**
     * Runs a command to its end.
     *
     * @param debianPackage where the command comes from, for the error when it is absent
     * @throws io.kilonova.errors.ServiceException {@link LibvirtError#COMMAND_ABSENT}
     */
    static Ended run(String debianPackage, Duration deadline, List<String> command) {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C");
            builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
            process = builder.start();
        } catch (IOException absent) {
            throw LibvirtError.COMMAND_ABSENT.because(absent, command.getFirst(), debianPackage);
        }
        try (ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(process), reader);
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
            return new Ended(process.exitValue(), output.join());
        } catch (InterruptedException cancelled) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw HypervisorError.HYPERVISOR_REFUSED.with("here", command.getFirst() + " was cancelled");
        }
    }

    private static String read(Process process) {
        try (InputStream stream = process.getInputStream()) {
            ByteArrayOutputStream kept = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            int count = stream.read(buffer);
            while (count >= 0) {
                kept.write(buffer, 0, Math.min(count, OUTPUT_BYTES_MAXIMUM - kept.size()));
                count = stream.read(buffer);
            }
            return kept.toString(StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
