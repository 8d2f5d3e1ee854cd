package io.kilonova.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code kilonova up --hypervisor fake} as a process, and what the operating system says of it. */
final class CloudUnderLoad implements AutoCloseable {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** A tick of the processor accounting in {@code /proc}; 100 a second on every Linux that Java runs on. */
    private static final double MICROS_PER_TICK = 10_000;

    private final Process process;
    private final int port;
    private final double startMillis;

    private CloudUnderLoad(Process process, int port, double startMillis) {
        this.process = process;
        this.port = port;
        this.startMillis = startMillis;
    }

    /** Starts a cloud on {@code state} and waits for its first answer; a cloud that does not come up is an IOException. */
    static CloudUnderLoad start(Path script, Path state, String... more) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(
                script.toString(), "up", "--hypervisor=fake", "--listen=127.0.0.1:" + port, "--state=" + state));
        command.addAll(List.of(more));
        return start(command, port, state.resolveSibling("log"));
    }

    /** Starts any process that serves the API at {@code port}, and waits for its first answer. */
    static CloudUnderLoad start(List<String> command, int port, Path log) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        while (System.nanoTime() - begin < START_NANOS && process.isAlive()) {
            try (Connection connection = new Connection(port)) {
                if (connection.exchange(Connection.get("/compute/", "")).status() < 400) {
                    return new CloudUnderLoad(process, port, (System.nanoTime() - begin) / 1e6);
                }
            } catch (IOException notYet) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
        process.destroyForcibly();
        throw new IOException("the cloud did not start; see " + log + ":\n" + Files.readString(log));
    }

    /** A port of the loopback that nobody uses. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Where it serves. */
    int port() {
        return port;
    }

    /** From the command to the first answer, in milliseconds. */
    double startMillis() {
        return startMillis;
    }

    /** Resident memory, in MiB. */
    double residentMebibytes() throws IOException {
        return Files.readAllLines(process("status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                / 1024.0;
    }

    /** Processor time of the process so far, in microseconds, to 10 ms. */
    double processorMicros() throws IOException {
        return processorMicros(process.pid());
    }

    /** The same of any process. */
    static double processorMicros(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
    }

    /** The process's number. */
    long pid() {
        return process.pid();
    }

    private Path process(String file) {
        return Path.of("/proc", String.valueOf(process.pid()), file);
    }

    /** Stops the cloud in good order, and removes nothing. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    /** Removes a folder with all that is in it. */
    static void remove(Path folder) throws IOException {
        File[] files = folder.toFile().listFiles();
        if (files != null) {
            for (File file : Arrays.asList(files)) {
                remove(file.toPath());
            }
        }
        Files.deleteIfExists(folder);
    }
}
