package io.kilonova.metadata;

import java.time.Duration;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** How both of metadata's listeners speak HTTP: small headers, short patience, nothing said of the software. */
final class MetadataHttp {
    /** How long a connection may say nothing. */
    static final Duration IDLE = Duration.ofSeconds(15);

    /** How long answers under way may take when the listener stops. */
    static final Duration DRAIN = Duration.ofSeconds(2);

    private static final int MAXIMUM_HEADER_BYTES = 8 * 1024;
    private static final int MAXIMUM_PLATFORM_THREADS = 8;

    private MetadataHttp() {}

    /** A server without connectors yet, each of whose requests has a virtual thread. */
    static Server server(String name, MetadataHandler.Reader reader) {
        QueuedThreadPool threads = new QueuedThreadPool(MAXIMUM_PLATFORM_THREADS);
        threads.setName(name);
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor(name + "-"));
        Server server = new Server(threads);
        server.setStopTimeout(DRAIN.toMillis());
        server.setHandler(new MetadataHandler(reader));
        return server;
    }

    /** Ends a server, when the answers under way are written or {@link #DRAIN} is over. */
    static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception failure) {
            throw new IllegalStateException("metadata did not stop in time", failure);
        }
    }

    /** What makes connections of sockets. */
    static HttpConnectionFactory connections() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setRequestHeaderSize(MAXIMUM_HEADER_BYTES);
        // Guests' scripts double slashes; all other ambiguous paths are refused before they get here.
        configuration.setUriCompliance(
                UriCompliance.DEFAULT.with("METADATA", UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT));
        return new HttpConnectionFactory(configuration);
    }
}
