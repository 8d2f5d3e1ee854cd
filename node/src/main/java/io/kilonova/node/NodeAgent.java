package io.kilonova.node;

import io.kilonova.spi.Hypervisor;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Carries the commands of controllers out on one hypervisor host. It holds no state but its journal: guests run on without it,
 * and an agent that starts again takes up where the last one ended.
 */
public final class NodeAgent implements AutoCloseable {
    private final CommandJournal journal;
    private final NodeCalls calls;
    private final PeerServer server;

    /** An agent that is not started yet; its journal is kept in {@code folder}. */
    public NodeAgent(Hypervisor hypervisor, Supplier<Credential> own, Path folder, String host, int port) {
        this.journal = CommandJournal.open(folder.resolve("commands.journal"));
        this.calls =
                new NodeCalls(hypervisor, () -> own.get().id(), journal, PeerClient.ways(own), PeerThreads.virtual());
        this.server = new PeerServer("node " + hypervisor.host(), host, port, own, false, calls.routes());
    }

    /** Listens. Throws {@link java.io.UncheckedIOException} when the address is taken. */
    public void start() {
        server.start();
    }

    /** The port that it listens at. */
    public int port() {
        return server.port();
    }

    /** What it is asked. */
    NodeCalls calls() {
        return calls;
    }

    /** Stops listening. Commands under way come to their end, and are joined when the next agent is asked for them. */
    @Override
    public void close() {
        server.close();
        journal.close();
    }
}
