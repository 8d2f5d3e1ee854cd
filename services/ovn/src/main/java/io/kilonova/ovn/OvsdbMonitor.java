package io.kilonova.ovn;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A standing wish to be told of changes (RFC 7047, section 4.1.5). It survives the loss of the connection: the client sets
 * it again. Made by {@link OvsdbClient#monitor}.
 */
public final class OvsdbMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OvsdbMonitor.class);
    private static final int WAITING_UPDATES = 4096;

    private final OvsdbClient client;
    private final String name;
    private final String database;
    private final List<MonitoredTable> tables;
    private final MonitorListener listener;
    private final BlockingQueue<Runnable> updates = new ArrayBlockingQueue<>(WAITING_UPDATES);
    private final Thread thread;

    OvsdbMonitor(
            OvsdbClient client, String name, String database, List<MonitoredTable> tables, MonitorListener listener) {
        this.client = client;
        this.name = name;
        this.database = database;
        this.tables = List.copyOf(tables);
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("ovsdb-monitor " + name).unstarted(this::tell);
    }

    /** Ends the monitor; the listener hears no more after what it is being told now. */
    @Override
    public void close() {
        client.forget(this);
        thread.interrupt();
    }

    void start() {
        thread.start();
    }

    String name() {
        return name;
    }

    ArrayNode request() {
        ObjectNode requests = JsonNodeFactory.instance.objectNode();
        for (MonitoredTable table : tables) {
            ObjectNode request = requests.putArray(table.table()).addObject();
            ArrayNode columns = request.putArray("columns");
            table.columns().forEach(columns::add);
            if (table.changesOnly()) {
                request.putObject("select")
                        .put("initial", false)
                        .put("insert", false)
                        .put("delete", false);
            }
        }
        return JsonNodeFactory.instance.arrayNode().add(database).add(name).add(requests);
    }

    /** Called on the connection's reading thread with the answer to the request. */
    void begin(JsonNode initial) {
        enqueue(() -> {
            listener.started();
            tellOf(initial);
        });
    }

    /** Called on the connection's reading thread with updates. */
    void take(JsonNode tableUpdates) {
        enqueue(() -> tellOf(tableUpdates));
    }

    private void tellOf(JsonNode tableUpdates) {
        for (Map.Entry<String, JsonNode> table : tableUpdates.properties()) {
            for (Map.Entry<String, JsonNode> row : table.getValue().properties()) {
                listener.changed(new RowUpdate(
                        table.getKey(),
                        UUID.fromString(row.getKey()),
                        TransactionResult.columns(row.getValue().path("old")),
                        TransactionResult.columns(row.getValue().path("new"))));
            }
        }
    }

    private void enqueue(Runnable update) {
        if (!updates.offer(update)) {
            LOG.warn("The listener of {} lags {} messages behind and starts over", name, WAITING_UPDATES);
            updates.clear();
            client.startOver();
        }
    }

    private void tell() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                updates.take().run();
            } catch (InterruptedException stopped) {
                return;
            } catch (RuntimeException failure) {
                LOG.warn("A change of the network database could not be taken", failure);
            }
        }
    }
}
