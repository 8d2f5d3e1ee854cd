package io.kilonova.launcher;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Things that were started and have to be stopped, the last first; one that fails to stop keeps none of the others from it. */
final class Parts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    private final List<Part> parts = new ArrayList<>();

    private record Part(String name, AutoCloseable closeable) {}

    <T extends AutoCloseable> T own(String name, T part) {
        parts.add(new Part(name, part));
        return part;
    }

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
