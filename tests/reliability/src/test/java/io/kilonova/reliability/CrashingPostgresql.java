package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.storage.PostgresqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** PostgreSQL on a machine of its own with a small disk, durable as it comes, which can be ended in every way. */
final class CrashingPostgresql implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int DISK_MEBIBYTES = 600;
    private static final int PORT = 5432;

    private final Place place;
    private final Path folder;
    private final SmallDisk disk;
    private Optional<Process> process = Optional.empty();

    /** A new server, which serves when this returns. */
    CrashingPostgresql(Place place) throws IOException {
        this.place = place;
        this.folder = Files.createTempDirectory(
                "kilonova-havoc", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        this.disk = SmallDisk.at(folder.resolve("disk"), DISK_MEBIBYTES);
        Shell.run("chown postgres " + disk.folder());
        Shell.run(
                asPostgres("initdb", "-D", data(), "-U", "kilonova", "--auth=trust", "--encoding=UTF8", "--locale=C"));
        Files.writeString(
                disk.folder().resolve("data/pg_hba.conf"),
                "host all all 10.0.0.0/8 trust\n",
                StandardOpenOption.APPEND);
        resume();
    }

    private String data() {
        return disk.folder().resolve("data").toString();
    }

    /** The process is PostgreSQL itself: neither of the commands before it stays. */
    private List<String> asPostgres(String program, String... arguments) throws IOException {
        return Stream.of(
                        place.entry(),
                        List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"),
                        List.of(PostgresqlServer.binary(program)),
                        List.of(arguments))
                .flatMap(List::stream)
                .toList();
    }

    /** Starts it on what it has, as often as it takes: what a killed one left behind may need a moment to go. */
    void resume() {
        await("PostgreSQL to serve").atMost(START).until(() -> {
            if (!isAlive()) {
                List<String> command = new ArrayList<>(asPostgres("postgres", "-D", data(), "-h", place.address()));
                command.addAll(List.of("-k", "", "-c", "max_connections=200", "-c", "max_wal_size=128MB"));
                process = Optional.of(new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(
                                folder.resolve("log").toFile()))
                        .start());
            }
            return answers();
        });
    }

    boolean isAlive() {
        return process.filter(Process::isAlive).isPresent();
    }

    private boolean answers() {
        try (Connection connection = connect()) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:" + url() + "?connectTimeout=2", "kilonova", "");
    }

    /** Where it serves. */
    String url() {
        return "postgresql://%s:%d/postgres".formatted(place.address(), PORT);
    }

    /** Ends it as an administrator who is in a hurry: sessions end, what was committed is on disk. */
    void restart() {
        process.ifPresent(present -> {
            Shell.run("kill -INT " + present.pid());
            present.onExit().join();
        });
        resume();
    }

    /** Kills it with SIGKILL. */
    void kill() {
        process.ifPresent(present -> {
            present.destroyForcibly();
            present.onExit().join();
        });
    }

    /** The disk that it is on. */
    SmallDisk disk() {
        return disk;
    }

    /** The first column of a query's rows. */
    List<String> column(String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
        }
        return values;
    }

    @Override
    public void close() throws IOException {
        kill();
        disk.close();
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.sorted(java.util.Comparator.reverseOrder())
                            .allMatch(file -> file.toFile().delete()))
                    .isTrue();
        }
    }
}
