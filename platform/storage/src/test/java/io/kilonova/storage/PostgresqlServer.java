package io.kilonova.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A PostgreSQL server of the tests' own: Debian's binaries on a free port of the loopback, with its data in a temporary
 * folder. It refuses to run as root, so root's tests run it as {@code postgres}.
 */
public final class PostgresqlServer implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Path folder;
    private final int port;
    private Process process;

    private PostgresqlServer(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** The server that all tests of this process share; it ends with the process. */
    public static PostgresqlServer shared() {
        return Shared.SERVER;
    }

    private static final class Shared {
        static final PostgresqlServer SERVER = startedForAll();

        private static PostgresqlServer startedForAll() {
            PostgresqlServer server = start();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return server;
        }
    }

    /** Starts a server that the caller closes. */
    public static PostgresqlServer start() {
        try {
            Path folder = Files.createTempDirectory("kilonova-postgresql");
            if (isRoot()) {
                run(List.of("chown", "postgres", folder.toString()));
            }
            run(asServer(
                    binary("initdb"),
                    "-D",
                    folder.resolve("data").toString(),
                    "-U",
                    "kilonova",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync"));
            PostgresqlServer server = new PostgresqlServer(folder, freePort());
            server.resume();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the server's process again on the same data and port. */
    public void resume() {
        try {
            process = new ProcessBuilder(asServer(
                            binary("postgres"),
                            "-D",
                            folder.resolve("data").toString(),
                            "-p",
                            String.valueOf(port),
                            "-h",
                            "127.0.0.1",
                            "-k",
                            folder.toString(),
                            "-c",
                            "fsync=off",
                            "-c",
                            "max_connections=200",
                            "-c",
                            "shared_buffers=32MB"))
                    .redirectErrorStream(true)
                    .redirectOutput(
                            folder.resolveSibling(folder.getFileName() + ".log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::answers);
    }

    /** Ends the server's process at once, as a crash would. */
    public void kill() {
        try {
            run(List.of("kill", "-QUIT", String.valueOf(process.pid())));
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }

    /** A new, empty database. */
    public DatabaseOptions freshDatabase() {
        String name = "test_%d".formatted(DATABASES.incrementAndGet());
        execute("CREATE DATABASE " + name);
        return DatabaseOptions.postgresql(url(name), "kilonova", "unused");
    }

    /** Runs one statement in the server's first database. */
    public void execute(String statement) {
        try (Connection connection = DriverManager.getConnection(url("postgres"), "kilonova", "");
                java.sql.Statement sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the server ended by itself; see " + folder + ".log");
        }
        try (Connection connection = DriverManager.getConnection(url("postgres"), "kilonova", "")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
            Files.deleteIfExists(folder.resolveSibling(folder.getFileName() + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static List<String> asServer(String... command) {
        List<String> whole = new ArrayList<>();
        if (isRoot()) {
            // Unlike runuser this becomes the command, so that the process that we know is the server itself.
            whole.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"));
        }
        whole.addAll(List.of(command));
        return whole;
    }

    /** The path of a program of the newest PostgreSQL that Debian has installed. */
    public static String binary(String name) throws IOException {
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin").resolve(name))
                    .filter(Files::isExecutable)
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new IOException("no PostgreSQL: install Debian's package postgresql"))
                    .toString();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
