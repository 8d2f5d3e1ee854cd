package io.kilonova.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;

/** A call that came over HTTP. */
final class HttpCall implements PeerCall {
    private final Optional<Peer> peer;
    private final PeerRoute route;
    private final Request request;
    private final Response response;
    private final byte[] body;

    HttpCall(Optional<Peer> peer, PeerRoute route, Request request, Response response, byte[] body) {
        this.peer = peer;
        this.route = route;
        this.request = request;
        this.response = response;
        this.body = body;
    }

    @Override
    public PeerIdentity peer() {
        return peer.flatMap(Peer::identity).orElseThrow();
    }

    @Override
    public PublicKey key() {
        return peer.orElseThrow().certificate().getPublicKey();
    }

    @Override
    public String rest() {
        return Request.getPathInContext(request).substring(route.path().length());
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    @Override
    public <T> T message(Class<T> type) {
        return Wire.read(body, type);
    }

    @Override
    public InputStream body() {
        return Content.Source.asInputStream(request);
    }

    @Override
    public void answer(int status, Object message) throws IOException {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        try (Blocker.Callback written = Blocker.callback()) {
            response.write(true, ByteBuffer.wrap(Wire.write(message)), written);
            written.block();
        }
    }

    @Override
    public OutputStream stream(String contentType) {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        return Content.Sink.asOutputStream(response);
    }
}
