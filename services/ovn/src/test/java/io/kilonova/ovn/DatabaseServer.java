package io.kilonova.ovn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A real OVSDB server with a northbound database, which tests may kill and bring back. */
final class DatabaseServer implements AutoCloseable {
    private final Path folder;
    private Process process;

    DatabaseServer(Path folder) throws IOException {
        this.folder = folder;
        new HostCommand(Optional.empty()).run("ovsdb-tool", "create", file("nb.db"), "/usr/share/ovn/ovn-nb.ovsschema");
        process = started();
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        try (OvsdbClient client = new OvsdbClient(endpoint())) {
            client.transact(
                    "OVN_Northbound",
                    new OvsdbOperation.Insert("NB_Global", Optional.empty(), Optional.empty(), Map.of()));
        }
    }

    OvsdbEndpoint endpoint() {
        return OvsdbEndpoint.parse("unix:" + file("nb.sock"));
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void bringBack() throws IOException {
        process = started();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        forget(folder);
    }

    /** Removes a folder with all that is in it. */
    static void forget(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Process started() throws IOException {
        return new ProcessBuilder(
                        HostCommand.program("ovsdb-server").toString(),
                        file("nb.db"),
                        "--remote=punix:" + file("nb.sock"),
                        "--unixctl=" + file("nb.ctl"),
                        "-vconsole:off",
                        "-vsyslog:off")
                .redirectErrorStream(true)
                .redirectOutput(Path.of(file("nb.out")).toFile())
                .start();
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    /** A folder whose sockets have short names. */
    static Path shortFolder() throws IOException {
        return Files.createTempDirectory(Path.of("/tmp"), "kovn");
    }
}
