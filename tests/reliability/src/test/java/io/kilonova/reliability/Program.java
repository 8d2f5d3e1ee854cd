package io.kilonova.reliability;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Kilonova that can be run.
 *
 * @param command what its arguments are put behind
 */
record Program(List<String> command) {
    /** The one that was built with these tests. */
    static Program ofThisBuild() {
        return ofClassPath(System.getProperty("java.class.path"));
    }

    /** The classes of a class path, started without delay rather than made fast. */
    static Program ofClassPath(String classPath) {
        return new Program(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                "io.kilonova.launcher.Main"));
    }

    /** The whole command line of a process. */
    List<String> with(List<String> arguments) {
        return Stream.concat(command.stream(), arguments.stream()).toList();
    }
}
