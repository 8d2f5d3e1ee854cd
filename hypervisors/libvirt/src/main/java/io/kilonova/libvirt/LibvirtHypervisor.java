package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GraphicsEndpoint;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestReport;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HostInventory;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.ImageSource;
import io.kilonova.spi.LiveMigrationOptions;
import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.spi.LiveMigrationTarget;
import io.kilonova.spi.NetworkPlug;
import io.kilonova.spi.PowerState;
import io.kilonova.spi.Progress;
import io.kilonova.spi.RebootKind;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A host whose guests are QEMU processes, by KVM or by emulation, held by libvirt. Guests run on when this program or
 * libvirtd ends. Only domains that carry this program's mark are ever touched.
 */
public final class LibvirtHypervisor implements Hypervisor {
    private static final int CONSOLE_BYTES_MAXIMUM = 16 << 20;

    private final LibvirtOptions options;
    private final String host;
    private final LibvirtSession session;
    private final InstanceFolders folders;
    private final GuestDisks disks;
    private final GuestStarter starter;
    private final CardChange cards;
    private final VirtualisationType virtualisation;
    private final GuestLocks locks = new GuestLocks();
    private final Map<String, AtomicBoolean> spawning = new ConcurrentHashMap<>();

    /**
     * Makes the state folder and finds out how guests can run, which takes a few seconds the first time on a host.
     * libvirt itself is asked with the first command.
     *
     * @param images where images come from
     * @param plug told of each card before its guest starts, and after its guest has ended
     */
    public LibvirtHypervisor(LibvirtOptions options, ImageSource images, NetworkPlug plug) {
        this.options = options;
        this.host = options.host();
        this.folders = new InstanceFolders(options.instancesFolder());
        DiskImageTool tool = new DiskImageTool(host);
        ImageCache cache = new ImageCache(host, folders, images, tool, Clock.systemUTC());
        this.disks = new GuestDisks(host, folders, cache, tool);
        this.virtualisation = new VirtualisationProbe(options.instancesFolder()).decide(options.virtualisation());
        this.session =
                new LibvirtSession(host, options.connectionUri(), options.keepAlive(), options.nativeCallsMaximum());
        this.starter = new GuestStarter(disks, plug, virtualisation, HostDisk.cacheMode(folders.instances()));
        this.cards = new CardChange(host, plug);
    }

    @Override
    public String host() {
        return host;
    }

    /** How guests' processors are made here. */
    public VirtualisationType virtualisation() {
        return virtualisation;
    }

    @Override
    public HostInventory inventory() {
        return session.call(
                "reading the inventory",
                connection ->
                        HostDescription.read(connection, options.hostAddress(), folders.instances(), virtualisation));
    }

