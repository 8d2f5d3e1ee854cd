package io.kilonova.images;

import java.util.Locale;
import java.util.Optional;

/** The format of an image's bytes, recorded when the image is made and never guessed. */
public enum DiskFormat {
    /** A disk, sector by sector. */
    RAW,
    /** QEMU's format, of which a strict part is admitted. */
    QCOW2,
    /** A CD or DVD, ISO 9660. */
    ISO,
    /** VMware's format: one sparse or stream-optimized file. */
    VMDK,
    /** An Amazon kernel. */
    AKI,
    /** An Amazon ramdisk. */
    ARI,
    /** An Amazon machine image: a disk without a boot loader. */
    AMI;

    /** The name in the Image API, for example {@code qcow2}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value with this label; empty when there is none. */
    public static Optional<DiskFormat> of(String label) {
        for (DiskFormat value : values()) {
            if (value.label().equals(label)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
