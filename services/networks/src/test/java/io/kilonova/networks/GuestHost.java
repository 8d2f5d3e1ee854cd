package io.kilonova.networks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** A host in a network namespace of its own, with guests that are namespaces with a card. Leaves nothing. */
final class GuestHost implements AutoCloseable {
    private static final String DHCP_SCRIPT = """
            #!/bin/sh
            [ "$1" = bound ] || exit 0
            ip address replace $ip/$mask dev $interface
            ip link set $interface mtu $mtu
            told="told ip=$ip mask=$mask router=$router mtu=$mtu"
            set -- $staticroutes
            while [ $# -gt 1 ]; do ip route replace $1 via $2 dev $interface; shift 2; done
            echo "$told"
            """;

    private final String namespace = "konet-" + shortId();
    private final Path folder;
    private final Path script;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    GuestHost() throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        folder = Files.createTempDirectory(Path.of("/tmp"), "konet");
        undo.push(this::forget);
        script = folder.resolve("dhcp.sh");
        Files.writeString(script, DHCP_SCRIPT);
        if (!script.toFile().setExecutable(true)) {
            throw new IOException("the script cannot be made executable");
        }
        execute(List.of("ip", "netns", "add", namespace));
        undo.push(() -> execute(List.of("ip", "netns", "delete", namespace)));
        inside(namespace, "ip", "link", "set", "lo", "up");
    }

    String namespace() {
        return namespace;
    }

    Path folder() {
        return folder;
    }

    void later(Runnable cleanup) {
        undo.push(cleanup);
    }

    /** Whether the host reaches an address. */
    boolean reaches(String address) {
        return ping(namespace, address);
    }

    Machine machine(String mac) {
        Machine machine = new Machine("kogst-" + shortId(), "tap" + shortId());
        execute(List.of("ip", "netns", "add", machine.name()));
        undo.push(() -> execute(List.of("ip", "netns", "delete", machine.name())));
        inside(
                namespace,
                "ip",
                "link",
                "add",
                machine.device(),
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                machine.name());
        inside(namespace, "ip", "link", "set", machine.device(), "up");
        machine.run("ip", "link", "set", "lo", "up");
        machine.run("ip", "link", "set", "eth0", "address", mac, "up");
        machine.run("ethtool", "-K", "eth0", "tx", "off");
        return machine;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            while (!undo.isEmpty()) {
                try {
                    undo.pop().run();
                } catch (RuntimeException failure) {
                    System.err.println("The host's cleaning failed: " + failure.getMessage());
                }
            }
        }
    }

    /** A guest: its namespace and the host's end of its card. */
    final class Machine {
        private final String name;
        private final String device;

        private Machine(String name, String device) {
            this.name = name;
            this.device = device;
        }

        String name() {
            return name;
        }

        String device() {
            return device;
        }

        String run(String... command) {
            return inside(name, command);
        }

        boolean reaches(String address) {
            return ping(name, address);
        }

        String askDhcp() {
            return output(List.of(
                    "nsenter",
                    "--net=/run/netns/" + name,
                    "busybox",
                    "udhcpc",
                    "-i",
                    "eth0",
                    "-n",
                    "-q",
                    "-f",
                    "-t",
                    "5",
                    "-T",
                    "1",
                    "-O",
                    "mtu",
                    "-O",
                    "staticroutes",
                    "-s",
                    script.toString()));
        }

        String fetch(String address, int port) {
            return output(List.of(
                    "nsenter",
                    "--net=/run/netns/" + name,
                    "timeout",
                    "10",
                    "busybox",
                    "nc",
                    "-w",
                    "5",
                    address,
                    Integer.toString(port)));
        }
    }

    private static boolean ping(String namespace, String address) {
        return code(List.of(
                        "nsenter",
                        "--net=/run/netns/" + namespace,
                        "ping",
                        "-c",
                        "2",
                        "-i",
                        "0.2",
                        "-W",
                        "1",
                        "-n",
                        address))
                == 0;
    }

    private static String inside(String namespace, String... command) {
        List<String> line = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
        line.addAll(List.of(command));
        return execute(line);
    }

    private static String execute(List<String> line) {
        Outcome outcome = outcome(line);
        if (outcome.code() != 0) {
            throw new IllegalStateException(String.join(" ", line) + ": " + outcome.output());
        }
        return outcome.output();
    }

    private static String output(List<String> line) {
        return outcome(line).output();
    }

    private static int code(List<String> line) {
        return outcome(line).code();
    }

    private record Outcome(int code, String output) {}

    private static Outcome outcome(List<String> line) {
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", line) + " did not end");
            }
            return new Outcome(process.exitValue(), output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    private void forget() {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String shortId() {
        return UUID.randomUUID().toString().substring(0, 8);
    }
}
