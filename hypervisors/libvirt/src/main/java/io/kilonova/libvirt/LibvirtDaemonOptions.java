package io.kilonova.libvirt;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where a libvirt daemon is looked for, and how one is started.
 *
 * @param runFolder where the daemons' sockets are, for example {@code /run/libvirt}
 * @param logFolder what the daemons print is kept there
 * @param startDeadline how long a daemon may take until its socket answers
 * @param commandPrefix what a daemon's command is run through; empty for nothing
 */
public record LibvirtDaemonOptions(Path runFolder, Path logFolder, Duration startDeadline, List<String> commandPrefix) {

    /** The host's own libvirt. */
    public static LibvirtDaemonOptions system(Path logFolder) {
        return new LibvirtDaemonOptions(Path.of("/run/libvirt"), logFolder, Duration.ofSeconds(60), List.of());
    }
}
