package io.kilonova.node;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** A way to peers, each of whom is found to be who it has to be before anything is said to it. */
interface PeerWay extends AutoCloseable {
    /**
     * Sends a message and reads its answer.
     *
     * @throws IOException when the peer cannot be reached or does not answer in time
     * @throws io.kilonova.errors.ServiceException what the peer refused
     */
    <A> A send(URI address, Object message, Class<A> answer, Duration limit) throws IOException, InterruptedException;

    /**
     * Sends a message whose answer comes in lines, and gives each line to {@code listener} as it comes. Returns after the last.
     *
     * @param silence how long the peer may say nothing at all
     * @throws IOException when the peer cannot be reached, falls silent or leaves off
     * @throws io.kilonova.errors.ServiceException what the peer refused
     */
    void sendForLines(
            URI address,
            Map<String, String> headers,
            Object message,
            Duration silence,
            Duration limit,
            Consumer<byte[]> listener)
            throws IOException, InterruptedException;

    /** Opens a stream of bytes of any length, which the caller closes; it fails when nothing comes for {@code silence}. */
    InputStream open(URI address, Map<String, String> headers, Duration silence) throws IOException;

    /** Sends a stream of bytes of any length as it comes, and returns when the peer has taken all of it. */
    void pour(URI address, Map<String, String> headers, InputStream body) throws IOException;

    @Override
    void close();

    /** Makes ways for one process. */
    @FunctionalInterface
    interface Maker {
        /** A way to those of whom {@code check} approves. */
        PeerWay to(PeerCheck check);
    }
}
