package io.kilonova.node;

import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.HostInventory;
import java.io.InputStream;

/** What a controller does with what nodes say. Called on virtual threads, for one node at a time. */
public interface NodeDuties {
    /** A node gave a sign of life; every ten seconds. */
    void heard(String host);

    /** A node says what its host is and has: at its start, once a minute, and when its host was changed. */
    void reported(String host, HostInventory inventory);

    /** A node saw that a guest changed. */
    void saw(String host, GuestEvent event);

    /** The stored file of an image, for a node; throws a {@link io.kilonova.errors.ServiceException} when there is none. */
    InputStream image(String imageId);
}