    @Override
    public void spawn(GuestSpecification guest, Progress progress) {
        GuestShape shape = starter.shapeOf(guest);
        AtomicBoolean cancelled = spawning.computeIfAbsent(guest.id(), id -> new AtomicBoolean());
        try (GuestDisks.Hold _ = disks.holdImages()) {
            if (!active(guest.id())) {
                if (!disks.exist(guest.id())) {
                    disks.fetchImages(guest, progress);
                }
                progress.report("Making disks", 95);
                locks.exclusively(host, guest.id(), () -> build(guest, shape, cancelled));
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
            session.call("starting a guest", connection -> {
                refuseForeign(connection, guest.id());
                return starter.start(connection, guest, shape);
            });
        } catch (ServiceException failure) {
            // What another attempt had made is left as it was found, and so is everything when libvirt is away.
            if (madeHere && failure.code() != HypervisorError.HYPERVISOR_UNREACHABLE) {
                discard(guest, failure);
            }
            throw failure;
        }
    }

    private void discard(GuestSpecification guest, ServiceException failure) {
        try {
            remove(guest.id());
        } catch (ServiceException second) {
            failure.addSuppressed(second);
        }
    }

    @Override
    public void start(GuestSpecification guest) {
        GuestShape shape = starter.shapeOf(guest);
        locks.exclusively(host, guest.id(), () -> {
            requireDisks(guest.id());
            session.call("starting a guest", connection -> {
                refuseForeign(connection, guest.id());
                return starter.start(connection, guest, shape);
            });
        });
    }

    @Override
    public void stop(String guestId, Duration grace) {
        change("stopping a guest", guestId, domain -> {
            if (grace.isZero() || !GuestPower.shutDown(host, domain, grace)) {
                GuestPower.cut(domain);
            }
        });
    }

    @Override
    public void reboot(GuestSpecification guest, RebootKind kind, Duration grace) {
        GuestShape shape = starter.shapeOf(guest);
        locks.exclusively(host, guest.id(), () -> {
            requireDisks(guest.id());
            session.call("rebooting a guest", connection -> {
                refuseForeign(connection, guest.id());
                Optional<LibvirtDomain> found = connection.lookup(guest.id());
                if (found.isPresent()) {
                    try (LibvirtDomain domain = found.get()) {
                        boolean wentDown = kind == RebootKind.SOFT && GuestPower.shutDown(host, domain, grace);
                        if (!wentDown) {
                            GuestPower.cut(domain);
                        }
                    }
                }
                return starter.start(connection, guest, shape);
            });
        });
    }

    @Override
    public void pause(String guestId) {
        change("pausing a guest", guestId, domain -> {
            if (domain.state() != DomainState.PAUSED) {
                domain.freeze();
            }
        });
    }

    @Override
    public void unpause(String guestId) {
        change("unpausing a guest", guestId, domain -> {
            if (domain.state() == DomainState.PAUSED) {
                domain.thaw();
            } else if (!domain.state().active()) {
                throw HypervisorError.HYPERVISOR_REFUSED.with(host, "a guest that is off cannot be unpaused");
            }
        });
    }

    @Override
    public void suspend(String guestId) {
        change("suspending a guest", guestId, domain -> {
            if (domain.state().active() || !domain.saved()) {
                domain.save();
            }
        });
    }

    @Override
    public void resume(GuestSpecification guest) {
        GuestShape shape = starter.shapeOf(guest);
        locks.exclusively(host, guest.id(), () -> {
            requireDisks(guest.id());
            session.call("resuming a guest", connection -> {
                refuseForeign(connection, guest.id());
                return starter.resume(connection, guest, shape);
            });
        });
    }

    @Override
    public void destroy(String guestId) {
        AtomicBoolean cancelled = spawning.get(guestId);
        if (cancelled != null) {
            cancelled.set(true);
        }
        locks.exclusively(host, guestId, () -> remove(guestId));
    }

    private void remove(String guestId) {
        session.call("destroying a guest", connection -> {
            Optional<LibvirtDomain> found = connection.lookup(guestId);
            if (found.isPresent()) {
                try (LibvirtDomain domain = found.get()) {
                    if (domain.metadata(DomainDefinition.NAMESPACE).isPresent()) {
                        starter.end(domain);
                    }
                }
            }
            return guestId;
        });
        disks.remove(guestId);
    }

    @Override
    public InputStream exportDisks(String guestId) {
        throw notBuilt("send disks to another host");
    }

    @Override
    public void importDisks(GuestSpecification guest, DiskSource source, Progress progress) {
        throw notBuilt("take disks from another host");
    }

    @Override
    public LiveMigrationTarget prepareLiveMigration(GuestSpecification guest, boolean copyDisks, Progress progress) {
        throw notBuilt("take a running guest from another host");
    }

    @Override
    public void liveMigrate(
            GuestSpecification guest,
            LiveMigrationTarget target,
            LiveMigrationOptions options,
            LiveMigrationProgress.Listener listener) {
        throw notBuilt("send a running guest to another host");
    }

    @Override
    public void abortLiveMigration(String guestId) {
        throw HypervisorError.NOT_MIGRATING.with(guestId, host);
    }

    @Override
    public void forceCompleteLiveMigration(String guestId) {
        throw HypervisorError.NOT_MIGRATING.with(guestId, host);
    }

    private ServiceException notBuilt(String what) {
        return HypervisorError.NOT_SUPPORTED.with(host, what + " is not built");
    }

    @Override
    public void attachInterface(GuestSpecification guest, GuestInterface added) {
        SpecificationCheck.of(guest, added);
        GuestShape shape = starter.shapeOf(guest);
        changeWithConnection("attaching an interface", guest.id(), (connection, domain) -> {
            cards.attach(domain, added, shape);
            starter.define(connection, guest, shape).close();
        });
    }

    @Override
    public void detachInterface(GuestSpecification guest, GuestInterface removed) {
        SpecificationCheck.of(guest, removed);
        GuestShape shape = starter.shapeOf(guest);
        changeWithConnection("detaching an interface", guest.id(), (connection, domain) -> {
            cards.detach(domain, removed, shape);
            starter.define(connection, guest, shape).close();
            cards.unplug(removed);
        });
    }

    @Override
    public byte[] console(String guestId, int maximumBytes) {
        requireDisks(guestId);
        try {
            int bytes = Math.clamp(maximumBytes, 0, CONSOLE_BYTES_MAXIMUM);
            return ConsoleTail.read(disks.consoleLog(guestId), bytes);
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "reading a console");
        }
    }

