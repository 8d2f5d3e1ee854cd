package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import io.kilonova.node.NodeMessages.NodeHeard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes beat at this controller, and what the other controllers hear of those that do not: it may be cut off from these. Such
 * a node lives as long as anybody hears it, and whoever hears it passes this controller's commands on.
 */
final class Hearsay {
    private static final Logger LOG = LoggerFactory.getLogger(Hearsay.class);

    /** Of a node that is silent for so long others are asked. */
    private static final Duration MISSED = NodeVoice.BEAT.multipliedBy(2);

    /** What was heard longer ago says nothing. Hosts count as down after this time. */
    private static final Duration LATELY = Duration.ofSeconds(30);

    /** A little more than a controller takes until it gives up. */
    private static final Duration ANSWER = Duration.ofSeconds(6);

    private final ControllerPeer peer;
    private final PeerThreads threads;
    private final Supplier<List<String>> gates;
    private final Supplier<Map<String, EnrolledNode>> nodes;
    private final Map<String, Beat> beats = new ConcurrentHashMap<>();
    private final Map<String, Detour> detours = new ConcurrentHashMap<>();
    private final long sinceNanos;
    private volatile String own = "";

    /** The last sign of life of a node, and why its hypervisor can do nothing. */
    private record Beat(long atNanos, Optional<String> unfit) {}

    /** Where a node was heard, and when. */
    private record Detour(String gate, long heardNanos) {
        static Detour later(Detour one, Detour other) {
            return one.heardNanos - other.heardNanos > 0 ? one : other;
        }
    }

    Hearsay(
            ControllerPeer peer,
            PeerThreads threads,
            Supplier<List<String>> gates,
            Supplier<Map<String, EnrolledNode>> nodes) {
        this.peer = peer;
        this.threads = threads;
        this.sinceNanos = threads.nanos();
        this.gates = gates;
        this.nodes = nodes;
    }

    /** This controller listens here; it does not ask itself. */
    void isAt(String gate) {
        own = gate;
    }

    /** A node beat here. */
    void beat(String nodeId, Optional<String> unfit) {
        beats.put(nodeId, new Beat(threads.nanos(), unfit));
        if (detours.remove(nodeId) != null) {
            LOG.info("the node {} is heard again", nodeId);
        }
    }

    /** What this controller itself heard of nodes lately; another one asks. */
    List<NodeHeard> of(List<String> nodeIds) {
        List<NodeHeard> heard = new ArrayList<>();
        for (String id : nodeIds) {
            Beat beat = beats.get(id);
            if (beat != null && isLately(beat.atNanos())) {
                long silentMillis = TimeUnit.NANOSECONDS.toMillis(threads.nanos() - beat.atNanos());
                heard.add(new NodeHeard(id, silentMillis, beat.unfit()));
            }
        }
        return heard;
    }

    /** Asks the others about the nodes that are silent here, and tells what they hear. */
    void askAround(NodeDuties duties) {
        List<String> silent = nodes.get().keySet().stream()
                .filter(id -> threads.nanos() - lastNanos(id) > MISSED.toNanos())
                .toList();
        for (NodeHeard heard : silent.isEmpty() ? List.<NodeHeard>of() : learn(silent)) {
            Optional.ofNullable(nodes.get().get(heard.node())).ifPresent(node -> tell(duties, node.label(), heard));
        }
    }

    private static void tell(NodeDuties duties, String host, NodeHeard heard) {
        Duration ago = Duration.ofMillis(heard.silentMillis());
        heard.unfit().ifPresentOrElse(reason -> duties.unfit(host, ago, reason), () -> duties.heard(host, ago));
    }

    /** The controller that heard a node last, when one did lately; asks all of them. */
    Optional<String> seek(String nodeId) {
        List<NodeHeard> _ = learn(List.of(nodeId));
        return detour(nodeId);
    }

    /** The controller by which commands reach a node that does not beat here, when one is known. */
    Optional<String> detour(String nodeId) {
        return Optional.ofNullable(detours.get(nodeId))
                .filter(detour -> isLately(detour.heardNanos()))
                .map(Detour::gate);
    }

    private List<NodeHeard> learn(List<String> nodeIds) {
        List<NodeHeard> all = new ArrayList<>();
        List<Asked> others = gates.get().stream()
                .filter(gate -> !gate.equals(own))
                .map(gate -> new Asked(gate, nodeIds))
                .toList();
        try {
            for (Asked asked : others) {
                for (NodeHeard heard : asked.answer()) {
                    all.add(heard);
                    learn(asked.gate, heard);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw NodeError.CONTROLLERS_UNREACHABLE.because(interrupted, gates.get(), "interrupted");
        }
        return all;
    }

    private void learn(String gate, NodeHeard heard) {
        long at = threads.nanos() - TimeUnit.MILLISECONDS.toNanos(heard.silentMillis());
        if (!detours.containsKey(heard.node())) {
            LOG.info("the node {} does not answer here, and is heard by the controller at {}", heard.node(), gate);
        }
        detours.merge(heard.node(), new Detour(gate, at), Detour::later);
    }

    private long lastNanos(String nodeId) {
        Beat beat = beats.get(nodeId);
        return beat == null ? sinceNanos : beat.atNanos();
    }

    private boolean isLately(long nanos) {
        return threads.nanos() - nanos < LATELY.toNanos();
    }

    /** A question to one of the others, which are asked all at once. */
    private final class Asked {
        private final String gate;
        private final CompletableFuture<List<NodeHeard>> heard = new CompletableFuture<>();

        Asked(String gate, List<String> nodeIds) {
            this.gate = gate;
            Thread _ = threads.start("hearsay", () -> {
                try {
                    heard.complete(peer.heard(gate, nodeIds));
                } catch (ServiceException interrupted) {
                    heard.complete(List.of());
                }
            });
        }

        List<NodeHeard> answer() throws InterruptedException {
            return threads.await(heard, ANSWER) ? heard.join() : List.of();
        }
    }
}
