package io.kilonova.ovn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder in which a host keeps its switch. A machine has one switch, to which its running guests are plugged: a host that never
 * had one takes over the one that runs there, which a cloud of this machine alone left to its guests, and remembers that by a link.
 */
public final class NetworkFolder {
    private static final String MARK = "--pidfile=";
    private static final String SWITCH = "/run/conf.pid";
    private static final Path OWN_NETWORK = Path.of("/proc/self/ns/net");

    private NetworkFolder() {}

    /** The folder of a host that would keep its switch in {@code own}; the link is made when this is the first time. */
    public static Path takenOver(Path own) {
        try {
            if (!Files.exists(own, LinkOption.NOFOLLOW_LINKS)) {
                Optional<Path> running = running();
                if (running.isPresent()) {
                    Files.createSymbolicLink(own, running.get());
                }
            }
            return of(own);
        } catch (IOException failure) {
            throw new UncheckedIOException("the folder of the host's networks cannot be made", failure);
        }
    }

    /** The folder of a host that keeps its switch in {@code own}, or took over another. */
    public static Path of(Path own) throws IOException {
        // Daemons are known by the very path that they were started with.
        return Files.isSymbolicLink(own) ? Files.readSymbolicLink(own) : own;
    }

    /** Where a switch of ours runs in this network namespace. */
    private static Optional<Path> running() {
        return ProcessHandle.allProcesses()
                .map(process -> Path.of("/proc", Long.toString(process.pid())))
                .flatMap(NetworkFolder::folder)
                .findFirst();
    }

    private static Stream<Path> folder(Path process) {
        try {
            if (!Files.readSymbolicLink(process.resolve("ns/net")).equals(Files.readSymbolicLink(OWN_NETWORK))) {
                return Stream.empty();
            }
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    .transform(line -> Stream.of(line.split("\0")))
                    .filter(argument -> argument.startsWith(MARK) && argument.endsWith(SWITCH))
                    .map(argument -> Path.of(argument.substring(MARK.length(), argument.length() - SWITCH.length())))
                    .filter(Files::isDirectory);
        } catch (IOException ended) {
            return Stream.empty();
        }
    }
}
