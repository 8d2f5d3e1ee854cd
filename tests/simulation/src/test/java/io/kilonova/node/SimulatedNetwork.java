package io.kilonova.node;

import io.kilonova.node.NodeCommand.Effect;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What stands in the place of the wires, and of what encrypts them, between the processes of a simulated cloud: whoever listens
 * has an address, an identity and the program's own routes, and each message is bytes that may be late, lost, doubled, or done
 * without an answer.
 */
public final class SimulatedNetwork {
    private final Conditions conditions;
    private final Map<String, Listener> listeners = new HashMap<>();

    /** What becomes of messages. Asked on threads of their senders. */
    public interface Conditions {
        /** Whether anything gets from one process to another now. */
        boolean reaches(String from, String to);

        /** What becomes of a message that is sent now. Its sender may be held up meanwhile. */
        Fate fate(Message message);

        /** Under which number and fence a command travels. */
        CommandOrder order(CommandOrder given);

        /** Who carries what nobody waits for. */
        SimulatedProcess wire();

        /** A message is under way that nobody waits for. Gives what to do when it has come to its end. */
        Runnable sent();
    }

    /** A message to a process. */
    public record Message(String from, String to, String path) {
        /** Whether it is a command that is carried out in its turn and remembered. */
        public boolean isRemembered() {
            return Optional.of(path)
                    .filter(address -> address.startsWith("/v1/commands/"))
                    .flatMap(address -> NodeCommand.named(address.substring("/v1/commands/".length())))
                    .filter(SimulatedNetwork::isRemembered)
                    .isPresent();
        }

        /** Whether it is the sign of life of a node. */
        public boolean isHeartbeat() {
            return path.equals("/v1/heartbeat");
        }

        /** Whether a node tells with it what happened, or what it has. */
        public boolean isReport() {
            return path.equals("/v1/events") || path.equals("/v1/report");
        }
    }

    /**
     * What becomes of a message.
     *
     * @param arrives whether it does at all
     * @param delay before it does
     * @param isHeard whether its answer arrives
     * @param again how long after it the same arrives once more
     * @param noticed after how long its sender notices that no answer comes
     */
    public record Fate(boolean arrives, Duration delay, boolean isHeard, Optional<Duration> again, Duration noticed) {}

    /** Somebody who listens, with the calls that go on there. */
    record Listener(
            SimulatedProcess process, PeerIdentity identity, List<PeerRoute> routes, Set<SimulatedExchange> open) {}

    /** A network of which that is so. */
    public SimulatedNetwork(Conditions conditions) {
        this.conditions = conditions;
    }

    static boolean isRemembered(NodeCommand<?, ?> command) {
        return command.effect() == Effect.CHANGES || command.effect() == Effect.ENDS;
    }

    /** From here on a process is reached at an address, as that. */
    void listen(String address, SimulatedProcess process, PeerIdentity identity, List<PeerRoute> routes) {
        listeners.put(address, new Listener(process, identity, routes, new LinkedHashSet<>()));
    }

    /** A process is gone: who waits for it is told so at once if {@code machine} still runs, or hears nothing any more. */
    public void close(String address, boolean machine) {
        Listener gone = listeners.remove(address);
        if (gone != null) {
            List.copyOf(gone.open()).forEach(machine ? SimulatedExchange::cut : SimulatedExchange::silence);
        }
    }

    Optional<Listener> at(String address) {
        return Optional.ofNullable(listeners.get(address));
    }

    Conditions conditions() {
        return conditions;
    }

    /** The ways of a process to others. */
    PeerWay.Maker ways(SimulatedProcess process, PeerIdentity identity) {
        return check -> new SimulatedWay(this, process, identity, check);
    }
}
