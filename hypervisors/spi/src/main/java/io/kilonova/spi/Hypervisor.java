package io.kilonova.spi;

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
