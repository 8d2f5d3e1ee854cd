package io.kilonova.libvirt;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A disk of a guest, as its definition names it. The format of the file and of what is behind it is always said, so that
 * neither libvirt nor QEMU ever looks into a file to guess it.
 *
 * @param file on the host
 * @param format of the file
 * @param backing what the file is an overlay of
 * @param kind disk or CD-ROM
 * @param bus that the guest sees it on
 * @param serial that the guest can read, at most 20 characters
 * @param bootOrder 1 is tried first; empty for never
 */
record GuestDisk(
        Path file,
        DiskFormat format,
        Optional<BaseImage> backing,
        Kind kind,
        DiskBus bus,
        String serial,
        Optional<Integer> bootOrder) {

    /** What the guest sees. */
    enum Kind {
        DISK,
        CDROM
    }
}
