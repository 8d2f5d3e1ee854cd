package io.kilonova.libvirt;

import io.kilonova.spi.HypervisorError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Writes a config drive: an ISO 9660 image with the volume id {@code config-2}, as cloud-init looks for it. */
final class ConfigDriveImage {
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final long BYTES_MAXIMUM = 64L << 20;

    private ConfigDriveImage() {}

    /**
     * Writes the image.
     *
     * @param target the new file, readable by its owner alone: it may hold a password
     * @param files by their path on the drive; a path that leaves the drive is refused
     */
    static void write(String host, String guestId, Path target, Map<String, byte[]> files) throws IOException {
        long total = files.values().stream().mapToLong(bytes -> bytes.length).sum();
        if (total > BYTES_MAXIMUM) {
            throw HypervisorError.SPECIFICATION_INVALID.with(guestId, "its config drive is larger than 64 MiB");
        }
        Path folder = Files.createTempDirectory(
                target.toAbsolutePath().getParent(),
                "drive",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = folder.resolve(file.getKey()).normalize();
                if (!path.startsWith(folder) || path.equals(folder)) {
                    throw HypervisorError.SPECIFICATION_INVALID.with(guestId, "a file of its config drive leaves it");
                }
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
            Files.createFile(
                    target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            HostCommand.Ended ended = HostCommand.run(
                    "genisoimage",
                    DEADLINE,
                    List.of(
                            "genisoimage",
                            "-o",
                            target.toString(),
                            "-ldots",
                            "-allow-lowercase",
                            "-allow-multidot",
                            "-l",
                            "-publisher",
                            "Kilonova",
                            "-quiet",
                            "-J",
                            "-r",
                            "-V",
                            "config-2",
                            folder.toString()));
            if (ended.outOfSpace()) {
                throw HypervisorError.HOST_DISK_FULL.with(host, "there was no room for a config drive");
            }
            if (!ended.succeeded()) {
                throw HypervisorError.HYPERVISOR_REFUSED.with(
                        host, "genisoimage ended with %d".formatted(ended.status()));
            }
        } finally {
            InstanceFolders.delete(folder);
        }
    }
}
