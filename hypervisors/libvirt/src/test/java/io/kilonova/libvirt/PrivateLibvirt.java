package io.kilonova.libvirt;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A libvirtd of the test's own, in a folder of its own; what runs there ends with it. */
final class PrivateLibvirt implements AutoCloseable {
    private final Path folder;
    private final List<LibvirtDaemon> restarted = new ArrayList<>();
    private LibvirtDaemon daemon;

    PrivateLibvirt() throws IOException, URISyntaxException {
        for (String command : List.of(
                "/usr/sbin/libvirtd", "/usr/bin/qemu-system-x86_64", "/usr/bin/qemu-img", "/usr/bin/genisoimage")) {
            if (!Files.isExecutable(Path.of(command))) {
                throw new IllegalStateException(command + " is missing; this test needs: apt-get install"
                        + " --no-install-recommends libvirt-daemon-system libvirt-daemon-driver-qemu qemu-system-x86"
                        + " qemu-utils genisoimage (and root)");
            }
        }
        this.folder = Files.createTempDirectory(
                Path.of("/tmp"),
                "kilonova-libvirt",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        this.daemon = start();
    }

    private LibvirtDaemon start() throws IOException, URISyntaxException {
        Path script =
                Path.of(PrivateLibvirt.class.getResource("/private-libvirt").toURI());
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return LibvirtDaemon.ensure(new LibvirtDaemonOptions(
                folder.resolve("libvirt/run"),
                folder.resolve("logs"),
                Duration.ofSeconds(60),
                List.of(script.toString(), folder.resolve("libvirt").toString())));
    }

    LibvirtDaemon daemon() {
        return daemon;
    }

    Path state() {
        return folder.resolve("state");
    }

    LibvirtOptions options() {
        return LibvirtOptions.local("node-1", "127.0.0.1", state())
                .connection(daemon.connectionUri())
                .virtualisation(VirtualisationChoice.QEMU);
    }

    /** Where libvirtd keeps what it would keep in {@code /etc}, {@code /var/lib} and {@code /run}. */
    Path folder() {
        return folder.resolve("libvirt");
    }

    /** Has libvirtd do nothing more, and keep its sockets open. */
    void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Lets libvirtd go on after {@link #freeze}. */
    void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        String pid = String.valueOf(daemon.process().orElseThrow().pid());
        if (new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor() != 0) {
            throw new IllegalStateException("libvirtd is not there");
        }
    }

    /** Ends libvirtd as a crash would. */
    void kill() throws InterruptedException {
        ProcessHandle process = daemon.process().orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Starts libvirtd again after {@link #kill}. */
    void startAgain() throws IOException, URISyntaxException {
        LibvirtDaemon first = daemon;
        daemon = start();
        restarted.add(first);
    }

    @Override
    public void close() throws IOException {
        Path status = folder.resolve("libvirt/run/qemu");
        if (Files.isDirectory(status)) {
            try (DirectoryStream<Path> processes = Files.newDirectoryStream(status, "*.pid")) {
                for (Path file : processes) {
                    long pid = Long.parseLong(Files.readString(file).strip());
                    ProcessHandle.of(pid).ifPresent(guest -> {
                        guest.destroyForcibly();
                        guest.onExit().join();
                    });
                }
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(status, "*.xml")) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        }
        daemon.close();
        restarted.forEach(LibvirtDaemon::close);
        InstanceFolders.delete(folder);
    }
}
