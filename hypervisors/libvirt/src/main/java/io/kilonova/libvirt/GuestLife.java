package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.Progress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Makes guests and removes them: either whole, or nothing of it stays. */
final class GuestLife {
    private final String host;
    private final GuestAccess access;
    private final GuestDisks disks;
    private final GuestStarter starter;
    private final Map<String, AtomicBoolean> spawning = new ConcurrentHashMap<>();

    GuestLife(String host, GuestAccess access, GuestDisks disks, GuestStarter starter) {
        this.host = host;
        this.access = access;
        this.disks = disks;
        this.starter = starter;
    }

    /** Makes a guest and starts it; one that runs is left as it is. */
    void spawn(GuestSpecification guest, Progress progress) {
        GuestShape shape = starter.shapeOf(guest);
        AtomicBoolean cancelled = spawning.computeIfAbsent(guest.id(), id -> new AtomicBoolean());
        try (GuestDisks.Hold _ = disks.holdImages()) {
            if (!access.active(guest.id())) {
                if (!disks.exist(guest.id())) {
                    disks.fetchImages(guest, progress);
                }
                progress.report("Making disks", 95);
                access.exclusively(guest.id(), () -> build(guest, shape, cancelled));
            }
            progress.report("Started", 100);
        } finally {
            spawning.remove(guest.id(), cancelled);
        }
    }

    private void build(GuestSpecification guest, GuestShape shape, AtomicBoolean cancelled) {
        if (cancelled.get()) {
            throw HypervisorError.HYPERVISOR_REFUSED.with(host, "the guest was destroyed while it was made");
        }
        boolean madeHere = !disks.exist(guest.id());
        try {
            disks.build(guest);
            access.call("starting a guest", guest.id(), connection -> starter.start(connection, guest, shape));
        } catch (ServiceException failure) {
            // What another attempt had made is left as it was found, and so is everything when libvirt is away.
            if (madeHere && failure.code() != HypervisorError.HYPERVISOR_UNREACHABLE) {
                discard(guest.id(), failure);
            }
            throw failure;
        }
    }

    private void discard(String guestId, ServiceException failure) {
        try {
            remove(guestId);
        } catch (ServiceException second) {
            failure.addSuppressed(second);
        }
    }

    /** Ends a guest and removes all that it had. A guest that is being made is not made. */
    void destroy(String guestId) {
        AtomicBoolean cancelled = spawning.get(guestId);
        if (cancelled != null) {
            cancelled.set(true);
        }
        access.exclusively(guestId, () -> remove(guestId));
    }

    private void remove(String guestId) {
        access.ifPresent("destroying a guest", guestId, starter::end);
        disks.remove(guestId);
    }
}
