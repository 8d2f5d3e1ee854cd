package io.kilonova.launcher;

import io.kilonova.errors.ServiceException;
import io.kilonova.metadata.MetadataAnswers;
import io.kilonova.node.ControllerLink;
import io.kilonova.node.MetadataTold;
import io.kilonova.node.NodeNetworks;
import io.kilonova.ovn.HostDuties;
import io.kilonova.ovn.OvnHost;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does for networks: it asks controllers where OVN is and for which networks its guests want metadata, at the
 * start, whenever a guest is plugged, and twice a minute; and it hands them what guests ask of themselves. While no controller
 * answers, everything stays as it is.
 */
final class NodeNetworking implements MetadataAnswers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeNetworking.class);
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    /** While there is no answer, or no OVN yet. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private final OvnHost host;
    private final ControllerLink link;
    private final Semaphore news = new Semaphore(0);
    private final Thread asker;

    NodeNetworking(OvnHost host, ControllerLink link) {
        this.host = host;
        this.link = link;
        this.asker = Thread.ofVirtual().name("networks").start(this::askAlways);
    }

    /** A guest was plugged or unplugged. */
    void changed() {
        news.release();
    }

    private void askAlways() {
        try {
            while (true) {
                Duration pause = ask() ? INTERVAL : SOON;
                boolean early = news.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
                LOG.trace("Asked again, early: {}, for {} changes more", early, news.drainPermits());
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean ask() {
        try {
            NodeNetworks wanted = link.networks(host.ports());
            wanted.southbound().ifPresent(host::follow);
            host.serve(new HostDuties(wanted.metadata(), Map.of()));
            return wanted.southbound().isPresent();
        } catch (ServiceException failure) {
            LOG.warn("The networks stay as they are: {}", failure.sentence());
            return false;
        } catch (RuntimeException failure) { // the edge of the thread
            LOG.error("The networks stay as they are", failure);
            return false;
        }
    }

    @Override
    public Answer answer(String networkId, String address, String path) {
        MetadataTold told = link.metadata(networkId, address, path);
        return new Answer(told.status(), told.contentType(), told.content());
    }

    @Override
    public void close() {
        asker.interrupt();
    }
}
