package io.kilonova.consistency;

import io.kilonova.servers.Server;
import io.kilonova.servers.ServerStore;
import io.kilonova.storage.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jooq.Record;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares servers with what others wrote down of them, all of one snapshot: a server whose operation goes on is seen as such. */
final class ServerInspection implements Inspection {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Database database;
    private final ServerStore servers;
    private final Check check;

    /** A port that compute connected to a server, and the host that it is bound to. */
    record Port(String id, String host) {}

    /** What is known of one server. */
    record Facts(
            Server server,
            Optional<String> provider,
            Map<String, Long> taken,
            List<Port> ports,
            boolean busy,
            boolean moving) {}

    /** Says what is wrong with one server, if something is. */
    @FunctionalInterface
    interface Check {
        Optional<String> wrong(Facts facts);
    }

    ServerInspection(Database database, Check check) {
        this.database = database;
        this.servers = new ServerStore(database);
        this.check = check;
    }

    @Override
    public Optional<String> inspect(String after, BiConsumer<String, String> breaches) {
        return database.read(sql -> {
            List<Server> portion = servers.following(after, TableInspection.PORTION);
            if (portion.isEmpty()) {
                return Optional.empty();
            }
            String last = portion.getLast().id();
            for (Facts facts : facts(sql, portion, after, last)) {
                check.wrong(facts)
                        .ifPresent(detail -> breaches.accept(facts.server().id(), detail));
            }
            return Optional.of(last);
        });
    }

    /** What a server's flavor needs stands at the provider of its host, and nothing else anywhere. */
    static Optional<String> allocationsDiffer(Facts facts) {
        // Between two hosts a server has taken room where it goes, and its move holds what it has where it is.
        if (facts.moving()) {
            return Optional.empty();
        }
        Map<String, Long> needed = new TreeMap<>();
        facts.server()
                .host()
                .ifPresent(host -> facts.server()
                        .flavor()
                        .resources()
                        .forEach((resource, amount) ->
                                needed.put(facts.provider().orElse("host " + host) + " " + resource, amount)));
        return needed.equals(facts.taken())
                ? Optional.empty()
                : Optional.of("it is to have taken %s, and has taken %s".formatted(needed, facts.taken()));
    }

    /** The cards of a server are the ports that compute connected to it, and these are bound to its host. */
    static Optional<String> cardsDiffer(Facts facts) {
        if (facts.busy()) {
            return Optional.empty();
        }
        Set<String> cards =
                facts.server().cards().stream().map(card -> card.portId()).collect(Collectors.toSet());
        Set<String> ports = facts.ports().stream().map(Port::id).collect(Collectors.toSet());
        if (!cards.equals(ports)) {
            return Optional.of("its cards are %s, and its ports are %s".formatted(cards, ports));
        }
        String host = facts.server().host().orElse("");
        return facts.ports().stream()
                .map(Port::host)
                .filter(bound -> !bound.equals(host))
                .findFirst()
                .map(bound -> "it is on host \"%s\", and a port of it is bound to \"%s\"".formatted(host, bound));
    }

    /** A server that was built is somewhere. */
    static Optional<String> isNowhere(Facts facts) {
        boolean somewhere = switch (facts.server().vmState()) {
            case ACTIVE, STOPPED, PAUSED, SUSPENDED, RESCUED, RESIZED, SHELVED -> true;
            case BUILDING, SOFT_DELETED, SHELVED_OFFLOADED, DELETED, ERROR -> false;
        };
        return somewhere && facts.server().host().isEmpty()
                ? Optional.of("it is %s, and has no host"
                        .formatted(facts.server().vmState().label()))
                : Optional.empty();
    }

    private static List<Facts> facts(DSLContext sql, List<Server> portion, String after, String last) {
        Map<String, String> providers = sql
                .fetch(
                        "SELECT host, id FROM compute_services WHERE host IN (SELECT host FROM servers"
                                + " WHERE id > ? AND id <= ?)",
                        after,
                        last)
                .stream()
                .collect(Collectors.toMap(row -> text(row, 0), row -> text(row, 1)));
        Set<String> busy = sql
                .fetch("SELECT DISTINCT subject FROM operations WHERE subject > ? AND subject <= ?", after, last)
                .stream()
                .map(row -> text(row, 0))
                .collect(Collectors.toSet());
        Set<String> moving = sql
                .fetch(
                        "SELECT DISTINCT server_id FROM migrations WHERE server_id > ? AND server_id <= ? AND status NOT IN"
                                + " ('finished', 'confirmed', 'reverted', 'done', 'completed', 'failed', 'cancelled')",
                        after,
                        last)
                .stream()
                .map(row -> text(row, 0))
                .collect(Collectors.toSet());
        Map<String, List<Record>> taken = sql
                .fetch(
                        "SELECT consumer_uuid, provider_uuid, resource_class, amount FROM placement_allocations"
                                + " WHERE consumer_uuid > ? AND consumer_uuid <= ?",
                        after,
                        last)
                .stream()
                .collect(Collectors.groupingBy(row -> text(row, 0)));
        Map<String, List<Record>> ports = sql
                .fetch(
                        "SELECT device_id, id, document FROM network_resources"
                                + " WHERE kind = 'PORT' AND device_id > ? AND device_id <= ?",
                        after,
                        last)
                .stream()
                .collect(Collectors.groupingBy(row -> text(row, 0)));
        List<Facts> facts = new ArrayList<>(portion.size());
        for (Server server : portion) {
            facts.add(new Facts(
                    server,
                    server.host().flatMap(host -> Optional.ofNullable(providers.get(host))),
                    amounts(taken.getOrDefault(server.id(), List.of())),
                    connected(server.id(), ports.getOrDefault(server.id(), List.of())),
                    busy.contains(server.id()),
                    moving.contains(server.id())));
        }
        return facts;
    }

    private static Map<String, Long> amounts(List<Record> allocations) {
        Map<String, Long> amounts = new TreeMap<>();
        allocations.forEach(row -> amounts.put(text(row, 1) + " " + text(row, 2), row.get(3, Long.class)));
        return amounts;
    }

    /** The ports that compute connected; a tenant may write a server's id into any other. */
    private static List<Port> connected(String serverId, List<Record> ports) {
        List<Port> connected = new ArrayList<>();
        for (Record row : ports) {
            JsonNode document = JSON.readTree(text(row, 2));
            if (document.path("kilonova:server").asString("").equals(serverId)) {
                connected.add(
                        new Port(text(row, 1), document.path("binding:host_id").asString("")));
            }
        }
        return connected;
    }

    private static String text(Record row, int column) {
        return row.get(column, String.class);
    }
}
