package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import io.kilonova.node.NodeCommand.Migrate;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationTarget;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a running guest to another node: its sockets there, as sockets of the same names here, for as long as the move
 * takes. What goes through them goes over the nodes' mutually authenticated connections. Nobody but root, and whom root lets,
 * connects to them.
 */
final class Passage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Passage.class);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** Tells a folder that was made here from one that the destination itself made on the same machine. */
    private static final String MARK = "passage";

    private final Migrate move;
    private final PeerWay client;
    private final Path folder;
    private final List<ServerSocketChannel> listeners = new ArrayList<>();
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private LiveMigrationTarget target;

    private Passage(Migrate move, PeerWay client) {
        this.move = move;
        this.client = client;
        this.folder = Path.of(move.target().address());
        this.target = move.target();
    }

    /**
     * Opens the way. Between nodes that share a machine, and so the sockets, nothing has to be done, nor where there are none.
     *
     * @throws ServiceException {@link HypervisorError#HYPERVISOR_REFUSED}; the guest runs on here
     */
    static Passage open(String host, Migrate move, PeerWay client) {
        Passage passage = new Passage(move, client);
        try {
            boolean apart = !Files.isDirectory(passage.folder) || Files.exists(passage.folder.resolve(MARK));
            if (apart && !move.target().sockets().isEmpty()) {
                passage.make();
            }
            return passage;
        } catch (IOException failure) {
            passage.close();
            throw HypervisorError.HYPERVISOR_REFUSED.because(failure, host, "no way to the destination can be opened");
        }
    }

    /** The target as the hypervisor reaches it from here. */
    LiveMigrationTarget target() {
        return target;
    }

    private void make() throws IOException {
        remove();
        if (folder.getParent() != null) {
            Files.createDirectories(folder.getParent());
        }
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createFile(folder.resolve(MARK));
        for (Map.Entry<String, Path> socket : target.sockets().entrySet()) {
            Path here = folder.resolve(socket.getKey());
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listeners.add(listener);
            listener.bind(UnixDomainSocketAddress.of(here));
            Files.setPosixFilePermissions(here, PosixFilePermissions.fromString("rw-------"));
            Thread.ofVirtual().name("passage-" + socket.getKey()).start(() -> accept(socket.getKey(), listener));
        }
        // libvirt gives QEMU's user the sockets that it may use; it only has to come through.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        target = target.through(folder.resolve(LiveMigrationTarget.DAEMON));
    }

    private void accept(String name, ServerSocketChannel listener) {
        try {
            while (true) {
                SocketChannel socket = listener.accept();
                connections.add(socket);
                String path = "/v1/passages/%s/%s/%s".formatted(move.guestId(), name, UUID.randomUUID());
                Thread.ofVirtual().name("passage-in").start(() -> carry(socket, () -> in(path, socket)));
                Thread.ofVirtual().name("passage-out").start(() -> carry(socket, () -> out(path, socket)));
            }
        } catch (ClosedChannelException ended) {
            LOG.debug("The passage of guest {} is closed", move.guestId());
        } catch (IOException failure) {
            LOG.warn("The passage of guest {} broke: {}", move.guestId(), failure.toString());
        }
    }

    /** One direction of one connection. */
    @FunctionalInterface
    private interface Direction {
        void carry() throws IOException;
    }

    /** The edge of the thread: a direction that is lost takes the other one with it. */
    private void carry(SocketChannel socket, Direction direction) {
        try {
            direction.carry();
        } catch (IOException | RuntimeException lost) {
            LOG.debug("A connection of guest {} was lost: {}", move.guestId(), lost.toString());
            close(socket);
        }
    }

    private void in(String path, SocketChannel socket) throws IOException {
        try (InputStream frames = client.open(move.destination().uri(path), ticket(), SILENCE)) {
            Passages.pour(frames, socket);
        }
    }

    private void out(String path, SocketChannel socket) throws IOException {
        try (FrameSource frames = new FrameSource(socket)) {
            client.pour(move.destination().uri(path), ticket(), frames);
        }
    }

    private Map<String, String> ticket() {
        return Map.of(NodeCalls.TICKET_HEADER, move.ticket().secret());
    }

    private void close(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException failure) {
            LOG.debug("A socket could not be closed", failure);
        }
    }

    private void remove() throws IOException {
        if (Files.exists(folder.resolve(MARK))) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    @Override
    public void close() {
        try {
            for (ServerSocketChannel listener : listeners) {
                listener.close();
            }
            connections.forEach(this::close);
            remove();
        } catch (IOException failure) {
            LOG.warn("{} could not be removed: {}", folder, failure.toString());
        } finally {
            client.close();
        }
    }
}
