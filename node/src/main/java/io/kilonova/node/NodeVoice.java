package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import io.kilonova.node.NodeMessages.Events;
import io.kilonova.node.NodeMessages.Heard;
import io.kilonova.node.NodeMessages.Heartbeat;
import io.kilonova.node.NodeMessages.MetadataAsked;
import io.kilonova.node.NodeMessages.NetworksAsked;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What a node says to controllers. It beats at each of them, so that each knows by itself who lives and nothing of it is
 * written down; all else it says to the first that answers. Images come from controllers too.
 */
final class NodeVoice implements AutoCloseable, ImageSource {
    private static final Logger LOG = LoggerFactory.getLogger(NodeVoice.class);

    /** Three of them fit into the time after which a node counts as down. */
    static final Duration BEAT = Duration.ofSeconds(8);

    static final Duration REPORT = Duration.ofMinutes(1);
    static final Duration LIMIT = Duration.ofSeconds(8);
    private static final Duration REPORT_LIMIT = Duration.ofSeconds(60);
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final Duration EVENTS_WAIT = Duration.ofSeconds(1);
    private static final int MAXIMUM_EVENTS = 10_000;
    private static final int BATCH = 500;

    private final NodePlace place;
    private final PeerWay way;
    private final PeerThreads threads;
    private final Deque<GuestEvent> events = new ArrayDeque<>();
    private CompletableFuture<Boolean> seen = new CompletableFuture<>();
    private final Map<String, Boolean> answering = new ConcurrentHashMap<>();
    private final Map<String, Long> unableNanos = new ConcurrentHashMap<>();
    private final List<Thread> speaking = new ArrayList<>();
    private volatile Optional<String> unfit = Optional.empty();

    /** The voice of a node; nothing is said before {@link #start}. */
    NodeVoice(NodePlace place, PeerWay.Maker ways, PeerThreads threads) {
        this.place = place;
        this.way = ways.to(PeerCheck.role(Role.CONTROLLER));
        this.threads = threads;
    }

    /**
     * Begins to beat and to tell.
     *
     * @param address HOST:PORT at which controllers reach this node
     * @param inventory what the host is and has
     */
    void start(String address, Supplier<HostInventory> inventory) {
        repeat("look", BEAT, () -> look(inventory));
        repeat("heartbeat", BEAT, () -> beat(address));
        repeat(
                "report",
                REPORT,
                () -> first("/v1/report", new Report(place.id(), inventory.get()), Nothing.class, REPORT_LIMIT));
        speaking.add(threads.start("events", this::tellEvents));
    }

    /** Has an event told. When controllers are away for long, the oldest is lost: what guests there are is asked anew. */
    void tell(GuestEvent event) {
        synchronized (events) {
            if (events.size() == MAXIMUM_EVENTS) {
                events.removeFirst();
            }
            events.addLast(event);
            seen.complete(true);
        }
    }

