package io.kilonova.http;

import io.kilonova.access.Authenticator;
import io.kilonova.access.PolicyRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves the APIs: all of them under their folders on one common listener, and each at the root of its own port where
 * that is asked for. Handlers run on virtual threads and may block.
 */
public final class HttpServer implements AutoCloseable {
    private static final int MAXIMUM_HEADER_BYTES = 16 * 1024;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final int PLATFORM_THREADS = 8;

    /** One accepts, one waits for what was accepted. */
    private static final int THREADS_A_LISTENER = 2;

    private final Server server;
    private final Map<String, ServerConnector> connectors = new HashMap<>();

    /**
     * What a server needs.
     *
     * @param services what is served
     * @param authenticator whose token is it
     * @param rules who may do what
     * @param accessLog where requests are told
     * @param common the listener that serves all
     * @param own listeners that serve one service at their root, by the service's name
     * @param publicUrl the address of the common listener as callers see it, where a proxy stands in front
     * @param drain how long requests under way may take when the server stops
     */
    public record Setup(
            List<ServiceApi> services,
            Authenticator authenticator,
            PolicyRules rules,
            AccessLog accessLog,
            ListenAddress common,
            Map<String, ListenAddress> own,
            Optional<String> publicUrl,
            Duration drain) {}

    /** A server that is not started yet. */
    public HttpServer(Setup setup) {
        QueuedThreadPool threads = new QueuedThreadPool(
                PLATFORM_THREADS + THREADS_A_LISTENER * (1 + setup.own().size()));
        threads.setName("http");
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("request-"));
        this.server = new Server(threads);
        server.setStopTimeout(setup.drain().toMillis());
        connect("", setup.common());
        setup.own().forEach(this::connect);
        server.setErrorHandler(HttpServer::unreadable);
        server.setHandler(new GracefulHandler(new Dispatcher(setup, this::port)));
    }

    /** What reaches no service, such as an address with NUL: nothing more is read of the connection, and its client is told. */
    private static boolean unreadable(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        response.getHeaders().put(HttpHeader.CONNECTION, "close").put(HttpHeader.CONTENT_TYPE, "application/json");
        Content.Sink.write(
                response,
                true,
                "{\"error\":{\"code\":%d,\"message\":\"%s\"}}".formatted(status, HttpStatus.getMessage(status)),
                callback);
        return true;
    }

    private void connect(String name, ListenAddress address) {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(true);
        configuration.setRequestHeaderSize(MAXIMUM_HEADER_BYTES);
        configuration.setResponseHeaderSize(MAXIMUM_HEADER_BYTES);
        ServerConnector connector =
                new ServerConnector(server, null, null, null, 1, 1, new HttpConnectionFactory(configuration));
        connector.setName(name);
        connector.setHost(address.host());
        connector.setPort(address.port());
        connector.setIdleTimeout(IDLE.toMillis());
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        connectors.put(name, connector);
    }

    /**
     * Takes its addresses; who connects before the {@link #start} waits for it.
     *
     * @throws UncheckedIOException with the address when it is taken
     */
    public void bind() {
        try {
            for (ServerConnector connector : connectors.values()) {
                connector.open();
            }
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    /**
     * Answers, at addresses that it takes unless it has them.
     *
     * @throws UncheckedIOException with the address when it is taken
     */
    public void start() {
        bind();
        try {
            server.start();
        } catch (Exception exception) {
            throw new IllegalStateException("the HTTP server did not start", exception);
        }
    }

    /** The port of the common listener. */
    public int port() {
        return port("").orElseThrow();
    }

    /** The port of a service's own listener, when it has one. */
    public Optional<Integer> port(String service) {
        return Optional.ofNullable(connectors.get(service)).map(ServerConnector::getLocalPort);
    }

    /** Stops listening, lets requests under way finish within the drain time, and ends. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception exception) {
            throw new IllegalStateException("the HTTP server did not stop in time", exception);
        }
        connectors.values().forEach(ServerConnector::close);
    }
}
