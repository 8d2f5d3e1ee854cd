package io.kilonova.ovn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

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
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "kovn");
        folder.toFile().deleteOnExit();
        return folder;
    }
}