    @Override
    public Optional<GraphicsEndpoint> graphics(String guestId) {
        return onGuest(
                "reading a guest",
                guestId,
                domain -> domain.state().active()
                        ? DomainDocument.parse(domain.liveXml()).graphics()
                        : Optional.empty());
    }

    @Override
    public List<GuestReport> guests() {
        return session.call("listing guests", GuestListing::read);
    }

    @Override
    public Subscription subscribe(Consumer<GuestEvent> listener) {
        return session.listen(event ->
                powerAfter(event).ifPresent(power -> listener.accept(new GuestEvent(event.uuid(), power))));
    }

    /**
     * Removes images that no guest here was made from or has used for {@code unusedFor}. To be called once in a while.
     *
     * @return how many were removed; 0 also while a guest is being made
     */
    public int cleanImageCache(Duration unusedFor) {
        return disks.cleanImages(unusedFor);
    }

    @Override
    public void close() {
        session.close();
    }

    /** The state that an event leaves a guest in; empty for events that change none. */
    static Optional<PowerState> powerAfter(LibvirtEvent event) {
        return switch (event.kind()) {
            case STARTED, RESUMED -> Optional.of(PowerState.RUNNING);
            case SUSPENDED -> Optional.of(PowerState.PAUSED);
            case PM_SUSPENDED -> Optional.of(PowerState.SUSPENDED);
            case CRASHED -> Optional.of(PowerState.CRASHED);
            case STOPPED ->
                Optional.of(
                        switch (event.detail()) {
                            case 2 -> PowerState.CRASHED; // VIR_DOMAIN_EVENT_STOPPED_CRASHED
                            case 4 -> PowerState.SUSPENDED; // VIR_DOMAIN_EVENT_STOPPED_SAVED
                            default -> PowerState.SHUT_DOWN;
                        });
            case DEFINED, UNDEFINED, SHUTDOWN -> Optional.empty();
        };
    }

    private boolean active(String guestId) {
        return session.call("looking for a guest", connection -> {
            refuseForeign(connection, guestId);
            Optional<LibvirtDomain> found = connection.lookup(guestId);
            if (found.isEmpty()) {
                return false;
            }
            try (LibvirtDomain domain = found.get()) {
                return domain.state().active();
            }
        });
    }

    private void requireDisks(String guestId) {
        if (!disks.exist(guestId)) {
            throw HypervisorError.GUEST_NOT_FOUND.with(guestId, host);
        }
    }

    /** A domain that has a server's id and not our mark is nobody's business of ours. */
    private void refuseForeign(LibvirtConnection connection, String guestId) {
        Optional<LibvirtDomain> found = connection.lookup(guestId);
        if (found.isPresent()) {
            try (LibvirtDomain domain = found.get()) {
                if (domain.metadata(DomainDefinition.NAMESPACE).isEmpty()) {
                    throw HypervisorError.HYPERVISOR_REFUSED.with(
                            host, "a guest with the id %s is there that others made".formatted(guestId));
                }
            }
        }
    }

    private void change(String what, String guestId, Consumer<LibvirtDomain> work) {
        changeWithConnection(what, guestId, (connection, domain) -> work.accept(domain));
    }

    /** Work on a guest that needs the connection too. */
    private interface DomainWork {
        void run(LibvirtConnection connection, LibvirtDomain domain);
    }

    private void changeWithConnection(String what, String guestId, DomainWork work) {
        locks.exclusively(
                host,
                guestId,
                () -> session.call(what, connection -> {
                    try (LibvirtDomain domain = ours(connection, guestId)) {
                        work.run(connection, domain);
                        return guestId;
                    }
                }));
    }

    private <T> T onGuest(String what, String guestId, Function<LibvirtDomain, T> work) {
        return session.call(what, connection -> {
            try (LibvirtDomain domain = ours(connection, guestId)) {
                return work.apply(domain);
            }
        });
    }

    private LibvirtDomain ours(LibvirtConnection connection, String guestId) {
        LibvirtDomain domain =
                connection.lookup(guestId).orElseThrow(() -> HypervisorError.GUEST_NOT_FOUND.with(guestId, host));
        boolean handedOver = false;
        try {
            if (domain.metadata(DomainDefinition.NAMESPACE).isEmpty()) {
                throw HypervisorError.GUEST_NOT_FOUND.with(guestId, host);
            }
            handedOver = true;
            return domain;
        } finally {
            if (!handedOver) {
                domain.close();
            }
        }
    }
}
