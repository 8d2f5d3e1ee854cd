package io.kilonova.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A cluster's state and database, and the commands that make what belongs to it. */
final class ClusterUnderLoad {
    private final String script;
    private final Path folder;
    private final Path state;
    private final List<String> place;

    /** A new cluster in {@code folder}, with a database and an authority of its own. */
    ClusterUnderLoad(Path script, Path folder, Postgresql postgresql, String name) throws Exception {
        this.script = script.toString();
        this.folder = folder;
        this.state = Files.createDirectories(folder.resolve("state"));
        this.place = List.of("--state=" + state, "--config=" + postgresql.database(name, folder));
        String unused = run(place, "ca", "init");
    }

    /** Starts a controller that nodes reach at the port {@code gate}. */
    CloudUnderLoad controller(int gate) throws Exception {
        int port = CloudUnderLoad.freePort();
        List<String> command = new ArrayList<>(
                List.of(script, "controller", "--listen=127.0.0.1:" + port, "--cluster-listen=127.0.0.1:" + gate));
        command.addAll(place);
        return CloudUnderLoad.start(command, port, folder.resolve("controllers.log"));
    }

    /** A token with which one node may enrol. */
    String token() throws Exception {
        return run(place, "ca", "token")
                .lines()
                .filter(line -> line.startsWith("kilonova."))
                .findFirst()
                .orElseThrow();
    }

    /** Enrols a node of the hypervisor of lies, and starts it. */
    Process node(int number, int gate) throws Exception {
        String own = "--state=" + folder.resolve("node-" + number);
        Path token = Files.writeString(folder.resolve("token"), token());
        String unused = run(
                List.of(own),
                "node",
                "enroll",
                "--controller=127.0.0.1:" + gate,
                "--token-file=" + token,
                "--name=node-" + number);
        return new ProcessBuilder(script, "node", "--hypervisor=fake", "--cluster-listen=127.0.0.1:0", own)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("node-" + number + ".log").toFile())
                .start();
    }

    /** The administrator's. */
    String password() throws IOException {
        return Files.readString(state.resolve("admin-password")).strip();
    }

    private String run(List<String> where, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(script));
        command.addAll(List.of(arguments));
        command.addAll(where);
        Path output = folder.resolve("output");
        int code = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        String said = Files.readString(output);
        if (code != 0) {
            throw new IOException(command + ": " + said);
        }
        return said;
    }
}
