package io.kilonova.consistency;

import io.kilonova.errors.ServiceException;
import io.kilonova.servers.Migrations;
import io.kilonova.servers.VmState;
import io.kilonova.spi.GuestReport;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Database;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the guests of each host with the servers, a host a portion. Hosts and database are not read at one moment: what
 * looks wrong is looked at once more, and only told when it is still so and its server's row did not change in between.
 */
final class GuestInspection implements Inspection {
    private static final Logger LOGGER = LoggerFactory.getLogger(GuestInspection.class);

    /** Servers at rest whose guest has to be there, whatever its power. */
    private static final Set<String> WITH_GUEST = Set.of(VmState.ACTIVE.label(), VmState.PAUSED.label());

    /** A guest that holds a processor, or would the next moment. */
    private static final Set<PowerState> LIVE = Set.of(PowerState.RUNNING, PowerState.PAUSED);

    private final Database database;
    private final Supplier<? extends Collection<? extends Hypervisor>> hosts;

    /** The hosts by name as they were when a walk began last: to sort 10,000 of them for each portion is no portion's work. */
    private volatile NavigableMap<String, Hypervisor> sorted = new TreeMap<>();

    GuestInspection(Database database, Supplier<? extends Collection<? extends Hypervisor>> hosts) {
        this.database = database;
        this.hosts = hosts;
    }

    /** What a row says of a server to which nothing is being done. */
    private record Rest(String host, String state, long updatedAt) {}

    @Override
    public Optional<String> inspect(String after, BiConsumer<String, String> breaches) {
        if (after.isEmpty()) {
            NavigableMap<String, Hypervisor> present = new TreeMap<>();
            hosts.get().forEach(host -> present.put(host.host(), host));
            sorted = present;
        }
        Optional<Hypervisor> next =
                Optional.ofNullable(sorted.higherEntry(after)).map(Map.Entry::getValue);
        next.ifPresent(host -> {
            try {
                compare(host, breaches);
            } catch (ServiceException exception) {
                LOGGER.debug("host={} is not compared, it does not answer: {}", host.host(), exception.sentence());
            }
        });
        return next.map(Hypervisor::host);
    }

    private void compare(Hypervisor host, BiConsumer<String, String> breaches) {
        Map<String, Rest> rows = ofHost(host.host());
        Set<String> doubtful =
                new TreeSet<>(wrong(host.host(), guests(host).keySet(), rows).keySet());
        if (doubtful.isEmpty()) {
            return;
        }
        Map<String, Optional<Rest>> before = atRest(doubtful);
        Map<String, PowerState> guests = guests(host);
        Map<String, Optional<Rest>> unchanged = new HashMap<>(atRest(doubtful));
        unchanged.entrySet().retainAll(before.entrySet());
        wrong(host.host(), guests.keySet(), present(unchanged)).forEach((server, detail) -> {
            boolean runs = LIVE.contains(guests.getOrDefault(server, PowerState.NO_STATE));
            if (unchanged.containsKey(server) && (runs || !moves(server, host.host()))) {
                breaches.accept(server, runs ? detail + "; it runs there" : detail);
            }
        });
    }

    /**
     * A move keeps what a server had at its source until it is confirmed, or until the dead host of an evacuation is back; but it
     * is off there. Servers whose move is under way are not at rest, and so not looked at.
     */
    private boolean moves(String server, String host) {
        return database.read(sql -> Migrations.openAt(sql, host).stream()
                .anyMatch(migration -> migration.serverId().equals(server)));
    }

    private static Map<String, String> wrong(String host, Set<String> guests, Map<String, Rest> rows) {
        Map<String, String> wrong = new TreeMap<>();
        for (String guest : guests) {
            Rest row = rows.get(guest);
            if (row == null || !row.host().equals(host)) {
                wrong.put(
                        guest,
                        "it has a guest on host %s, and is %s"
                                .formatted(
                                        host,
                                        row == null
                                                ? "no server"
                                                : row.host().isEmpty() ? "on none" : "on host " + row.host()));
            }
        }
        rows.forEach((server, row) -> {
            if (row.host().equals(host) && WITH_GUEST.contains(row.state()) && !guests.contains(server)) {
                wrong.put(server, "it is %s on host %s, and has no guest there".formatted(row.state(), host));
            }
        });
        return wrong;
    }

    private static Map<String, PowerState> guests(Hypervisor host) {
        return host.guests().stream()
                .filter(GuestReport::ours)
                .collect(Collectors.toMap(GuestReport::id, GuestReport::power));
    }

    private Map<String, Rest> ofHost(String host) {
        Map<String, Optional<Rest>> rows = new HashMap<>();
        read("s.host = ?", List.of(host), rows);
        return present(rows);
    }

    /** The rows of some servers; empty for those that are not there, and none for those to which something is being done. */
    private Map<String, Optional<Rest>> atRest(Collection<String> servers) {
        Map<String, Optional<Rest>> rows = new HashMap<>();
        servers.forEach(server -> rows.put(server, Optional.empty()));
        Set<String> busy = new TreeSet<>();
        for (String server : servers) {
            busy.addAll(read("s.id = ?", List.of(server), rows));
        }
        rows.keySet().removeAll(busy);
        return rows;
    }

    /** Puts the rows at rest in; answers the ids of the others. */
    private Set<String> read(String condition, List<String> values, Map<String, Optional<Rest>> rows) {
        Set<String> busy = new TreeSet<>();
        database.read(sql -> sql.fetch(
                        "SELECT s.id, coalesce(s.host, ''), s.vm_state, s.updated_at, s.task_state IS NOT NULL OR EXISTS"
                                + " (SELECT 1 FROM operations o WHERE o.subject = s.id) FROM servers s WHERE "
                                + condition,
                        values.toArray()))
                .forEach(row -> {
                    String id = row.get(0, String.class);
                    if (row.get(4, Boolean.class)) {
                        busy.add(id);
                    } else {
                        rows.put(
                                id,
                                Optional.of(new Rest(
                                        row.get(1, String.class), row.get(2, String.class), row.get(3, Long.class))));
                    }
                });
        return busy;
    }

    private static Map<String, Rest> present(Map<String, Optional<Rest>> rows) {
        Map<String, Rest> present = new HashMap<>();
        rows.forEach((id, row) -> row.ifPresent(found -> present.put(id, found)));
        return present;
    }
}
