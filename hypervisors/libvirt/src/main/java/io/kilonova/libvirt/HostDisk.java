package io.kilonova.libvirt;

import com.sun.nio.file.ExtendedOpenOption;
import io.kilonova.errors.ServiceException;
import io.kilonova.spi.HypervisorError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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
            try (FileChannel unused = FileChannel.open(file, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)) {
                return "none";
            } catch (IOException | UnsupportedOperationException withoutDirect) {
                return "writeback";
            } finally {
                Files.delete(file);
            }
        } catch (IOException full) {
            return "writeback";
        }
    }
}
