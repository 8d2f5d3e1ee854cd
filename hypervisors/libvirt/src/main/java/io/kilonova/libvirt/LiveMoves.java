package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationOptions;
import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.spi.LiveMigrationTarget;
import io.kilonova.spi.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves guests that run. The source's libvirt talks to the destination's, and QEMU to QEMU, over Unix sockets alone: the
 * destination's folder for the guest, which nobody but QEMU's user and root comes into. No port is opened and no
 * certificate of libvirt's is needed; what carries the bytes between machines is whoever makes these sockets reachable on
 * the source.
 *
 * <p>The guest arrives frozen, and the source lets it go on when its own process has ended: should the two lose each other at
 * the very end, libvirt has the source go on, and what stands at the destination has not run.
 */
final class LiveMoves {
    private static final Logger LOG = LoggerFactory.getLogger(LiveMoves.class);
    private static final Duration TELL_EVERY = Duration.ofSeconds(1);

    private final LibvirtOptions options;
    private final String host;
    private final GuestAccess access;
    private final GuestDisks disks;
    private final GuestStarter starter;
    private final Set<String> givenUp = ConcurrentHashMap.newKeySet();

    LiveMoves(LibvirtOptions options, GuestAccess access, GuestDisks disks, GuestStarter starter) {
        this.options = options;
        this.host = options.host();
        this.access = access;
        this.disks = disks;
        this.starter = starter;
    }

    /** Makes a definition and disks to fill, and the place where the guest arrives. */
    LiveMigrationTarget prepare(GuestSpecification guest, boolean copyDisks, Progress progress) {
        if (!copyDisks) {
            throw HypervisorError.NOT_SUPPORTED.with(host, "the disks of its guests are its own, and must be copied");
        }
        GuestShape shape = starter.shapeOf(guest);
        try (GuestDisks.Hold _ = disks.holdImages()) {
            if (!access.active(guest.id())) {
                disks.fetchImages(guest, progress);
                access.command("expecting a guest", guest.id(), connection -> {
                    disks.expect(guest, HostDescription.emulatorUser(connection));
                    starter.expect(connection, guest, shape);
                    return guest.id();
                });
            }
        }
        return new LiveMigrationTarget(
                host,
                daemon(options.connectionUri().replaceFirst("^qemu:", "qemu+unix:")),
                disks.arrival(guest.id()).toString());
    }

    /** The URI with the socket of the daemon in it, which another machine has to be told. */
    private static String daemon(String uri) {
        return uri.contains("socket=") || !uri.startsWith("qemu+unix:")
                ? uri
                : uri + (uri.contains("?") ? "&" : "?") + "socket=/run/libvirt/libvirt-sock";
    }

    /** Sends the guest, telling how far it is. */
    void send(
            GuestSpecification guest,
            LiveMigrationTarget target,
            LiveMigrationOptions how,
            LiveMigrationProgress.Listener listener) {
        String id = guest.id();
        access.exclusively(id, () -> {
            givenUp.remove(id);
            follow(
                    id,
                    CompletableFuture.supplyAsync(() -> move(id, target, how.limit()), Thread::startVirtualThread),
                    how.limit(),
                    listener);
        });
    }

    private boolean move(String id, LiveMigrationTarget target, Duration limit) {
        try (MoveDestination destination = new MoveDestination(host, target, options.keepAlive())) {
            boolean frozen = access.call(
                    "moving a guest",
                    id,
                    connection -> connection
                            .on(id, domain -> {
                                if (!domain.state().active()) {
                                    return false;
                                }
                                if (domain.job().leaving()) {
                                    awaitOther(domain, limit);
                                    return false;
                                }
                                boolean paused = domain.state() == DomainState.PAUSED;
                                String definition = new RunningGuest(DomainDocument.parse(domain.liveXml()))
                                        .definedBy(destination.definition(id));
                                try {
                                    domain.migrate(target.connection(), Path.of(target.address()), definition);
                                } catch (LibvirtException failure) {
                                    ended(connection, domain, failure);
                                }
                                return paused;
                            })
                            .orElse(false));
            if (!frozen) {
                destination.release(id);
            }
            return true;
        }
    }

