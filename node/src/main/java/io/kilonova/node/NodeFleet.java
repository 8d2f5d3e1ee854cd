package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import io.kilonova.node.NodeCommand.Abandon;
import io.kilonova.node.Wire.Line;
import io.kilonova.node.Wire.Nothing;
import io.kilonova.spi.Hypervisor;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** The nodes of the cloud as one controller reaches them, each as a {@link Hypervisor}. */
public final class NodeFleet implements AutoCloseable {
    /** Less than a node waits for the answer to its heartbeat. */
    private static final Duration PROOF_LIMIT = Duration.ofSeconds(5);

    /** A node sends a sign of life every two seconds while it works. */
    private static final Duration SILENCE = Duration.ofSeconds(12);

    /** Where nodes take commands, and controllers those for nodes that they reach. */
    private static final String COMMANDS = "/v1/commands/";

    private final NodeRegister register;
    private final Supplier<Optional<CommandScope>> scope;
    private final PeerWay.Maker ways;
    private final PeerThreads threads;
    private final PeerWay client;
    private final ControllerPeer peer;
    private final Hearsay hearsay;
    private final Map<String, RemoteHypervisor> hypervisors = new ConcurrentHashMap<>();
    private volatile Nodes nodes = Nodes.of(List.of());
    private volatile List<String> gates = List.of();

