package io.kilonova.libvirt;

import java.util.Locale;

/** How a guest's processor is made. */
public enum VirtualisationType {
    /** By the host's processor. */
    KVM,
    /** By emulation (TCG): works everywhere, and is 5 to 30 times slower. */
    QEMU;

    /** libvirt's name: {@code kvm}, {@code qemu}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
