package io.kilonova.libvirt;

import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.Progress;
import java.io.InputStream;

/** Sends the disks of guests that are off, and makes guests of disks that other hosts send. */
final class ColdMoves {
    private final String host;
    private final GuestAccess access;
    private final GuestDisks disks;
    private final GuestStarter starter;

    ColdMoves(String host, GuestAccess access, GuestDisks disks, GuestStarter starter) {
        this.host = host;
        this.access = access;
        this.disks = disks;
        this.starter = starter;
    }

    InputStream exportDisks(String guestId) {
        disks.require(guestId);
        refuseRunning(guestId);
        return disks.read(guestId);
    }

    void importDisks(GuestSpecification guest, DiskSource source, Progress progress) {
        GuestShape _ = starter.shapeOf(guest);
        if (source.host().equals(host)) {
            throw HypervisorError.HYPERVISOR_REFUSED.with(host, "the guest's disks are here already");
        }
        try (GuestDisks.Hold _ = disks.holdImages()) {
            disks.fetchImages(guest, progress);
            access.exclusively(guest.id(), () -> {
                refuseRunning(guest.id());
                disks.rebuild(guest, source, progress);
            });
        }
    }

    /** What runs writes to its disks, and what sleeps would not find them as it left them. */
    private void refuseRunning(String guestId) {
        boolean busy = access.call(
                "looking for a guest",
                guestId,
                connection -> connection
                        .on(guestId, domain -> domain.state().active() || domain.saved())
                        .orElse(false));
        if (busy) {
            throw HypervisorError.HYPERVISOR_REFUSED.with(host, "the guest is not off");
        }
    }
}