    /** What a process before this one began goes on in libvirtd. */
    private void awaitOther(LibvirtDomain domain, Duration limit) {
        if (!GuestPower.await(host, limit, () -> !domain.job().leaving())
                || domain.state().active()) {
            throw refused("the guest could not be moved, and runs on");
        }
    }

    /** A guest that has no process here is moved, whatever was said at the end. */
    private void ended(LibvirtConnection connection, LibvirtDomain domain, LibvirtException failure) {
        if (!connection.alive()) {
            throw failure;
        }
        if (domain.state().active()) {
            LOG.warn("Guest {} stays on host {}: {}", domain.uuid(), host, failure.getMessage());
            throw HypervisorError.HYPERVISOR_REFUSED.because(
                    failure, host, "the guest could not be moved, and runs on");
        }
    }

    /** Waits for the end, in steps; what takes too long is given up. */
    private void follow(String id, Future<Boolean> move, Duration limit, LiveMigrationProgress.Listener listener) {
        long start = System.nanoTime();
        boolean overdue = false;
        DomainJob last = DomainJob.NONE;
        while (true) {
            try {
                move.get(TELL_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                listener.moved(last.ended());
                return;
            } catch (TimeoutException underWay) {
                DomainJob job = job(id);
                if (job.leaving()) {
                    last = job;
                    listener.moved(job.progress());
                    if (System.nanoTime() - start > limit.toNanos()) {
                        overdue = true;
                        giveUp(id);
                    }
                }
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof ServiceException failure) {
                    throw outcome(id, failure, overdue);
                }
                throw new IllegalStateException("moving a guest failed", failed.getCause());
            } catch (InterruptedException cancelled) {
                // The move goes on in libvirtd; whoever repeats the command waits for its end.
                Thread.currentThread().interrupt();
                throw HypervisorError.HYPERVISOR_UNREACHABLE.with(host, "nobody waits for the move any more");
            }
        }
    }

    private ServiceException outcome(String id, ServiceException failure, boolean overdue) {
        boolean asked = givenUp.remove(id);
        if (failure.code() == HypervisorError.HYPERVISOR_UNREACHABLE || !asked) {
            return failure;
        }
        return overdue
                ? HypervisorError.HYPERVISOR_REFUSED.because(failure, host, "moving the guest took too long")
                : HypervisorError.LIVE_MIGRATION_ABORTED.because(failure, id);
    }

    private DomainJob job(String id) {
        try {
            return access.read("asking how far a guest is", id, (_, domain) -> domain.job());
        } catch (ServiceException gone) {
            return DomainJob.NONE;
        }
    }

    private void giveUp(String id) {
        try {
            abort(id);
        } catch (ServiceException ended) {
            LOG.info("Guest {} takes too long to move: {}", id, ended.sentence());
        }
    }

    /** Has the move under way given up. */
    void abort(String id) {
        onMove("giving up a move", id, domain -> {
            givenUp.add(id);
            domain.abortJob();
        });
    }

    /** Freezes the guest, so that it changes nothing any more and the rest comes through; it goes on at the destination. */
    void complete(String id) {
        onMove("completing a move", id, domain -> {
            if (domain.state() != DomainState.PAUSED) {
                domain.freeze();
            }
        });
    }

    private void onMove(String what, String id, Consumer<LibvirtDomain> work) {
        access.read(what, id, (_, domain) -> {
            if (!domain.job().leaving()) {
                throw HypervisorError.NOT_MIGRATING.with(id, host);
            }
            try {
                work.accept(domain);
            } catch (LibvirtException refusal) {
                // It came to its end, or somebody else gave it up, just now.
                throw refusal.fault().code() == LibvirtFault.OPERATION_INVALID
                        ? HypervisorError.NOT_MIGRATING.because(refusal, id, host)
                        : refusal;
            }
            return id;
        });
    }

    private ServiceException refused(String why) {
        return HypervisorError.HYPERVISOR_REFUSED.with(host, why);
    }
}
