package io.kilonova.ovn;

import java.nio.channels.ServerSocketChannel;

/** Takes the sockets at which the guests of a network ask for metadata. */
@FunctionalInterface
public interface MetadataListener {
    /**
     * A network's socket is open: listens at 169.254.169.254 inside that network's namespace. A connection's source address
     * is the fixed address of who asks. The channel is closed by the host when the network goes: who accepts from it hears
     * {@link java.nio.channels.AsynchronousCloseException} and ends. Must return at once.
     */
    void opened(String networkId, ServerSocketChannel socket);
}
