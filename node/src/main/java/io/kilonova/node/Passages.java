package io.kilonova.node;

import io.kilonova.node.NodeCommand.PassageOffer;
import io.kilonova.node.NodeCommand.Ticket;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationTarget;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Where running guests come in: the sockets that this node's hypervisor opened for one, reached by the node that the guest
 * comes from and by nobody else, while its offer holds. Each connection is two calls, one for each direction.
 */
final class Passages {
    private static final Duration OTHER_HALF = Duration.ofSeconds(20);

    private final Offers<LiveMigrationTarget> offers = new Offers<>();
    private final Map<String, CompletableFuture<SocketChannel>> open = new ConcurrentHashMap<>();

    /** Lets a node reach the sockets of a guest that comes from there. */
    Ticket make(PassageOffer offer) {
        return offers.make(offer.guestId(), offer.toNode(), offer.target());
    }

    /** What a socket says. */
    void listen(PeerCall call) throws IOException {
        Door door = admitted(call);
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            connect(socket, door);
            open.computeIfAbsent(door.connection(), id -> new CompletableFuture<>())
                    .complete(socket);
            try (InputStream frames = new FrameSource(socket);
                    OutputStream out = call.stream("application/octet-stream")) {
                byte[] bytes = new byte[FrameSource.MAXIMUM_BYTES];
                for (int count = frames.read(bytes); count >= 0; count = frames.read(bytes)) {
                    out.write(bytes, 0, count);
                    out.flush();
                }
            }
        } finally {
            open.remove(door.connection());
        }
    }

    private void connect(SocketChannel socket, Door door) {
        Optional<Path> path = Optional.ofNullable(door.target().sockets().get(door.socket()));
        try {
            boolean there = socket.connect(
                    UnixDomainSocketAddress.of(path.orElseThrow(() -> NodeError.NO_SUCH_ADDRESS.with(door.socket()))));
            if (!there) {
                throw new IOException("it is not connected");
            }
        } catch (IOException refused) {
            throw HypervisorError.GUEST_NOT_FOUND.because(refused, door.guestId(), "of this offer");
        }
    }

    /** What the other side says to it. */
    void speak(PeerCall call) throws IOException {
        SocketChannel socket = otherHalf(admitted(call).connection());
        try {
            pour(call.body(), socket);
        } catch (IOException lost) {
            socket.close();
            throw lost;
        }
        call.answer(new Wire.Nothing());
    }

    private SocketChannel otherHalf(String connection) throws IOException {
        try {
            return open.computeIfAbsent(connection, id -> new CompletableFuture<>())
                    .get(OTHER_HALF.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException | InterruptedException absent) {
            open.remove(connection);
            throw new IOException("the other direction was not opened", absent);
        }
    }

    /** Where a call comes in: the socket of a guest that is awaited, and the connection to it. */
    private record Door(String guestId, LiveMigrationTarget target, String socket, String connection) {}

    private Door admitted(PeerCall call) {
        String[] words = call.rest().split("/", -1);
        if (words.length != 3) {
            throw NodeError.NO_SUCH_ADDRESS.with(call.rest());
        }
        LiveMigrationTarget target = offers.require(
                words[0], call.peer().id(), call.header(NodeCalls.TICKET_HEADER).orElse(""));
        return new Door(words[0], target, words[1], words[2]);
    }

    /** Writes what comes in frames to a socket, until its end. A stream that breaks off before throws. */
    static void pour(InputStream framed, SocketChannel socket) throws IOException {
        DataInputStream frames = new DataInputStream(framed);
        byte[] bytes = new byte[FrameSource.MAXIMUM_BYTES];
        for (int length = frames.readInt(); length != FrameSource.END; length = frames.readInt()) {
            if (length < 0 || length > FrameSource.MAXIMUM_BYTES) {
                throw new IOException("a frame of %d bytes".formatted(length));
            }
            frames.readFully(bytes, 0, length);
            for (ByteBuffer left = ByteBuffer.wrap(bytes, 0, length); left.hasRemaining(); ) {
                if (socket.write(left) < 0) {
                    throw new IOException("the socket was closed");
                }
            }
        }
        socket.shutdownOutput();
    }
}
