package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The host that a running guest is sent to, as the source reaches it. */
final class MoveDestination implements AutoCloseable {
    private final String source;
    private final LiveMigrationTarget target;
    private final LibvirtSession session;

    MoveDestination(String source, LiveMigrationTarget target, Duration keepAlive) {
        this.source = source;
        this.target = target;
        this.session = new LibvirtSession(target.host(), target.connection(), keepAlive, 1);
    }

    /** How the guest is defined there; asked of that host, for it alone knows its folders. */
    DomainDocument definition(String guestId) {
        if (!Files.isDirectory(Path.of(target.address()))) {
            throw refused("cannot be reached from here: its sockets are not on this machine");
        }
        try {
            return session.call(
                            "reading a definition", connection -> connection.on(guestId, LibvirtDomain::definitionXml))
                    .map(DomainDocument::parse)
                    .orElseThrow(() -> refused("does not expect the guest"));
        } catch (ServiceException failure) {
            throw failure.code() == HypervisorError.HYPERVISOR_UNREACHABLE
                    ? HypervisorError.HYPERVISOR_REFUSED.because(
                            failure, source, "host %s does not answer".formatted(target.host()))
                    : failure;
        }
    }

    /** Lets a guest run that has arrived there whole. */
    void release(String guestId) {
        session.call(
                "releasing a guest",
                connection -> connection.on(guestId, domain -> {
                    if (domain.state() == DomainState.PAUSED && !domain.arriving()) {
                        thaw(domain);
                    }
                    return guestId;
                }));
    }

    /** Two programs may have waited for the same move, and one of them was first. */
    private static void thaw(LibvirtDomain domain) {
        try {
            domain.thaw();
        } catch (LibvirtException refusal) {
            if (domain.state() != DomainState.RUNNING) {
                throw refusal;
            }
        }
    }

    private ServiceException refused(String why) {
        return HypervisorError.HYPERVISOR_REFUSED.with(source, "host %s %s".formatted(target.host(), why));
    }

    @Override
    public void close() {
        session.close();
    }
}
