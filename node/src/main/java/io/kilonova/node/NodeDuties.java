package io.kilonova.node;

import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.HostInventory;
import io.kilonova.storage.Transaction;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What a controller does with what nodes say. Called on virtual threads, for one node at a time. */
public interface NodeDuties {
    /** A node gave a sign of life so long {@code ago}, here or to another controller; every eight seconds. */
    void heard(String host, Duration ago);

    /** The same, and its hypervisor does not answer it, for {@code reason}: it can do nothing. */
    void unfit(String host, Duration ago, String reason);

    /**
     * A node is called otherwise from now on: what is known of its host goes by the new name, in one transaction with
     * {@code also}. Called again for what was said of it by the old name just then.
     *
     * @throws io.kilonova.errors.ServiceException when something is being done to its servers; nothing is changed
     */
    void renamed(String from, String to, Consumer<Transaction> also);

    /** A node says what its host is and has: at its start, once a minute, and when its host was changed. */
    void reported(String host, HostInventory inventory);

    /** A node saw that a guest changed. */
    void saw(String host, GuestEvent event);

    /** The stored file of an image, for a node; throws a {@link io.kilonova.errors.ServiceException} when there is none. */
    InputStream image(String imageId);

    /** What a node has to do for networks, with these ports plugged; asked at its start, twice a minute and for each guest. */
    NodeNetworks networks(String host, List<String> ports);

    /** What a guest of a node is answered that asks for metadata. */
    MetadataTold metadata(String host, String networkId, String address, String path);

    /** Another controller changed networks and leaves it to this one to make that real; with {@code settle} it waits for it. */
    void networksChanged(List<NetworkChange> changes, boolean settle);
}
