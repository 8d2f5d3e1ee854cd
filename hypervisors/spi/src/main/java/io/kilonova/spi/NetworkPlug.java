package io.kilonova.spi;

/** Connects a guest's network card on the host to the network that its port belongs to. */
public interface NetworkPlug {
    /** Makes the host's switch take the card's device as soon as it appears. Repeating it changes nothing. */
    void plug(GuestInterface card);

    /** Takes the device away. Repeating it changes nothing. */
    void unplug(GuestInterface card);

    /** For hosts whose networks are records only. */
    static NetworkPlug none() {
        return new NetworkPlug() {
            @Override
            public void plug(GuestInterface card) {}

            @Override
            public void unplug(GuestInterface card) {}
        };
    }
}
