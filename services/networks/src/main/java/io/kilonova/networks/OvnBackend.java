package io.kilonova.networks;

import io.kilonova.errors.Owner;
import io.kilonova.errors.ServiceException;
import io.kilonova.networks.ChangeQueue.Work;
import io.kilonova.ovn.HostNetworks;
import io.kilonova.ovn.MonitorListener;
import io.kilonova.ovn.MonitoredTable;
import io.kilonova.ovn.OvnError;
import io.kilonova.ovn.OvnNorthbound;
import io.kilonova.ovn.OvsdbClient;
import io.kilonova.ovn.OvsdbEndpoint;
import io.kilonova.ovn.OvsdbMonitor;
import io.kilonova.ovn.Reconciliation;
import io.kilonova.ovn.RowUpdate;
import io.kilonova.storage.Database;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes networks real by OVN. What is told is written by one thread, in order, each time from what is stored then. While
 * OVN is away it waits; after each return, at the start and now and then everything is compared, so that neither a change
 * that was told to a process which died nor one that OVN lost stays lost.
 *
 * <p>{@link OvnHost} shows how the two are put together; give this to {@link BuiltInNetworks} and close it after the APIs.
 *
 * @see io.kilonova.ovn.OvnHost
 */
public final class OvnBackend implements NetworkBackend, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OvnBackend.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration ENDING = Duration.ofSeconds(20);
    private static final int ATTEMPTS = 5;

    private final Settings settings;
    private final OvsdbClient client;
    private final OvnWriter writer;
    private final Optional<HostDutyBook> duties;
    private final ChangeQueue queue = new ChangeQueue();
    private final Thread worker;

    /** Of the worker's thread alone. */
    private final Map<Work, Integer> failures = new HashMap<>();

    private Optional<OvsdbMonitor> monitor = Optional.empty();

    /**
     * How it works.
     *
     * @param owner written at each row of OVN's; one for each cloud
     * @param gatewayChassis the hosts that a router's gateway may be on, the preferred one first
     * @param settleDeadline how long {@link #settle} waits at most
     * @param comparisons how often everything is compared
     */
    public record Settings(
            String owner, Supplier<List<String>> gatewayChassis, Duration settleDeadline, Duration comparisons) {
        /** A cloud of one host. */
        public static Settings onHost(String hostName) {
            return onHosts(() -> List.of(hostName));
        }

        /** The usual bounds, 30 s to settle, everything compared each 10 min; asked for the chassis anew each time. */
        public static Settings onHosts(Supplier<List<String>> gatewayChassis) {
            return new Settings("kilonova", gatewayChassis, Duration.ofSeconds(30), Duration.ofMinutes(10));
        }
    }

    /**
     * Starts to make what is stored real; does not wait for OVN.
     *
     * @param database with the tables of {@link BuiltInNetworks#MIGRATIONS}
     * @param northbound where OVN's northbound database is
     * @param host that serves metadata and external gateways; without, hosts ask for what they have to do themselves
     */
    public OvnBackend(Database database, OvsdbEndpoint northbound, Optional<HostNetworks> host, Settings settings) {
        this.settings = settings;
        this.client = new OvsdbClient(northbound);
        this.writer = new OvnWriter(
                database, new OvnNorthbound(client, settings.owner()), settings.gatewayChassis(), queue::add);
        this.duties = host.map(HostDutyBook::new);
        queue.add(new Work.Everything());
        this.worker = Thread.ofVirtual().name("ovn-backend").start(this::work);
    }

    @Override
    public void changed(String kind, String id) {
        queue.add(new Work.One(kind, id));
    }

    @Override
    public void settle() {
        try {
            if (!queue.awaitDone(settings.settleDeadline())) {
                throw NetworkError.BACKEND_FAILED.with("OVN has not taken over %d changes within %d s"
                        .formatted(queue.size(), settings.settleDeadline().toSeconds()));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw NetworkError.BACKEND_FAILED.because(stopped, "the wait was interrupted");
        }
    }

    /** Has everything compared and repaired soon; {@link #settle} waits for it. */
    public void compareEverything() {
        queue.add(new Work.Everything());
    }

    /** Ends the writing after what is under way. What waits is made up for by the next start. */
    @Override
    public void close() {
        queue.close();
        try {
            if (!worker.join(ENDING)) {
                worker.interrupt();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }

    private void work() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!queue.isClosed()) {
                Optional<Work> next = queue.take(settings.comparisons());
                if (next.isEmpty()) {
                    compareEverything();
                    continue;
                }
                try {
                    listen();
                    carryOut(next.get());
                    failures.remove(next.get());
                    queue.done();
                    pause = FIRST_PAUSE;
                } catch (RuntimeException failure) {
                    boolean away = isAway(failure);
                    retry(next.get(), failure, away);
                    queue.pause(pause);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            queue.close();
        }
    }

    private void carryOut(Work work) {
        switch (work) {
            case Work.Everything _ -> {
                Reconciliation done = writer.writeEverything();
                done.failures().forEach(failure -> LOG.error("A network is not as it should be: {}", failure));
                look((book, snapshot) -> book.readAll(snapshot));
            }
            case Work.One(String name, String id) ->
                Kind.named(name).ifPresent(kind -> {
                    writer.write(kind, id);
                    look((book, snapshot) -> book.read(snapshot, kind, id));
                });
        }
        duties.ifPresent(HostDutyBook::tell);
    }

    /** Has what the host has to do read from a snapshot. */
    private void look(BiConsumer<HostDutyBook, OvnTranslation> reading) {
        duties.ifPresent(book -> {
            boolean read = writer.read(snapshot -> {
                reading.accept(book, snapshot);
                return true;
            });
            LOG.trace("The duties of the host are read: {}", read);
        });
    }

    private void retry(Work work, RuntimeException failure, boolean away) {
        if (away) {
            LOG.warn("Networks wait for OVN: {}", said(failure));
            queue.again(true);
            return;
        }
        int attempt = failures.merge(work, 1, Integer::sum);
        if (attempt < ATTEMPTS) {
            queue.again(false);
            return;
        }
        failures.remove(work);
        LOG.error("{} could not be made real and is left to the next comparison: {}", work, said(failure), failure);
        queue.done();
    }

    /** Hears when the connection was lost and is there again: what was written may be lost too. */
    private void listen() {
        if (monitor.isEmpty()) {
            monitor = Optional.of(client.monitor(
                    "OVN_Northbound", List.of(MonitoredTable.changes("NB_Global", "name")), new MonitorListener() {
                        private boolean again;

                        @Override
                        public void changed(RowUpdate update) {}

                        @Override
                        public void started() {
                            if (again) {
                                compareEverything();
                            }
                            again = true;
                        }
                    }));
        }
    }

    private static boolean isAway(RuntimeException failure) {
        return failure instanceof ServiceException known
                && known.code().owner() == Owner.DEPENDENCY
                && known.code() != OvnError.NAME_TAKEN
                && known.code() != OvnError.OVSDB_CHANGED;
    }

    private static String said(RuntimeException failure) {
        return failure instanceof ServiceException known ? known.sentence() : failure.toString();
    }
}
