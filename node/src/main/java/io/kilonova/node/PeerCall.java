package io.kilonova.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.PublicKey;
import java.util.Optional;

/** A call of a peer that may call, with its body, and the way to answer it. */
interface PeerCall {
    /** Who calls; on routes that are not for everybody. */
    PeerIdentity peer();

    /** The key by which the caller proved who it is. */
    PublicKey key();

    /** What follows the route's path. */
    String rest();

    /** A header that came along. */
    Optional<String> header(String name);

    /** The body; throws {@link NodeError#MESSAGE_UNREADABLE}. */
    <T> T message(Class<T> type);

    /** The body as it comes; on routes that take a stream. */
    InputStream body();

    /** Answers with one message. */
    default void answer(Object message) throws IOException {
        answer(200, message);
    }

    /** Answers with one message and a status of HTTP. */
    void answer(int status, Object message) throws IOException;

    /** Answers with a stream; the caller writes and closes it. */
    OutputStream stream(String contentType);
}
