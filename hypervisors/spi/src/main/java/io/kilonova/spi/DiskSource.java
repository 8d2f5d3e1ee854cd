package io.kilonova.spi;

import java.io.InputStream;

/** Where a host reads the disks of a guest from that another host has: from that host itself, never through a third one. */
public interface DiskSource {
    /** The name of the host that has the disks. */
    String host();

    /** What {@link Hypervisor#exportDisks} gives there; each opening begins anew. The caller closes it. */
    InputStream open();

    /** The disks of a guest on a host that this process reaches. */
    static DiskSource of(Hypervisor source, String guestId) {
        return new DiskSource() {
            @Override
            public String host() {
                return source.host();
            }

            @Override
            public InputStream open() {
                return source.exportDisks(guestId);
            }
        };
    }
}