    /** The nodes as they were read last, and those that came since; also by the names that they had before. */
    private record Nodes(
            Map<String, EnrolledNode> byId, Map<String, EnrolledNode> byLabel, Map<String, EnrolledNode> byAddress) {
        static Nodes of(List<EnrolledNode> all) {
            Nodes nodes = new Nodes(new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
            all.forEach(nodes::put);
            return nodes;
        }

        void put(EnrolledNode node) {
            Optional.ofNullable(byId.put(node.id(), node)).ifPresent(old -> byAddress.remove(old.address(), old));
            byAddress.put(node.address(), node);
            byLabel.put(node.label(), node);
            node.formerLabel().ifPresent(former -> byLabel.putIfAbsent(former, node));
        }
    }

    /**
     * The nodes in a register.
     *
     * @param own what this controller proves itself by
     * @param scope what the calling thread is doing; empty outside of operations. It throws when the thread may no longer do it
     */
    public NodeFleet(NodeRegister register, Supplier<Credential> own, Supplier<Optional<CommandScope>> scope) {
        this(register, scope, PeerClient.ways(own), PeerThreads.virtual());
        refresh();
    }

    /** The same with ways and threads of its own; the register is not read yet. */
    NodeFleet(NodeRegister register, Supplier<Optional<CommandScope>> scope, PeerWay.Maker ways, PeerThreads threads) {
        this.register = register;
        this.scope = scope;
        this.ways = ways;
        this.threads = threads;
        this.client = ways.to(this::objection);
        this.peer = new ControllerPeer(ways);
        this.hearsay = new Hearsay(peer, threads, this::gates, () -> nodes.byId());
    }

    /** Reads the register anew; called every few seconds. */
    public void refresh() {
        nodes = Nodes.of(register.list());
        gates = register.gates();
        hypervisors.keySet().removeIf(host -> !nodes.byLabel().containsKey(host));
    }

    /** Takes in one node that came; the others are as they were. */
    void learn(EnrolledNode node) {
        nodes.put(node);
    }

    /**
     * Who has to be at an address follows from the register, where no two nodes have the same: a node that sits at another's is
     * refused.
     */
    private Optional<String> objection(PeerIdentity peer, String address) {
        EnrolledNode wanted = nodes.byAddress().get(address);
        return peer.role() == Role.NODE && wanted != null && wanted.id().equals(peer.id())
                ? Optional.empty()
                : Optional.of("%s %s is at %s, where another was enrolled".formatted(peer.role(), peer.id(), address));
    }

    /** The hypervisor of the node of this name, when there is one. */
    public Optional<Hypervisor> hypervisor(String label) {
        if (!nodes.byLabel().containsKey(label)) {
            register.named(label).ifPresent(this::learn);
        }
        return nodes.byLabel().containsKey(label) ? Optional.of(remote(label)) : Optional.empty();
    }

    /** The hypervisor of every node. */
    public List<Hypervisor> hypervisors() {
        return nodes.byId().values().stream()
                .<Hypervisor>map(node -> remote(node.label()))
                .toList();
    }

    /** The commands that this controller gave, by the name of the node and what came of them. */
    public Map<List<String>, CommandsGiven> commands() {
        Map<List<String>, CommandsGiven> commands = new HashMap<>();
        hypervisors.forEach((host, hypervisor) ->
                hypervisor.count((outcome, given) -> commands.put(List.of(host, outcome), given)));
        return commands;
    }

    RemoteHypervisor remote(String label) {
        return hypervisors.computeIfAbsent(label, name -> new RemoteHypervisor(name, this));
    }

    /** The node of this id, when it is enrolled and not revoked; one that was enrolled just now is found too. */
    Optional<EnrolledNode> find(String id) {
        return Optional.ofNullable(nodes.byId().get(id)).or(() -> {
            Optional<EnrolledNode> enrolled =
                    register.find(id).filter(node -> node.revokedAt().isEmpty());
            enrolled.ifPresent(this::learn);
            return enrolled;
        });
    }

    /** Where the node of this name is, as soon as it has said so. */
    Optional<NodeAddress> address(String host) {
        return Optional.ofNullable(nodes.byLabel().get(host))
                .filter(node -> !node.address().isEmpty())
                .map(EnrolledNode::target);
    }

    /**
     * Asks for nothing at an address that a node says it is at. Whoever sits there proves who it is by its key; so a node cannot
     * take the address of another, whose commands would find nobody then.
     *
     * @throws ServiceException {@link NodeError#ADDRESS_UNPROVED}
     */
    void requireAt(EnrolledNode node, String address) {
        NodeAddress claimed = new NodeAddress(node.id(), address);
        CommandOrder order =
                CommandOrder.of(Optional.empty(), NodeCommand.ABANDON.name(), "", Wire.tree(new Nothing()));
        CommandEnvelope nothing = new CommandEnvelope(node.id(), order, Wire.tree(new Abandon("")));
        try (PeerWay caller = ways.to(PeerCheck.node(node.id(), node.label()))) {
            Line _ = caller.send(claimed.uri(COMMANDS + NodeCommand.ABANDON.name()), nothing, Line.class, PROOF_LIMIT);
        } catch (IOException | IllegalArgumentException failure) {
            throw NodeError.ADDRESS_UNPROVED.because(failure, node.label(), address, NodeIdentity.reason(failure));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw NodeError.ADDRESS_UNPROVED.because(interrupted, node.label(), address, "interrupted");
        }
    }

    /** Whether any other controller heard a host lately: this one may be cut off from it. All are asked. */
    public boolean isHeardElsewhere(String label) {
        return Optional.ofNullable(nodes.byLabel().get(label))
                .flatMap(node -> hearsay.seek(node.id()))
                .isPresent();
    }

    /** Whether the node of this name beat here lately. */
    boolean isHeardHere(String label) {
        return Optional.ofNullable(nodes.byLabel().get(label))
                .filter(node -> !hearsay.of(List.of(node.id())).isEmpty())
                .isPresent();
    }

    /** What is heard of nodes, here and elsewhere. */
    Hearsay hearsay() {
        return hearsay;
    }

    /** Where controllers listen. */
    List<String> gates() {
        return gates;
    }

    /** Sends a command to a node, and gives what it says to {@code listener} line by line, until the last. */
    void deliver(NodeCommand<?, ?> command, Delivery delivery, Consumer<byte[]> listener)
            throws IOException, InterruptedException {
        String path = COMMANDS + command.name();
        PeerWay way = delivery.gate().isPresent() ? peer.way() : client;
        URI address = delivery.gate()
                .map(gate -> URI.create("https://" + gate + path))
                .orElseGet(() -> delivery.node().uri(path));
        way.sendForLines(address, delivery.origin(), delivery.envelope(), SILENCE, command.limit(), listener);
    }

    /** A command with its number; who it is for is filled in when it is sent. */
    <Q> CommandEnvelope envelope(NodeCommand<Q, ?> command, Q question) {
        JsonNode asked = Wire.tree(question);
        CommandOrder order = CommandOrder.of(scope.get(), command.name(), NodeCommand.guestOf(question), asked);
        return new CommandEnvelope("", order, asked);
    }

    /** Of which request a command of the calling thread is part. */
    CommandOrigin origin() {
        return CommandOrigin.of(scope.get());
    }

    /** Ends the step of the calling thread when another controller may have its operation by now. */
    void requireOwnership() {
        Optional<CommandScope> unused = scope.get();
    }

    /** On what its calls run and wait. */
    PeerThreads threads() {
        return threads;
    }

    /** Calls nobody any more. */
    @Override
    public void close() {
        client.close();
        peer.close();
    }
}
