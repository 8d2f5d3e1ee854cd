package io.kilonova.spi;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One hypervisor host. Every command is idempotent: a command that is repeated after a crash finds the work done, or
 * half done, and completes it. Commands block until the hypervisor has answered and are called on virtual threads.
 *
 * <p>Every command throws {@link io.kilonova.errors.ServiceException} with a {@link HypervisorError}.
 */
public interface Hypervisor extends AutoCloseable {
    /** The host's name, as the Compute API shows it ({@code OS-EXT-SRV-ATTR:host}). */
    String host();

    /** What the host is and has. Asked at start and once a minute. */
    HostInventory inventory();

    /** Makes the guest's disks from their images and starts it. A guest that already runs is left as it is. */
    void spawn(GuestSpecification guest, Progress progress);

    /** Powers a defined guest on; the definition is generated again from the specification. */
    void start(GuestSpecification guest);

    /** Asks the guest to shut down, and cuts its power when it has not within {@code grace}; zero cuts at once. */
    void stop(String guestId, Duration grace);

    /** Restarts the guest. {@link RebootKind#SOFT} asks the guest first and falls back to a hard one after its grace. */
    void reboot(GuestSpecification guest, RebootKind kind, Duration grace);

    /** Freezes the guest in memory. */
    void pause(String guestId);

    /** Thaws a paused guest. */
    void unpause(String guestId);

    /** Writes the guest's memory to disk and frees it. */
    void suspend(String guestId);

    /** Brings a suspended guest back. */
    void resume(GuestSpecification guest);

    /** Ends the guest and removes all that it had on the host: disks, definition, saved memory, logs. */
    void destroy(String guestId);

    /**
     * Reads the disks of a guest that is off, as one stream in the hypervisor's own form; the guest keeps them. The caller
     * closes it. Refused with {@link HypervisorError#HYPERVISOR_REFUSED} while the guest runs.
     */
    InputStream exportDisks(String guestId);

    /**
     * Makes a guest that is off from the disks that it had on another host, in the sizes of {@code guest}; disks grow and
     * never shrink. What an earlier attempt left is replaced. {@link #start} starts it, {@link #destroy} removes it. Refused
     * with {@link HypervisorError#HYPERVISOR_REFUSED} while the guest runs here.
     */
    void importDisks(GuestSpecification guest, DiskSource source, Progress progress);

    /**
     * Makes ready for a running guest that comes from another host: disks to fill, its cards plugged. Until it arrives the
     * guest is not among {@link #guests}, and {@link #destroy} gives all of this up.
     *
     * @param copyDisks whether the disks come with it
     */
    LiveMigrationTarget prepareLiveMigration(GuestSpecification guest, boolean copyDisks, Progress progress);

    /**
     * Moves a running guest to another host, and returns when it runs there and here no longer. A guest that is no longer
     * here counts as moved: whether it arrived is for the destination to say. Repeated while it is under way, waits for the
     * same end. After any failure but {@link HypervisorError#HYPERVISOR_UNREACHABLE} the guest runs on here. What it leaves
     * here is removed by {@link #destroy}.
     *
     * @throws io.kilonova.errors.ServiceException {@link HypervisorError#LIVE_MIGRATION_ABORTED} after
     *     {@link #abortLiveMigration}
     */
    void liveMigrate(
            GuestSpecification guest,
            LiveMigrationTarget target,
            LiveMigrationOptions options,
            LiveMigrationProgress.Listener listener);

    /** Has the guest's move under way given up; {@link HypervisorError#NOT_MIGRATING} when there is none. */
    void abortLiveMigration(String guestId);

    /**
     * Has the guest's move under way come to its end soon, by pausing the guest or by running it at the destination at once;
     * {@link HypervisorError#NOT_MIGRATING} when there is none.
     */
    void forceCompleteLiveMigration(String guestId);

    /** Plugs an interface into the guest, running or not. {@code guest} is the specification that results. */
    void attachInterface(GuestSpecification guest, GuestInterface added);

    /** Unplugs an interface. {@code guest} is the specification that results. */
    void detachInterface(GuestSpecification guest, GuestInterface removed);

    /** The end of the guest's serial console, at most {@code maximumBytes}. Empty when nothing was written yet. */
    byte[] console(String guestId, int maximumBytes);

    /** Where the guest's screen is served on the host, when it runs and has one. */
    Optional<GraphicsEndpoint> graphics(String guestId);

    /** Every guest that the host has, with its power state; {@code ours} tells those that this program made. */
    List<GuestReport> guests();

    /** Tells {@code listener} of each change of power state until closed. Events may be lost: {@link #guests} is the truth. */
    Subscription subscribe(Consumer<GuestEvent> listener);

    /** Lets go of the host. Guests run on. */
    @Override
    void close();

    /** An interest in events that ends when closed. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
