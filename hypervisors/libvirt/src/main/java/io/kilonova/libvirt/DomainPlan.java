package io.kilonova.libvirt;

import io.kilonova.spi.GuestSpecification;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * All that a domain's definition is written from.
 *
 * @param guest what was asked for
 * @param shape what its properties make of it
 * @param virtualisation how its processor is made
 * @param disks in the guest's order
 * @param kernel started directly, when present
 * @param cacheMode of every disk that is written: {@code none}, or {@code writeback} where the file system has no O_DIRECT
 * @param consoleLog what the serial console writes is kept there
 */
record DomainPlan(
        GuestSpecification guest,
        GuestShape shape,
        VirtualisationType virtualisation,
        List<GuestDisk> disks,
        Optional<Kernel> kernel,
        String cacheMode,
        Path consoleLog) {

    /** A kernel on the host, its ramdisk and its command line. */
    record Kernel(Path file, Optional<Path> ramdisk, String commandLine) {}
}
