package io.kilonova.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;

/** A call of a peer that may call, with its body, and the way to answer it. */
final class PeerCall {
    private final Optional<X509Certificate> certificate;
    private final PeerRoute route;
    private final Request request;
    private final Response response;
    private final byte[] body;

    PeerCall(Optional<X509Certificate> certificate, PeerRoute route, Request request, Response response, byte[] body) {
        this.certificate = certificate;
        this.route = route;
        this.request = request;
        this.response = response;
        this.body = body;
    }

    /** Who calls; on routes that are not for everybody. */
    PeerIdentity peer() {
        return certificate.flatMap(PeerIdentity::of).orElseThrow();
    }

    /** The key by which the caller proved who it is. */
    PublicKey key() {
        return certificate.orElseThrow().getPublicKey();
    }

    /** What follows the route's path. */
    String rest() {
        return Request.getPathInContext(request).substring(route.path().length());
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** The body; throws {@link NodeError#MESSAGE_UNREADABLE}. */
    <T> T message(Class<T> type) {
        return Wire.read(body, type);
    }

    /** The body as it comes; on routes that take a stream. */
    InputStream body() {
        return Content.Source.asInputStream(request);
    }

    /** Answers with one message. */
    void answer(Object message) throws IOException {
        answer(200, message);
    }

    void answer(int status, Object message) throws IOException {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        try (Blocker.Callback written = Blocker.callback()) {
            response.write(true, ByteBuffer.wrap(Wire.write(message)), written);
            written.block();
        }
    }

    /** Answers with a stream; the caller writes and closes it. */
    OutputStream stream(String contentType) {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        return Content.Sink.asOutputStream(response);
    }
}
