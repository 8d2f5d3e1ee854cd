package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.HypervisorError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The file system that holds guests' disks. */
final class HostDisk {
    private HostDisk() {}

    /** The error for a failure to read or write it. */
    static ServiceException failure(String host, IOException failure, String what) {
        String reason = String.valueOf(failure.getMessage());
        if (reason.contains("No space left on device") || reason.contains("Disk quota exceeded")) {
            return HypervisorError.HOST_DISK_FULL.because(failure, host, "while " + what);
        }
        return HypervisorError.HYPERVISOR_REFUSED.because(failure, host, what + " failed on its disk");
    }

    /** {@code none}, past the host's page cache, where the file system can (O_DIRECT); else {@code writeback}. */
    static String cacheMode(Path folder) {
        try {
            Path file = Files.createTempFile(folder, ".direct", ".probe");
            try {
                HostCommand.Ended written = HostCommand.run(
                        "coreutils",
                        Duration.ofSeconds(30),
                        List.of("dd", "if=/dev/zero", "of=" + file, "bs=4096", "count=1", "oflag=direct"));
                return written.succeeded() ? "none" : "writeback";
            } finally {
                Files.delete(file);
            }
        } catch (IOException full) {
            return "writeback";
        }
    }
}
