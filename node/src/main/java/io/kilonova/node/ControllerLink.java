package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import io.kilonova.node.NodeMessages.Events;
import io.kilonova.node.NodeMessages.Heard;
import io.kilonova.node.NodeMessages.Heartbeat;
import io.kilonova.node.NodeMessages.MetadataAsked;
import io.kilonova.node.NodeMessages.NetworksAsked;
import io.kilonova.node.NodeMessages.Renaming;
import io.kilonova.node.NodeMessages.Renewal;
import io.kilonova.node.NodeMessages.Renewed;
import io.kilonova.node.NodeMessages.Report;
import io.kilonova.node.NodeMessages.Unfit;
import io.kilonova.node.Wire.Nothing;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.HostInventory;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.ImageSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A node's way to the controllers. It beats at each of them, so that each knows by itself who lives and nothing of it is
 * written down; all else it says to the first that answers. Images come from controllers too.
 */
public final class ControllerLink implements AutoCloseable, ImageSource {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerLink.class);

    /** Three of them fit into the time after which a node counts as down. */
    static final Duration BEAT = Duration.ofSeconds(8);

    private static final Duration REPORT = Duration.ofMinutes(1);
    private static final Duration LIMIT = Duration.ofSeconds(8);
    private static final Duration REPORT_LIMIT = Duration.ofSeconds(60);
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final int MAXIMUM_EVENTS = 10_000;
    private static final int BATCH = 500;

    private final NodeIdentity identity;
    private final InstantSource clock;
    private final PeerClient client;
    private final BlockingQueue<GuestEvent> events = new ArrayBlockingQueue<>(MAXIMUM_EVENTS);
    private final Map<String, Boolean> answering = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Optional<String> unfit = Optional.empty();

    /** The link of a node; nothing is said before {@link #start}. */
    public ControllerLink(NodeIdentity identity, InstantSource clock) {
        this.identity = identity;
        this.clock = clock;
        this.client = new PeerClient(MutualTls.context(identity, PeerCheck.role(Role.CONTROLLER)));
    }

    /**
     * Begins to beat and to tell.
     *
     * @param address HOST:PORT at which controllers reach this node
     * @param inventory what the host is and has
     */
    public void start(String address, Supplier<HostInventory> inventory) {
        repeat("look", BEAT, () -> look(inventory));
        repeat("heartbeat", BEAT, () -> beat(address));
        repeat(
                "report",
                REPORT,
                () -> first("/v1/report", new Report(identity.id(), inventory.get()), Nothing.class, REPORT_LIMIT));
        repeat("renewal", REPORT, this::renewInTime);
        threads.add(Thread.ofVirtual().name("events").start(this::tellEvents));
    }

    /** Has an event told. When controllers are away for long, the oldest is lost: what guests there are is asked anew. */
    public void tell(GuestEvent event) {
        while (!events.offer(event)) {
            events.poll();
        }
    }

    private void repeat(String name, Duration interval, Runnable work) {
        threads.add(Thread.ofVirtual().name(name).start(() -> {
            try {
                while (true) {
                    attempt(name, work);
                    Thread.sleep(interval);
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    /** The edge of the thread: a node goes on, whatever its controllers do. */
    private static void attempt(String name, Runnable work) {
        try {
            work.run();
        } catch (ServiceException failure) {
            LOG.warn("{}: {}", name, failure.sentence());
        } catch (RuntimeException failure) {
            LOG.error("{} failed", name, failure);
        }
    }

    /** Whether the hypervisor answers: it may take its time, and the beats go on meanwhile. */
    private void look(Supplier<HostInventory> inventory) {
        try {
            HostInventory _ = inventory.get();
            unfit = Optional.empty();
        } catch (ServiceException failure) {
            unfit = Optional.of(failure.sentence());
        }
    }

    private void beat(String address) {
        Heartbeat message = new Heartbeat(identity.id(), identity.label(), address);
        List<Thread> beats = identity.controllers().stream()
                .map(controller ->
                        Thread.ofVirtual().start(() -> attempt("heartbeat", () -> beat(controller, message))))
                .toList();
        try {
            for (Thread beat : beats) {
                beat.join(LIMIT.plusSeconds(1));
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void beat(String controller, Heartbeat message) {
        try {
            Optional<String> reason = unfit;
            Heard heard = reason.isEmpty()
                    ? client.send(uri(controller, "/v1/heartbeat"), message, Heard.class, LIMIT)
                    : client.send(uri(controller, "/v1/unfit"), new Unfit(message, reason.get()), Heard.class, LIMIT);
            identity.remember(heard.controllers());
            if (!Boolean.TRUE.equals(answering.put(controller, true))) {
                LOG.info("the controller at {} answers", controller);
            }
        } catch (IOException failure) {
            if (!Boolean.FALSE.equals(answering.put(controller, false))) {
                LOG.warn("the controller at {} does not answer: {}", controller, NodeIdentity.reason(failure));
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void renewInTime() {
        Instant from = identity.get().certificate().getNotBefore().toInstant();
        Instant until = identity.get().certificate().getNotAfter().toInstant();
        if (clock.instant().isAfter(until)) {
            LOG.error(
                    "the certificate of this node ended at {}, and no controller takes it any more: stop the node and call"
                            + " \"kilonova node enroll\" with a new token; it stays the node that it is",
                    until);
        } else if (clock.instant()
                .isAfter(from.plus(Duration.between(from, until).dividedBy(2)))) {
            identity.renew(first("/v1/renew", new Renewal(identity.id()), Renewed.class, LIMIT)
                    .certificate());
            LOG.info("the certificate was renewed");
        }
    }

    private void tellEvents() {
        try {
            List<GuestEvent> batch = new ArrayList<>();
            while (true) {
                if (batch.isEmpty()) {
                    batch.add(events.take());
                    events.drainTo(batch, BATCH - 1);
                }
                if (told(batch)) {
                    batch.clear();
                } else {
                    TimeUnit.SECONDS.sleep(1);
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** What no controller takes is told no more, so that it holds up nothing: what guests there are is asked anew. */
    private boolean told(List<GuestEvent> batch) {
        try {
            first("/v1/events", new Events(identity.id(), List.copyOf(batch)), Nothing.class, LIMIT);
            return true;
        } catch (ServiceException failure) {
            boolean waits = failure.code() == NodeError.CONTROLLERS_UNREACHABLE;
            LOG.atLevel(waits ? Level.DEBUG : Level.WARN)
                    .log("{} events {}: {}", batch.size(), waits ? "wait" : "are dropped", failure.sentence());
            return !waits;
        }
    }

    /** Says something to the first controller that answers. */
    private <A> A first(String path, Object message, Class<A> answer, Duration limit) {
        Optional<IOException> last = Optional.empty();
        for (String controller : inTurn()) {
            try {
                return client.send(uri(controller, path), message, answer, limit);
            } catch (IOException failure) {
                last = Optional.of(failure);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw NodeError.CONTROLLERS_UNREACHABLE.because(interrupted, controller, "interrupted");
            }
        }
        throw unreachable(last);
    }

    /**
     * Has this node called otherwise from now on.
     *
     * @throws ServiceException {@link NodeError#LABEL_TAKEN}, {@link NodeError#LABEL_UNUSABLE},
     *     {@link NodeError#CONTROLLERS_UNREACHABLE}, or {@link NodeError#REFUSED} while something is done to its servers
     */
    public void rename(String label) {
        first("/v1/rename", new Renaming(identity.id(), label), Nothing.class, LIMIT);
        identity.rename(label);
    }

    /** What this node has to do for networks; {@code ports} are plugged here. Throws {@link NodeError#CONTROLLERS_UNREACHABLE}. */
    public NodeNetworks networks(Collection<String> ports) {
        return first("/v1/networks", new NetworksAsked(identity.id(), List.copyOf(ports)), NodeNetworks.class, LIMIT);
    }

    /** What a guest of this node is answered that asks for metadata. Throws {@link NodeError#CONTROLLERS_UNREACHABLE}. */
    public MetadataTold metadata(String networkId, String address, String path) {
        return first(
                "/v1/metadata", new MetadataAsked(identity.id(), networkId, address, path), MetadataTold.class, LIMIT);
    }

    @Override
    public InputStream open(ImageReference image) {
        Optional<IOException> last = Optional.empty();
        for (String controller : inTurn()) {
            try {
                return client.open(uri(controller, "/v1/images/" + image.id()), Map.of(), SILENCE);
            } catch (IOException failure) {
                last = Optional.of(failure);
            } catch (ServiceException refused) {
                throw HypervisorError.IMAGE_UNUSABLE.because(refused, image.id(), refused.sentence());
            }
        }
        throw unreachable(last);
    }

    private ServiceException unreachable(Optional<IOException> last) {
        String reason = last.map(NodeIdentity::reason).orElse("none is known");
        return last.<ServiceException>map(
                        cause -> NodeError.CONTROLLERS_UNREACHABLE.because(cause, identity.controllers(), reason))
                .orElseGet(() -> NodeError.CONTROLLERS_UNREACHABLE.with(identity.controllers(), reason));
    }

    /** Each node begins with another controller, so that none has all of the work; those that answer come first. */
    private List<String> inTurn() {
        List<String> all = new ArrayList<>(identity.controllers());
        if (!all.isEmpty()) {
            java.util.Collections.rotate(all, Math.floorMod(identity.id().hashCode(), all.size()));
        }
        all.sort(java.util.Comparator.comparing(controller -> Boolean.FALSE.equals(answering.get(controller)) ? 1 : 0));
        return all;
    }

    private static URI uri(String controller, String path) {
        return URI.create("https://" + controller + path);
    }

    /** Falls silent. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        client.close();
    }
}
