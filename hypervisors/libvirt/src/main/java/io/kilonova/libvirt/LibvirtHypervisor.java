package io.kilonova.libvirt;

import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GraphicsEndpoint;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestReport;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HostInventory;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.ImageSource;
import io.kilonova.spi.LiveMigrationOptions;
import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.spi.LiveMigrationTarget;
import io.kilonova.spi.NetworkPlug;
import io.kilonova.spi.Progress;
import io.kilonova.spi.RebootKind;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A host whose guests are QEMU processes, by KVM or by emulation, held by libvirt. Guests run on when this program or
 * libvirtd ends. Only domains that carry this program's mark are ever touched.
 */
public final class LibvirtHypervisor implements Hypervisor {
    private static final int CONSOLE_BYTES_MAXIMUM = 16 << 20;

    private final LibvirtOptions options;
    private final String host;
    private final VirtualisationType virtualisation;
    private final LibvirtSession session;
    private final InstanceFolders folders;
    private final GuestDisks disks;
    private final GuestAccess access;
    private final GuestLife life;
    private final PowerCommands power;
    private final CardChange cards;
    private final ColdMoves coldMoves;
    private final LiveMoves liveMoves;

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
                new LibvirtSession(host, options.connectionUri(), options.keepAlive(), options.commandsMaximum());
        GuestStarter starter = new GuestStarter(disks, plug, virtualisation, HostDisk.cacheMode(folders.instances()));
        this.access = new GuestAccess(host, session);
        this.life = new GuestLife(host, access, disks, starter);
        this.power = new PowerCommands(host, access, starter);
        this.cards = new CardChange(host, access, starter, plug);
        this.coldMoves = new ColdMoves(host, access, disks, starter);
        this.liveMoves = new LiveMoves(options, access, disks, starter);
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
        life.spawn(guest, progress);
    }

    @Override
    public void start(GuestSpecification guest) {
        power.start(guest);
    }

    @Override
    public void stop(String guestId, Duration grace) {
        power.stop(guestId, grace);
    }

    @Override
    public void reboot(GuestSpecification guest, RebootKind kind, Duration grace) {
        power.reboot(guest, kind, grace);
    }

    @Override
    public void pause(String guestId) {
        power.pause(guestId);
    }

    @Override
    public void unpause(String guestId) {
        power.unpause(guestId);
    }

    @Override
    public void suspend(String guestId) {
        power.suspend(guestId);
    }

    @Override
    public void resume(GuestSpecification guest) {
        power.resume(guest);
    }

    @Override
    public void destroy(String guestId) {
        life.destroy(guestId);
    }

    @Override
    public InputStream exportDisks(String guestId) {
        return coldMoves.exportDisks(guestId);
    }

    @Override
    public void importDisks(GuestSpecification guest, DiskSource source, Progress progress) {
        coldMoves.importDisks(guest, source, progress);
    }

    @Override
    public LiveMigrationTarget prepareLiveMigration(GuestSpecification guest, boolean copyDisks, Progress progress) {
        return liveMoves.prepare(guest, copyDisks, progress);
    }

    @Override
    public void liveMigrate(
            GuestSpecification guest,
            LiveMigrationTarget target,
            LiveMigrationOptions how,
            LiveMigrationProgress.Listener listener) {
        liveMoves.send(guest, target, how, listener);
    }

    @Override
    public void abortLiveMigration(String guestId) {
        liveMoves.abort(guestId);
    }

    @Override
    public void forceCompleteLiveMigration(String guestId) {
        liveMoves.complete(guestId);
    }

    @Override
    public void attachInterface(GuestSpecification guest, GuestInterface added) {
        cards.attach(guest, added);
    }

    @Override
    public void detachInterface(GuestSpecification guest, GuestInterface removed) {
        cards.detach(guest, removed);
    }

    @Override
    public byte[] console(String guestId, int maximumBytes) {
        disks.require(guestId);
        try {
            int bytes = Math.clamp(maximumBytes, 0, CONSOLE_BYTES_MAXIMUM);
            return ConsoleTail.read(disks.consoleLog(guestId), bytes);
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "reading a console");
        }
    }

    @Override
    public Optional<GraphicsEndpoint> graphics(String guestId) {
        return access.read(
                "reading a guest",
                guestId,
                (_, domain) -> domain.state().active()
                        ? DomainDocument.parse(domain.liveXml()).graphics()
                        : Optional.empty());
    }

    @Override
    public List<GuestReport> guests() {
        return session.call("listing guests", connection -> GuestListing.read(connection, disks));
    }

    @Override
    public Subscription subscribe(Consumer<GuestEvent> listener) {
        return session.listen(event ->
                event.power().ifPresent(state -> listener.accept(new GuestEvent(event.uuid(), state))));
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
}
