package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.HostAndPort;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: the one place that knows all rooms, makes their parts by their constructors, and stops them in
 * the opposite order. A part that is started is handed to {@link #own} at once, so that a start that fails halfway leaves
 * nothing running.
 */
final class Cloud implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cloud.class);

    private final StateDirectory state;
    private final List<Part> parts = new ArrayList<>();
    private HostAndPort address;

    /** Something that was started and has to be stopped. */
    private record Part(String name, AutoCloseable closeable) {}

    private Cloud(StateDirectory state, HostAndPort address) {
        this.state = state;
        this.address = address;
        own("the state directory", state);
    }

    /** Starts all parts. The state directory is the cloud's from here on, and let go of with it, or when the start fails. */
    static Cloud start(Configuration configuration, StateDirectory state) {
        Cloud cloud = new Cloud(state, configuration.get(KilonovaOptions.LISTEN));
        boolean started = false;
        try {
            cloud.startParts(configuration);
            started = true;
            return cloud;
        } finally {
            if (!started) {
                cloud.close();
            }
        }
    }

    private void startParts(Configuration configuration) {
        ClientFiles.write(state.path(), url(configuration), state.adminPassword());
    }

    /** Where all services are served, with the port that was really taken. */
    HostAndPort address() {
        return address;
    }

    /** The folder of the cloud's state. */
    Path statePath() {
        return state.path();
    }

    /** The address of all services as their users see it, without a slash at its end. */
    URI url(Configuration configuration) {
        return URI.create(configuration.get(KilonovaOptions.PUBLIC_URL).orElse("http://" + address));
    }

    private <T extends AutoCloseable> T own(String name, T part) {
        parts.add(new Part(name, part));
        return part;
    }

    /** Stops all parts, the last first; one that fails to stop keeps none of the others from it. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            Part part = parts.removeLast();
            try {
                part.closeable().close();
            } catch (Exception failure) { // the others have to stop all the same
                LOG.error("Stopping {} failed", part.name(), failure);
            }
        }
    }
}
