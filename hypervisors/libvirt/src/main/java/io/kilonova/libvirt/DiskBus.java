package io.kilonova.libvirt;

import java.util.Locale;

/** What a disk hangs on, in the words of the image properties {@code hw_disk_bus} and {@code hw_cdrom_bus}. */
enum DiskBus {
    VIRTIO("vd"),
    SCSI("sd"),
    SATA("sd"),
    USB("sd"),
    IDE("hd");

    private final String prefix;

    DiskBus(String prefix) {
        this.prefix = prefix;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The first letters of the device's name, for example {@code vd} of {@code vda}. */
    String prefix() {
        return prefix;
    }
}
