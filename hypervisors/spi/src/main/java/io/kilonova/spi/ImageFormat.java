package io.kilonova.spi;

/** The format of a disk, recorded when the disk or image was made and never probed. */
public enum ImageFormat {
    RAW,
    QCOW2,
    ISO,
    VMDK,
    AKI,
    ARI,
    AMI;

    /** The name in the Image API and for qemu, for example {@code qcow2}. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
