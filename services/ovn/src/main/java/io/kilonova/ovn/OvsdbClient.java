package io.kilonova.ovn;

import io.kilonova.errors.ServiceException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A client of one OVSDB server (RFC 7047). Connects when it is first needed and again whenever the connection was lost;
 * any number of threads may call at once, and their calls share the connection.
 *
 * <p>A call waits for at most the client's deadline, connecting included. When the connection is lost between sending and
 * the answer the call fails with {@link OvnError#OVSDB_UNREACHABLE}, and whether it was done is unknown: callers make
 * their transactions repeatable.
 */
public final class OvsdbClient implements AutoCloseable {
    /** How long a call may take unless said otherwise. */
    public static final Duration DEADLINE = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(OvsdbClient.class);
    private static final int MAXIMUM_MESSAGE_BYTES = 256 * 1024 * 1024;
    private static final long RECONNECT_MILLIS = 100;

    private final OvsdbEndpoint endpoint;
    private final Duration deadline;
    private final int maximumMessageBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Map<String, OvsdbMonitor> monitors = new ConcurrentHashMap<>();
    private final AtomicLong lastMonitor = new AtomicLong();
    private Optional<JsonRpcConnection> connection = Optional.empty();
    private boolean closed;

    /**
     * A client that connects on its first call.
     *
     * @param deadline of each call
     * @param maximumMessageBytes of what the server may send in one message; a larger one ends the connection
     */
    public OvsdbClient(OvsdbEndpoint endpoint, Duration deadline, int maximumMessageBytes) {
        this.endpoint = endpoint;
        this.deadline = deadline;
        this.maximumMessageBytes = maximumMessageBytes;
    }

    /** A client with the usual bounds: 15 s a call, 256 MiB a message (a reconciliation of 500,000 ports). */
    public OvsdbClient(OvsdbEndpoint endpoint) {
        this(endpoint, DEADLINE, MAXIMUM_MESSAGE_BYTES);
    }

    /** Where the server is. */
    public OvsdbEndpoint endpoint() {
        return endpoint;
    }

    /**
     * Does all of these operations, or none.
     *
     * @throws ServiceException {@link OvnError#OVSDB_CHANGED} when a guard did not hold, {@link OvnError#OVSDB_REFUSED}
     *     for any other refusal, or as {@link #call}
     */
    public TransactionResult transact(String database, List<? extends OvsdbOperation> operations) {
        ArrayNode parameters = JsonNodeFactory.instance.arrayNode().add(database);
        operations.forEach(operation -> parameters.add(operation.toJson()));
        JsonNode answer = call("transact", parameters);
        List<JsonNode> parts = new ArrayList<>();
        for (JsonNode part : answer) {
            if (part.path("error").isString()) {
                throw refusal(
                        part.path("error").stringValue(), part.path("details").asString(""));
            }
            parts.add(part);
        }
        return new TransactionResult(parts);
    }

    /** Does all of these operations, or none, see {@link #transact(String, List)}. */
    public TransactionResult transact(String database, OvsdbOperation... operations) {
        return transact(database, List.of(operations));
    }

    /**
     * Calls a method of the protocol.
     *
     * @throws ServiceException {@link OvnError#OVSDB_UNREACHABLE}, {@link OvnError#OVSDB_DEADLINE},
     *     {@link OvnError#OVSDB_PROTOCOL} or {@link OvnError#OVSDB_REFUSED}
     */
    public JsonNode call(String method, ArrayNode parameters) {
        long start = System.nanoTime();
        JsonRpcConnection current = connected(start);
        Duration left = deadline.minusNanos(System.nanoTime() - start);
        return current.call(method, parameters, left.isPositive() ? left : Duration.ofMillis(1), _ -> {});
    }

    /** Asks for a sign of life; throws as {@link #call} when there is none. */
    public void echo() {
        JsonNode answer = call("echo", JsonNodeFactory.instance.arrayNode());
        LOG.trace("{} lives: {}", endpoint.notation(), answer);
    }

    /**
     * Tells the listener of changes from now on, over all reconnects, until the monitor is closed.
     *
     * @throws ServiceException when it cannot be set now, as {@link #call}
     */
    public OvsdbMonitor monitor(String database, List<MonitoredTable> tables, MonitorListener listener) {
        OvsdbMonitor monitor =
                new OvsdbMonitor(this, "kilonova-" + lastMonitor.incrementAndGet(), database, tables, listener);
        JsonRpcConnection current = connected(System.nanoTime());
        monitors.put(monitor.name(), monitor);
        monitor.start();
        try {
            set(monitor, current);
        } catch (ServiceException failure) {
            monitor.close();
            throw failure;
        }
        return monitor;
    }

    /**
     * Waits until a row of a table holds the condition; rows that are there count.
     *
     * @return whether one did before the time was over
     */
    public boolean await(String database, MonitoredTable table, Predicate<RowUpdate> condition, Duration timeout) {
        CompletableFuture<Boolean> held = new CompletableFuture<>();
        try (OvsdbMonitor monitor = monitor(database, List.of(table), update -> {
            if (condition.test(update)) {
                held.complete(true);
            }
        })) {
            LOG.trace("{} waits for {}", monitor.name(), table);
            return held.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Ends the connection and all monitors. */
    @Override
    public void close() {
        Optional<JsonRpcConnection> last;
        lock.lock();
        try {
            closed = true;
            last = connection;
            connection = Optional.empty();
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        monitors.values().forEach(OvsdbMonitor::close);
        last.ifPresent(JsonRpcConnection::close);
    }

    /** A listener lags so far behind that changes were dropped: the connection is made anew, and with it every monitor. */
    void startOver() {
        lock.lock();
        try {
            connection.ifPresent(JsonRpcConnection::close);
        } finally {
            lock.unlock();
        }
    }

    void forget(OvsdbMonitor monitor) {
        if (monitors.remove(monitor.name()) == null) {
            return;
        }
        Optional<JsonRpcConnection> current;
        lock.lock();
        try {
            current = closed ? Optional.empty() : connection.filter(JsonRpcConnection::isOpen);
        } finally {
            lock.unlock();
        }
        try {
            current.ifPresent(open -> open.call(
                    "monitor_cancel",
                    JsonNodeFactory.instance.arrayNode().add(monitor.name()),
                    deadline,
                    answer -> LOG.trace("{} is cancelled: {}", monitor.name(), answer)));
        } catch (ServiceException gone) {
            LOG.debug("The monitor {} went with its connection: {}", monitor.name(), gone.sentence());
        }
    }

    private void set(OvsdbMonitor monitor, JsonRpcConnection current) {
        JsonNode initial = current.call("monitor", monitor.request(), deadline, monitor::begin);
        LOG.trace("{} starts with {} tables", monitor.name(), initial.size());
    }

    /** The connection, made anew if need be; tries until the deadline. */
    private JsonRpcConnection connected(long startNanos) {
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    throw OvnError.OVSDB_UNREACHABLE.with(endpoint.notation());
                }
                Optional<JsonRpcConnection> current = connection.filter(JsonRpcConnection::isOpen);
                if (current.isPresent()) {
                    return current.get();
                }
                try {
                    return open();
                } catch (IOException failure) {
                    if (System.nanoTime() - startNanos > deadline.toNanos()) {
                        throw OvnError.OVSDB_UNREACHABLE.because(failure, endpoint.notation());
                    }
                    long left = ended.awaitNanos(TimeUnit.MILLISECONDS.toNanos(RECONNECT_MILLIS));
                    LOG.trace("{} is tried again, {} ns early", endpoint.notation(), left);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw OvnError.OVSDB_UNREACHABLE.because(stopped, endpoint.notation());
        } finally {
            lock.unlock();
        }
    }

    private JsonRpcConnection open() throws IOException {
        JsonRpcConnection opened =
                JsonRpcConnection.open(endpoint, maximumMessageBytes, this::notified, this::connectionEnded);
        connection = Optional.of(opened);
        if (!monitors.isEmpty()) {
            // The thread that connects holds the lock; the monitors are set by another, as theirs are calls like any.
            List<OvsdbMonitor> known = List.copyOf(monitors.values());
            Thread.ofVirtual().name("ovsdb-monitors " + endpoint.notation()).start(() -> setAgain(known, opened));
        }
        return opened;
    }

    private void setAgain(List<OvsdbMonitor> known, JsonRpcConnection current) {
        LOG.info("Connected to {} again; {} monitors are set anew", endpoint.notation(), known.size());
        try {
            known.forEach(monitor -> set(monitor, current));
        } catch (ServiceException failure) {
            LOG.warn("A monitor of {} could not be set again: {}", endpoint.notation(), failure.sentence());
            current.close();
        }
    }

    /** Monitors need a connection without anybody calling. */
    private void connectionEnded() {
        if (!monitors.isEmpty()) {
            Thread.ofVirtual().name("ovsdb-reconnect " + endpoint.notation()).start(this::reconnect);
        }
    }

    private void reconnect() {
        while (!monitors.isEmpty()) {
            try {
                JsonRpcConnection current = connected(System.nanoTime());
                LOG.trace("{} is open: {}", endpoint.notation(), current.isOpen());
                return;
            } catch (ServiceException failure) {
                lock.lock();
                try {
                    if (closed) {
                        return;
                    }
                } finally {
                    lock.unlock();
                }
                LOG.warn("{} It is tried again.", failure.sentence());
            }
        }
    }

    private void notified(String method, JsonNode parameters) {
        if (method.equals("update")
                && parameters.size() == 2
                && parameters.get(0).isString()) {
            Optional.ofNullable(monitors.get(parameters.get(0).stringValue()))
                    .ifPresent(monitor -> monitor.take(parameters.get(1)));
        }
    }

    private static ServiceException refusal(String error, String details) {
        String what = JsonRpcConnection.cut(error + ": " + details);
        return switch (error) {
            case "timed out", "duplicate uuid" -> OvnError.OVSDB_CHANGED.with(what);
            case "constraint violation" ->
                details.contains("identical values")
                        ? OvnError.NAME_TAKEN.with(what)
                        : OvnError.OVSDB_REFUSED.with(what);
            default -> OvnError.OVSDB_REFUSED.with(what);
        };
    }
}
