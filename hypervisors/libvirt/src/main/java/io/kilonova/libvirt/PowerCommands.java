package io.kilonova.libvirt;

import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.RebootKind;
import java.time.Duration;

/** Switches guests on and off, freezes them, and puts them to sleep. A guest that is where it should be is left there. */
final class PowerCommands {
    private final String host;
    private final GuestAccess access;
    private final GuestStarter starter;

    PowerCommands(String host, GuestAccess access, GuestStarter starter) {
        this.host = host;
        this.access = access;
        this.starter = starter;
    }

    void start(GuestSpecification guest) {
        GuestShape shape = starter.shapeOf(guest);
        access.command("starting a guest", guest.id(), connection -> starter.start(connection, guest, shape));
    }

    void resume(GuestSpecification guest) {
        GuestShape shape = starter.shapeOf(guest);
        access.command("resuming a guest", guest.id(), connection -> starter.resume(connection, guest, shape));
    }

    void reboot(GuestSpecification guest, RebootKind kind, Duration grace) {
        GuestShape shape = starter.shapeOf(guest);
        access.command("rebooting a guest", guest.id(), connection -> {
            Duration patience = kind == RebootKind.SOFT ? grace : Duration.ZERO;
            connection.on(guest.id(), domain -> off(domain, patience));
            return starter.start(connection, guest, shape);
        });
    }

    void stop(String guestId, Duration grace) {
        access.change("stopping a guest", guestId, (_, domain) -> off(domain, grace));
    }

    void pause(String guestId) {
        access.change("pausing a guest", guestId, (_, domain) -> {
            if (domain.state() != DomainState.PAUSED) {
                domain.freeze();
            }
        });
    }

    void unpause(String guestId) {
        access.change("unpausing a guest", guestId, (_, domain) -> {
            if (domain.state() == DomainState.PAUSED) {
                domain.thaw();
            } else if (!domain.state().active()) {
                throw HypervisorError.HYPERVISOR_REFUSED.with(host, "a guest that is off cannot be unpaused");
            }
        });
    }

    void suspend(String guestId) {
        access.change("suspending a guest", guestId, (_, domain) -> {
            if (domain.state().active() || !domain.saved()) {
                domain.save();
            }
        });
    }

    /** Asks the guest to shut down when it is given time for it, and cuts its power when it has not. */
    private boolean off(LibvirtDomain domain, Duration grace) {
        if (grace.isZero() || !GuestPower.shutDown(host, domain, grace)) {
            GuestPower.cut(domain);
        }
        return true;
    }
}
