package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves calls of peers over mutual TLS: of controllers at a node, of nodes at a controller. All that a stranger can cause is
 * bounded: headers, bodies, the time between two bytes and for a whole message, connections, and calls at once.
 */
final class PeerServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerServer.class);
    private static final int MAXIMUM_HEADER_BYTES = 8 * 1024;
    private static final int MAXIMUM_PLATFORM_THREADS = 12;
    private static final int MAXIMUM_CALLS = 1024;

    /** Heads come in one piece, and bodies of at most 8 MiB over the wires of a data centre. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * How long a peer that showed its certificate may leave its connection idle between two calls: longer than a new controller shakes hands with
     * ten thousand nodes, so that nobody's connection ends before the next heartbeat, and all shake hands again.
     */
    private static final Duration IDLE = Duration.ofMinutes(2);

    /** How long nothing may come or go during a call: where it lasts, signs of life do every few seconds. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** Where a connection's session keeps who is at its other end. */
    private static final String PEER = Peer.class.getName();

    private final String name;
    private final Server server;
    private final ServerConnector connector;
    private final SlowPeers slowPeers;
    private final List<PeerRoute> routes;
    private final Semaphore calls = new Semaphore(MAXIMUM_CALLS);

    /**
     * A server that is not started yet.
     *
     * @param name of this side, for the log
     * @param strangers whether peers without a certificate may connect, for the routes that are for everybody
     */
    PeerServer(
            String name, String host, int port, Supplier<Credential> own, boolean strangers, List<PeerRoute> routes) {
        this.name = name;
        this.routes = List.copyOf(routes);
        QueuedThreadPool threads = new QueuedThreadPool(MAXIMUM_PLATFORM_THREADS);
        threads.setName("peers");
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("peer-"));
        this.server = new Server(threads);
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(MutualTls.context(own, PeerCheck.anyRole()));
        tls.setWantClientAuth(strangers);
        tls.setNeedClientAuth(!strangers);
        tls.setEndpointIdentificationAlgorithm(null);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setRequestHeaderSize(MAXIMUM_HEADER_BYTES);
        configuration.addCustomizer(new SecureRequestCustomizer(false));
        this.connector = new ServerConnector(
                server,
                null,
                null,
                null,
                1,
                1,
                new SslConnectionFactory(tls, "http/1.1"),
                new HttpConnectionFactory(configuration));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(PATIENCE.toMillis()); // of strangers
        this.slowPeers = new SlowPeers(connector.getScheduler(), PATIENCE);
        connector.addBean(slowPeers);
        server.addConnector(connector);
        server.setHandler(new Calls());
    }

    /** Listens. Throws {@link UncheckedIOException} when the address is taken. */
    void start() {
        try {
            server.start();
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        } catch (Exception exception) {
            throw new IllegalStateException("the server for peers did not start", exception);
        }
    }

    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception exception) {
            throw new IllegalStateException("the server for peers did not stop", exception);
        }
    }

    private final class Calls extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            try {
                answer(request, response);
                callback.succeeded();
            } catch (IOException gone) {
                LOG.debug(
                        "{}: the peer of {} went away",
                        name,
                        request.getHttpURI().getPath(),
                        gone);
                callback.failed(gone);
            }
            return true;
        }

        private void answer(Request request, Response response) throws IOException {
            Optional<Peer> peer = peerOf(request);
            String path = Request.getPathInContext(request);
            PeerRoute route = new PeerRoute(request.getMethod(), path, Set.of(), 0, call -> {});
            boolean admitted = calls.tryAcquire();
            endPoint(request).setIdleTimeout(SILENCE.toMillis());
            try {
                if (!admitted) {
                    throw NodeError.NODE_BUSY.with(name, MAXIMUM_CALLS);
                }
                route = routes.stream()
                        .filter(known -> known.matches(request.getMethod(), path))
                        .findFirst()
                        .orElseThrow(() -> NodeError.NO_SUCH_ADDRESS.with(path));
                route.requireCaller(peer.flatMap(Peer::identity));
                requireProtocol(request);
                if (route.maximumBytes() == PeerRoute.STREAM) {
                    try (SlowPeers.Streaming _ = slowPeers.streaming(endPoint(request))) {
                        route.handler().handle(new HttpCall(peer, route, request, response, new byte[0]));
                    }
                } else {
                    byte[] body = body(request, route.maximumBytes());
                    route.handler().handle(new HttpCall(peer, route, request, response, body));
                }
            } catch (ServiceException refused) {
                refuse(new HttpCall(peer, route, request, response, new byte[0]), request, response, refused);
            } catch (RuntimeException unexpected) { // the edge of the thread
                LOG.error("{}: the call of {} failed", name, path, unexpected);
                refuse(
                        new HttpCall(peer, route, request, response, new byte[0]),
                        request,
                        response,
                        NodeError.REFUSED.with("It failed at the " + name + ", whose log says why."));
            } finally {
                if (admitted) {
                    calls.release();
                }
                endPoint(request).setIdleTimeout((peer.isPresent() ? IDLE : PATIENCE).toMillis());
            }
        }

        private void refuse(PeerCall call, Request request, Response response, ServiceException refused)
                throws IOException {
            LOG.warn(
                    "{}: {} {} of {} at {} refused: {}",
                    name,
                    request.getMethod(),
                    request.getHttpURI().getPath(),
                    peerOf(request)
                            .flatMap(Peer::identity)
                            .map(peer -> peer.role() + " " + peer.id())
                            .orElse("a stranger"),
                    Request.getRemoteAddr(request),
                    refused.sentence());
            if (response.isCommitted()) {
                throw new IOException("refused halfway: " + refused.sentence());
            }
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
            call.answer(refused.code().status(), Wire.Refusal.of(refused));
        }

        private void requireProtocol(Request request) {
            String spoken = request.getHeaders().get(Wire.PROTOCOL_HEADER);
            if (!String.valueOf(Wire.PROTOCOL).equals(spoken)) {
                throw NodeError.PROTOCOL_MISMATCH.with(Wire.PROTOCOL, spoken == null ? "none" : cut(spoken));
            }
        }

        private static String cut(String text) {
            return text.length() <= 20 ? text : text.substring(0, 20);
        }

        /** No byte of a message that is too large is read beyond the bound. */
        private byte[] body(Request request, int maximumBytes) throws IOException {
            if (request.getLength() > maximumBytes) {
                throw NodeError.MESSAGE_TOO_LARGE.with(maximumBytes);
            }
            Scheduler.Task limit = slowPeers.limit(endPoint(request));
            try {
                byte[] body = Content.Source.asInputStream(request).readNBytes(maximumBytes + 1);
                if (body.length > maximumBytes) {
                    throw NodeError.MESSAGE_TOO_LARGE.with(maximumBytes);
                }
                return body;
            } finally {
                limit.cancel();
            }
        }
    }

    private static EndPoint endPoint(Request request) {
        return request.getConnectionMetaData().getConnection().getEndPoint();
    }

    /** Who is at the other end: read from the certificate once a connection, which costs more than a heartbeat otherwise. */
    private static Optional<Peer> peerOf(Request request) {
        if (!(request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE) instanceof EndPoint.SslSessionData data)) {
            return Optional.empty();
        }
        if (data.sslSession().getValue(PEER) instanceof Peer known) {
            return Optional.of(known);
        }
        X509Certificate[] chain = data.peerCertificates();
        if (chain == null || chain.length == 0) {
            return Optional.empty();
        }
        Peer peer = new Peer(chain[0], PeerIdentity.of(chain[0]));
        data.sslSession().putValue(PEER, peer);
        return Optional.of(peer);
    }
}
