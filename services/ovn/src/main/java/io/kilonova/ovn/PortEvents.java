package io.kilonova.ovn;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells when ports are taken by a chassis, and when they are let go. One monitor serves all that wait, and hears only of
 * changes, so that neither its start nor a wait costs more in a larger cloud.
 */
public final class PortEvents implements AutoCloseable {
    /** Whether a port of ours is connected now. */
    public record PortStatus(String portId, boolean up) {}

    private final OvsdbClient client;
    private final OvsdbMonitor monitor;
    private final ConcurrentMap<UUID, List<CountDownLatch>> waiting = new ConcurrentHashMap<>();
    private final List<Consumer<PortStatus>> listeners = new CopyOnWriteArrayList<>();

    /**
     * Starts to listen.
     *
     * @param client of the server with the northbound database; stays the caller's to close
     */
    public PortEvents(OvsdbClient client) {
        this.client = client;
        this.monitor = client.monitor(
                OvnNames.NORTHBOUND,
                List.of(MonitoredTable.changes(OvnNames.PORT, "up", "name", "external_ids")),
                new MonitorListener() {
                    @Override
                    public void changed(RowUpdate update) {
                        hear(update);
                    }

                    @Override
                    public void started() {
                        lookAgain();
                    }
                });
    }

    /** Tells of each change from now on. The listener runs on the monitor's thread, one change at a time. */
    public void subscribe(Consumer<PortStatus> listener) {
        listeners.add(listener);
    }

    /** Whether the port is connected now; no for one that is not there. */
    public boolean isUp(String portId) {
        return isUp(OvnNames.row(OvnNames.PORT, portId));
    }

    /**
     * Waits until the port is connected.
     *
     * @throws io.kilonova.errors.ServiceException {@link OvnError#PORT_NOT_UP}
     */
    public void awaitUp(String portId, Duration timeout) {
        UUID row = OvnNames.row(OvnNames.PORT, portId);
        CountDownLatch up = new CountDownLatch(1);
        waiting.computeIfAbsent(row, _ -> new CopyOnWriteArrayList<>()).add(up);
        try {
            // Asked after waiting began, so that no change falls between.
            if (isUp(row)) {
                return;
            }
            if (!up.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw OvnError.PORT_NOT_UP.with(portId, timeout.toMillis());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw OvnError.PORT_NOT_UP.because(stopped, portId, timeout.toMillis());
        } finally {
            waiting.computeIfPresent(row, (_, others) -> {
                others.remove(up);
                return others.isEmpty() ? null : others;
            });
        }
    }

    /** Ends the listening. */
    @Override
    public void close() {
        monitor.close();
    }

    private void hear(RowUpdate update) {
        if (!update.before().containsKey("up")) {
            return;
        }
        boolean up = update.column("up").isTrue();
        if (up) {
            waiting.getOrDefault(update.row(), List.of()).forEach(CountDownLatch::countDown);
        }
        if (update.column("external_ids").map().containsKey(OvnNames.OWNER)) {
            update.column("name").text().ifPresent(name -> {
                PortStatus status = new PortStatus(name, up);
                listeners.forEach(listener -> listener.accept(status));
            });
        }
    }

    private void lookAgain() {
        for (Map.Entry<UUID, List<CountDownLatch>> entry : waiting.entrySet()) {
            if (isUp(entry.getKey())) {
                entry.getValue().forEach(CountDownLatch::countDown);
            }
        }
    }

    private boolean isUp(UUID row) {
        return client.transact(OvnNames.NORTHBOUND, OvsdbOperation.select(OvnNames.PORT, row, "up")).rows(0).stream()
                .anyMatch(columns -> columns.getOrDefault("up", Datum.nothing()).isTrue());
    }
}
