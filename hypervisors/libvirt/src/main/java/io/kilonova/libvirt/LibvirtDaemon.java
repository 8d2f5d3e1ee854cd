package io.kilonova.libvirt;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a host without an init system that does has libvirtd and virtlogd. What runs already is used and never
 * stopped; what was started here is stopped by {@link #close}. Guests run on in either case, and so does virtlogd while
 * there are any: it holds the other end of their consoles. {@code /dev/kvm} is opened to its group, as udev does.
 */
public final class LibvirtDaemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtDaemon.class);
    private static final String PACKAGES = "libvirt-daemon-system libvirt-daemon-driver-qemu qemu-system-x86";
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(15);

    private final LibvirtDaemonOptions options;
    private final Optional<Process> logDaemon;
    private final Optional<Process> daemon;

    private LibvirtDaemon(LibvirtDaemonOptions options, Optional<Process> logDaemon, Optional<Process> daemon) {
        this.options = options;
        this.logDaemon = logDaemon;
        this.daemon = daemon;
    }

    /**
     * Finds the daemons, or starts those that are not there and waits until they answer.
     *
     * @throws io.kilonova.errors.ServiceException {@link LibvirtError#COMMAND_ABSENT} or {@link
     *     LibvirtError#DAEMON_NOT_STARTED}
     */
    public static LibvirtDaemon ensure(LibvirtDaemonOptions options) {
        KvmDevice.openToGroup();
        if (answers(socket(options))) {
            return new LibvirtDaemon(options, Optional.empty(), Optional.empty());
        }
        Optional<Process> logDaemon = Optional.empty();
        if (!answers(options.runFolder().resolve("virtlogd-sock"))) {
            logDaemon =
                    Optional.of(start(options, "virtlogd", options.runFolder().resolve("virtlogd-sock")));
        }
        return new LibvirtDaemon(options, logDaemon, Optional.of(start(options, "libvirtd", socket(options))));
    }

    /** Whether a libvirtd was started here, as opposed to found. */
    public boolean started() {
        return daemon.isPresent();
    }

    /** The process of the libvirtd that was started here. */
    public Optional<ProcessHandle> process() {
        return daemon.map(Process::toHandle);
    }

    /** The URI that QEMU guests are reached by. */
    public String connectionUri() {
        return options.runFolder().equals(Path.of("/run/libvirt"))
                ? "qemu:///system"
                : "qemu:///system?socket=" + socket(options);
    }

    @Override
    public void close() {
        daemon.ifPresent(process -> stop("libvirtd", process));
        if (logDaemon.isPresent() && !guestsRun()) {
            stop("virtlogd", logDaemon.get());
        }
    }

    private static Path socket(LibvirtDaemonOptions options) {
        return options.runFolder().resolve("libvirt-sock");
    }

    private static Process start(LibvirtDaemonOptions options, String name, Path socket) {
        List<String> command = new ArrayList<>(options.commandPrefix());
        // A session of its own: the interrupt key that ends this program is not meant for it.
        command.addAll(List.of("setsid", binary(name).toString()));
        Path log = options.logFolder().resolve(name + ".log");
        try {
            Files.createDirectories(options.logFolder());
            Files.createDirectories(options.runFolder());
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .start();
            await(options, name, socket, process, log);
            LOG.info("{} was started, pid {}", name, process.pid());
            return process;
        } catch (IOException absent) {
            throw LibvirtError.COMMAND_ABSENT.because(absent, command.getFirst(), PACKAGES);
        }
    }

    /** Daemons are where an ordinary PATH does not look. */
    private static Path binary(String name) {
        List<String> folders = new ArrayList<>(List.of("/usr/sbin", "/usr/local/sbin", "/sbin"));
        folders.addAll(List.of(System.getenv().getOrDefault("PATH", "").split(":")));
        return folders.stream()
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> LibvirtError.COMMAND_ABSENT.with(name, PACKAGES));
    }

    private static void await(LibvirtDaemonOptions options, String name, Path socket, Process process, Path log) {
        long start = System.nanoTime();
        try {
            while (!answers(socket)) {
                if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                    throw LibvirtError.DAEMON_NOT_STARTED.with(
                            name, "it ended with %d; see %s".formatted(process.exitValue(), log));
                }
                if (System.nanoTime() - start > options.startDeadline().toNanos()) {
                    process.destroy();
                    throw LibvirtError.DAEMON_NOT_STARTED.with(name, "it does not answer; see " + log);
                }
            }
        } catch (InterruptedException cancelled) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw LibvirtError.DAEMON_NOT_STARTED.with(name, "the start was cancelled");
        }
    }

    private static boolean answers(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException nobody) {
            return false;
        }
    }

    /** libvirtd keeps a status file for each guest that runs. */
    private boolean guestsRun() {
        Path status = options.runFolder().resolve("qemu");
        if (!Files.isDirectory(status)) {
            return false;
        }
        try (DirectoryStream<Path> guests = Files.newDirectoryStream(status, "*.xml")) {
            return guests.iterator().hasNext();
        } catch (IOException unreadable) {
            LOG.warn("{} cannot be read: {}", status, unreadable.toString());
            return true;
        }
    }

    private static void stop(String name, Process process) {
        process.destroy();
        try {
            if (!process.waitFor(STOP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{} does not end by itself and is killed", name);
                process.destroyForcibly();
            }
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
        }
    }
}
