package io.kilonova.libvirt;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What this room says beside {@link io.kilonova.spi.HypervisorError}: faults of the host's own installation. */
public enum LibvirtError implements ErrorCode {
    LIBVIRT_ABSENT("libvirt.so.0 could not be loaded. Install libvirt and QEMU on this host:"
            + " apt-get install libvirt-daemon-system libvirt-daemon-driver-qemu qemu-system-x86 qemu-utils"),
    LIBVIRT_TOO_OLD("The libvirt of this host is older than 9.0: %s"),
    COMMAND_ABSENT("The command %s is not on this host; install it with: apt-get install %s"),
    DAEMON_NOT_STARTED("The daemon %s could not be started: %s");

    private final Meaning meaning;

    LibvirtError(String sentence) {
        this.meaning = new Meaning(Owner.DEPENDENCY, 503, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
