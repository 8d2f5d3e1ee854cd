package io.kilonova.libvirt;

import io.kilonova.spi.HypervisorError;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** The way to the guests that this program made: one command at a time for each, and none that others made is touched. */
final class GuestAccess {
    private final String host;
    private final LibvirtSession session;
    private final GuestLocks locks = new GuestLocks();

    GuestAccess(String host, LibvirtSession session) {
        this.host = host;
        this.session = session;
    }

    /** Does work on the connection while no other command works on the guest, which need not be there. */
    <T> void command(String what, String guestId, Function<LibvirtConnection, T> work) {
        exclusively(guestId, () -> call(what, guestId, work));
    }

    /** Does work on a guest that is there while no other command works on it. */
    void change(String what, String guestId, BiConsumer<LibvirtConnection, LibvirtDomain> work) {
        exclusively(
                guestId,
                () -> read(what, guestId, (connection, domain) -> {
                    work.accept(connection, domain);
                    return guestId;
                }));
    }

    /** Asks a guest that is there. */
    <T> T read(String what, String guestId, BiFunction<LibvirtConnection, LibvirtDomain, T> work) {
        return session.call(
                what,
                connection -> connection
                        .on(guestId, domain -> {
                            if (!domain.ours()) {
                                throw absent(guestId);
                            }
                            return work.apply(connection, domain);
                        })
                        .orElseThrow(() -> absent(guestId)));
    }

    /** Does work on a guest when it is there. */
    void ifPresent(String what, String guestId, Consumer<LibvirtDomain> work) {
        session.call(
                what,
                connection -> connection.on(guestId, domain -> {
                    if (domain.ours()) {
                        work.accept(domain);
                    }
                    return guestId;
                }));
    }

    /** Does work on the connection, for a guest whose id no guest that others made has. */
    <T> T call(String what, String guestId, Function<LibvirtConnection, T> work) {
        return session.call(what, connection -> {
            if (!connection.on(guestId, LibvirtDomain::ours).orElse(true)) {
                throw HypervisorError.HYPERVISOR_REFUSED.with(
                        host, "a guest with the id %s is there that others made".formatted(guestId));
            }
            return work.apply(connection);
        });
    }

    /** Whether the guest has a process. */
    boolean active(String guestId) {
        return call(
                "looking for a guest",
                guestId,
                connection -> connection
                        .on(guestId, domain -> domain.state().active())
                        .orElse(false));
    }

    /** Does work while no other command works on the guest. */
    void exclusively(String guestId, GuestLocks.Work work) {
        locks.exclusively(host, guestId, work);
    }

    private RuntimeException absent(String guestId) {
        return HypervisorError.GUEST_NOT_FOUND.with(guestId, host);
    }
}