    /** Does something now, and again and again. */
    void repeat(String name, Duration interval, Runnable work) {
        speaking.add(threads.start(name, () -> {
            try {
                while (true) {
                    attempt(name, work);
                    threads.sleep(interval);
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
        } catch (RuntimeException | Error failure) {
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
        Heartbeat message = new Heartbeat(place.id(), place.label(), address);
        place.controllers()
                .forEach(controller ->
                        threads.start("heartbeat", () -> attempt("heartbeat", () -> beat(controller, message))));
    }

    private void beat(String controller, Heartbeat message) {
        try {
            Optional<String> reason = unfit;
            Heard heard = reason.isEmpty()
                    ? way.send(uri(controller, "/v1/heartbeat"), message, Heard.class, LIMIT)
                    : way.send(uri(controller, "/v1/unfit"), new Unfit(message, reason.get()), Heard.class, LIMIT);
            place.remember(heard.controllers());
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

    private void tellEvents() {
        try {
            List<GuestEvent> batch = List.of();
            while (true) {
                if (batch.isEmpty()) {
                    batch = nextEvents();
                }
                if (told(batch)) {
                    batch = List.of();
                } else {
                    threads.sleep(EVENTS_WAIT);
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private List<GuestEvent> nextEvents() throws InterruptedException {
        while (true) {
            CompletableFuture<Boolean> next;
            synchronized (events) {
                if (!events.isEmpty()) {
                    List<GuestEvent> batch = events.stream().limit(BATCH).toList();
                    batch.forEach(told -> events.removeFirst());
                    return batch;
                }
                seen = new CompletableFuture<>();
                next = seen;
            }
            threads.await(next);
        }
    }

    /** What no controller takes is told no more, so that it holds up nothing: what guests there are is asked anew. */
    private boolean told(List<GuestEvent> batch) {
        try {
            first("/v1/events", new Events(place.id(), batch), Nothing.class, LIMIT);
            return true;
        } catch (ServiceException failure) {
            boolean waits = failure.code() == NodeError.CONTROLLERS_UNREACHABLE;
            LOG.atLevel(waits ? Level.DEBUG : Level.WARN)
                    .log("{} events {}: {}", batch.size(), waits ? "wait" : "are dropped", failure.sentence());
            return !waits;
        }
    }

    /** Says something to the first controller that answers. */
    <A> A first(String path, Object message, Class<A> answer, Duration limit) {
        Optional<Exception> last = Optional.empty();
        for (String controller : inTurn()) {
            try {
                return way.send(uri(controller, path), message, answer, limit);
            } catch (IOException failure) {
                last = Optional.of(passOver(controller, failure));
            } catch (ServiceException refused) {
                last = Optional.of(passOver(controller, requireUnable(refused)));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw NodeError.CONTROLLERS_UNREACHABLE.because(interrupted, controller, "interrupted");
            }
        }
        throw unreachable(last);
    }

    /** What this node has to do for networks; {@code ports} are plugged here. Throws {@link NodeError#CONTROLLERS_UNREACHABLE}. */
    NodeNetworks networks(Collection<String> ports) {
        return first("/v1/networks", new NetworksAsked(place.id(), List.copyOf(ports)), NodeNetworks.class, LIMIT);
    }

    /** What a guest of this node is answered that asks for metadata. Throws {@link NodeError#CONTROLLERS_UNREACHABLE}. */
    MetadataTold metadata(String networkId, String address, String path) {
        return first(
                "/v1/metadata", new MetadataAsked(place.id(), networkId, address, path), MetadataTold.class, LIMIT);
    }

    @Override
    public InputStream open(ImageReference image) {
        Optional<Exception> last = Optional.empty();
        for (String controller : inTurn()) {
            try {
                return way.open(uri(controller, "/v1/images/" + image.id()), Map.of(), SILENCE);
            } catch (IOException failure) {
                last = Optional.of(passOver(controller, failure));
            } catch (ServiceException refused) {
                if (refused.code() != NodeError.PEER_UNABLE) {
                    throw HypervisorError.IMAGE_UNUSABLE.because(refused, image.id(), refused.sentence());
                }
                last = Optional.of(passOver(controller, refused));
            }
        }
        throw unreachable(last);
    }

    /** One that lacks something of its own, as its database, is no reason to ask none of the others. */
    private static ServiceException requireUnable(ServiceException refused) {
        if (refused.code() != NodeError.PEER_UNABLE) {
            throw refused;
        }
        return refused;
    }

    private <E extends Exception> E passOver(String controller, E failure) {
        unableNanos.put(controller, threads.nanos());
        return failure;
    }

    private ServiceException unreachable(Optional<Exception> last) {
        String reason = last.map(NodeIdentity::reason).orElse("none is known");
        return last.<ServiceException>map(
                        cause -> NodeError.CONTROLLERS_UNREACHABLE.because(cause, place.controllers(), reason))
                .orElseGet(() -> NodeError.CONTROLLERS_UNREACHABLE.with(place.controllers(), reason));
    }

    /** Each node begins with another controller, so that none has all of the work; those that can answer come first. */
    private List<String> inTurn() {
        List<String> all = new ArrayList<>(place.controllers());
        if (!all.isEmpty()) {
            java.util.Collections.rotate(all, Math.floorMod(place.id().hashCode(), all.size()));
        }
        all.sort(java.util.Comparator.comparing(this::isUnable));
        return all;
    }

    private boolean isUnable(String controller) {
        Long last = unableNanos.get(controller);
        return Boolean.FALSE.equals(answering.get(controller))
                || last != null && threads.nanos() - last < SILENCE.toNanos();
    }

    private static URI uri(String controller, String path) {
        return URI.create("https://" + controller + path);
    }

    /** Falls silent. */
    @Override
    public void close() {
        speaking.forEach(Thread::interrupt);
        way.close();
    }
}
