package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.HypervisorError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only way to {@code qemu-img}. Every method demands the format of each file that it touches, and hands it to the
 * command, which therefore never guesses. Each run is bounded in processor time and address space.
 */
final class DiskImageTool {
    private static final Logger LOG = LoggerFactory.getLogger(DiskImageTool.class);
    private static final long ADDRESS_SPACE_BYTES_MAXIMUM = 2L << 30;
    private static final int SHORT_PROCESSOR_SECONDS = 30;
    private static final int CONVERSION_PROCESSOR_SECONDS = 1800;
    private static final int CLOCK_TO_PROCESSOR = 4;

    private final String host;

    DiskImageTool(String host) {
        this.host = host;
    }

    /**
     * Makes a qcow2 overlay.
     *
     * @param overlay the new file
     * @param base what it lies over
     * @param baseFormat of that
     * @param sizeBytes of the disk that the guest sees
     */
    void createOverlay(Path overlay, Path base, DiskFormat baseFormat, long sizeBytes) {
        run(
                SHORT_PROCESSOR_SECONDS,
                "create",
                "-q",
                "-f",
                DiskFormat.QCOW2.label(),
                "-b",
                base.toString(),
                "-F",
                baseFormat.label(),
                overlay.toString(),
                String.valueOf(sizeBytes));
    }

    /** Names another file as what an overlay lies over; it must hold the same bytes. */
    void rebase(Path overlay, Path base, DiskFormat baseFormat) {
        run(
                SHORT_PROCESSOR_SECONDS,
                "rebase",
                "-q",
                "-u",
                "-f",
                DiskFormat.QCOW2.label(),
                "-b",
                base.toString(),
                "-F",
                baseFormat.label(),
                overlay.toString());
    }

    /** Makes an empty disk. */
    void createEmpty(Path disk, DiskFormat format, long sizeBytes) {
        run(SHORT_PROCESSOR_SECONDS, "create", "-q", "-f", format.label(), disk.toString(), String.valueOf(sizeBytes));
    }

    /** Gives a disk that is not in use another size; it never shrinks. */
    void grow(Path disk, DiskFormat format, long sizeBytes) {
        run(SHORT_PROCESSOR_SECONDS, "resize", "-q", "-f", format.label(), disk.toString(), String.valueOf(sizeBytes));
    }

    /** Copies a disk into another format. The source must have passed {@link ImageInspection}. */
    void convert(Path source, DiskFormat sourceFormat, Path target, DiskFormat targetFormat) {
        run(
                CONVERSION_PROCESSOR_SECONDS,
                "convert",
                "-q",
                "-t",
                "none",
                "-f",
                sourceFormat.label(),
                "-O",
                targetFormat.label(),
                source.toString(),
                target.toString());
    }

    private void run(int processorSeconds, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "prlimit",
                "--cpu=" + processorSeconds,
                "--as=" + ADDRESS_SPACE_BYTES_MAXIMUM,
                "--core=0",
                "--",
                "qemu-img"));
        command.addAll(List.of(arguments));
        Duration deadline = Duration.ofSeconds((long) processorSeconds * CLOCK_TO_PROCESSOR);
        HostCommand.Ended ended = HostCommand.run("qemu-utils util-linux", deadline, command);
        if (!ended.succeeded()) {
            LOG.warn(
                    "qemu-img {} ended with {}: {}",
                    arguments[0],
                    ended.status(),
                    ended.output().strip());
            throw failure(arguments[0], ended);
        }
    }

    private ServiceException failure(String verb, HostCommand.Ended ended) {
        if (ended.outOfSpace()) {
            return HypervisorError.HOST_DISK_FULL.with(host, "there was no room to " + verb + " a disk");
        }
        if (ended.output().contains("failed to execute qemu-img")) {
            return LibvirtError.COMMAND_ABSENT.with("qemu-img", "qemu-utils");
        }
        return HypervisorError.HYPERVISOR_REFUSED.with(
                host, "qemu-img could not %s a disk (it ended with %d)".formatted(verb, ended.status()));
    }
}
