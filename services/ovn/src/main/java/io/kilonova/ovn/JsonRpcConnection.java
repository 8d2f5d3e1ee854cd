package io.kilonova.ovn;

import io.kilonova.errors.ServiceException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One connection that speaks JSON-RPC 1.0 as OVSDB and the daemons' control sockets do (RFC 7047, section 4). A virtual
 * thread reads, another writes, so that a caller waits no longer than its deadline whatever the peer does. Once closed it
 * stays closed.
 */
final class JsonRpcConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JsonRpcConnection.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int WAITING_MESSAGES = 1024;
    private static final int CONNECT_MILLIS = 5_000;

    private final String where;
    private final SocketChannel channel;
    private final MessageFrames frames;
    private final BiConsumer<String, JsonNode> notifications;
    private final Runnable onClosed;
    private final BlockingQueue<byte[]> outgoing = new ArrayBlockingQueue<>(WAITING_MESSAGES);
    private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();

    private JsonRpcConnection(
            OvsdbEndpoint endpoint,
            SocketChannel channel,
            int maximumBytes,
            BiConsumer<String, JsonNode> notifications,
            Runnable onClosed) {
        this.where = endpoint.notation();
        this.channel = channel;
        this.frames = new MessageFrames(channel, maximumBytes);
        this.notifications = notifications;
        this.onClosed = onClosed;
    }

    /**
     * Connects.
     *
     * @param maximumBytes of a message that comes; a larger one ends the connection
     * @param notifications called on the reading thread with method and parameters; must not block
     * @param onClosed called once, when the connection has ended for whatever reason
     */
    static JsonRpcConnection open(
            OvsdbEndpoint endpoint, int maximumBytes, BiConsumer<String, JsonNode> notifications, Runnable onClosed)
            throws IOException {
        SocketChannel channel = switch (endpoint) {
            case OvsdbEndpoint.Unix _ -> SocketChannel.open(StandardProtocolFamily.UNIX);
            case OvsdbEndpoint.Tcp _ -> SocketChannel.open();
        };
        try {
            if (endpoint.address() instanceof InetSocketAddress address) {
                if (address.isUnresolved()) {
                    throw new IOException("the host's name is not known");
                }
                channel.socket().connect(address, CONNECT_MILLIS);
            } else {
                channel.connect(endpoint.address());
            }
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
        JsonRpcConnection connection = new JsonRpcConnection(endpoint, channel, maximumBytes, notifications, onClosed);
        Thread.ofVirtual().name("ovsdb-read " + connection.where).start(connection::read);
        Thread.ofVirtual().name("ovsdb-write " + connection.where).start(connection::write);
        return connection;
    }

    /**
     * Calls and waits for the answer.
     *
     * @param onAnswer is told the answer on the reading thread, before any message that follows it is looked at
     * @throws ServiceException {@link OvnError#OVSDB_UNREACHABLE}, {@link OvnError#OVSDB_DEADLINE} or, when the answer is
     *     an error, {@link OvnError#OVSDB_REFUSED}
     */
    JsonNode call(String method, ArrayNode parameters, Duration deadline, Consumer<JsonNode> onAnswer) {
        long id = lastId.incrementAndGet();
        long seen = received.get();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        CompletableFuture<Void> told = answer.thenAccept(onAnswer);
        waiting.put(id, answer);
        try {
            ObjectNode message =
                    JsonNodeFactory.instance.objectNode().put("id", id).put("method", method);
            message.set("params", parameters);
            if (closed.get()) {
                throw OvnError.OVSDB_UNREACHABLE.with(where);
            }
            if (!outgoing.offer(JSON.writeValueAsBytes(message), deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException();
            }
            JsonNode result = answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            told.join();
            return result;
        } catch (TimeoutException late) {
            if (received.get() == seen) {
                // Nothing at all came meanwhile: the peer is dead and its kernel has not said so.
                close();
            }
            throw OvnError.OVSDB_DEADLINE.because(late, where, deadline.toMillis());
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof ServiceException known) {
                throw known;
            }
            throw OvnError.OVSDB_UNREACHABLE.because(failure, where);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw OvnError.OVSDB_UNREACHABLE.because(stopped, where);
        } finally {
            waiting.remove(id);
        }
    }

    boolean isOpen() {
        return !closed.get();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            channel.close();
        } catch (IOException failure) {
            LOG.debug("Closing the connection to {} failed", where, failure);
        }
        outgoing.clear();
        // Wakes the writer, which then sees that it is over.
        boolean woken = outgoing.offer(new byte[0]);
        LOG.trace("The connection to {} is closed, its writer woken: {}", where, woken);
        ServiceException gone = OvnError.OVSDB_UNREACHABLE.with(where);
        waiting.values().forEach(answer -> answer.completeExceptionally(gone));
        onClosed.run();
    }

    private void read() {
        try {
            while (!closed.get()) {
                take(JSON.readTree(frames.next()));
            }
        } catch (MessageFrames.UnreadableMessage | JacksonException | IllegalArgumentException nonsense) {
            ServiceException unreadable = OvnError.OVSDB_PROTOCOL.because(
                    nonsense, where, Optional.ofNullable(nonsense.getMessage()).orElse(""));
            LOG.warn("{}", unreadable.sentence());
            waiting.values().forEach(answer -> answer.completeExceptionally(unreadable));
        } catch (IOException ended) {
            LOG.debug("The connection to {} ended: {}", where, ended.getMessage());
        } catch (RuntimeException fault) {
            LOG.error("The connection to {} is given up", where, fault);
        } finally {
            close();
        }
    }

    private void take(JsonNode message) {
        received.incrementAndGet();
        JsonNode id = message.path("id");
        if (message.path("method").isString()) {
            String method = message.path("method").stringValue();
            if (method.equals("echo")) {
                ObjectNode reply = JsonNodeFactory.instance.objectNode();
                reply.set("id", id);
                reply.set("result", message.path("params"));
                reply.putNull("error");
                if (!outgoing.offer(JSON.writeValueAsBytes(reply))) {
                    LOG.warn("The server at {} asks for signs of life and does not read them", where);
                }
            } else {
                notifications.accept(method, message.path("params"));
            }
            return;
        }
        if (!id.isIntegralNumber()) {
            return;
        }
        CompletableFuture<JsonNode> answer = waiting.get(id.longValue());
        if (answer == null) {
            return;
        }
        JsonNode error = message.path("error");
        if (error.isNull() || error.isMissingNode()) {
            answer.complete(message.path("result"));
        } else {
            answer.completeExceptionally(OvnError.OVSDB_REFUSED.with(cut(error.toString())));
        }
    }

    private void write() {
        try {
            while (!closed.get()) {
                ByteBuffer message = ByteBuffer.wrap(outgoing.take());
                while (message.hasRemaining()) {
                    channel.write(message);
                }
            }
        } catch (IOException ended) {
            LOG.debug("Writing to {} ended: {}", where, ended.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    /** What a peer says goes into logs and messages only up to 500 characters. */
    static String cut(String text) {
        return text.length() <= 500 ? text : text.substring(0, 500) + "…";
    }
}
