package io.kilonova.libvirt;

import io.kilonova.spi.ImageFormat;
import java.util.Locale;

/** A format of a file in qemu's words. */
public enum DiskFormat {
    RAW,
    QCOW2,
    VMDK;

    /** The name for qemu, for example {@code qcow2}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How qemu calls the format that the image service recorded. Kernels, ramdisks, ISO images and amis are plain bytes. */
    static DiskFormat of(ImageFormat recorded) {
        return switch (recorded) {
            case RAW, ISO, AKI, ARI, AMI -> RAW;
            case QCOW2 -> QCOW2;
            case VMDK -> VMDK;
        };
    }

    /** The format that an image is kept in on the host: what a guest runs from directly is kept as it came. */
    DiskFormat kept() {
        return switch (this) {
            case RAW -> RAW;
            case QCOW2, VMDK -> QCOW2;
        };
    }
}
