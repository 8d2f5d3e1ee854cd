package io.kilonova.networks;

import io.kilonova.access.Caller;
import io.kilonova.access.Visibility;
import io.kilonova.http.ServiceApi;
import io.kilonova.ovn.MetadataPort;
import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The networks that the cloud brings itself. */
public final class BuiltInNetworks implements Networks {
    /** The folder of this room's tables. */
    public static final String MIGRATIONS = "db/networks";

    private final NetworkDomain domain;

    /** Networks in {@code database}, made real by {@code backend}. */
    public BuiltInNetworks(Database database, NetworkBackend backend, InstantSource clock) {
        this.domain = new NetworkDomain(database, backend, clock);
    }

    /** The Networking API over these networks. */
    public ServiceApi api() {
        return NetworkingApi.of(domain);
    }

    @Override
    public List<CardRequest> plan(Caller caller, NetworkChoice choice, List<String> securityGroups) {
        return domain.database().read(sql -> {
            Visibility own = Visibility.of(caller.project());
            List<String> groups =
                    securityGroups.stream().map(name -> groupId(sql, own, name)).toList();
            return switch (choice) {
                case NetworkChoice.None() -> List.<CardRequest>of();
                case NetworkChoice.Automatic() ->
                    List.of(onNetwork(
                            onlyNetwork(sql, caller)
                                    .orElseThrow(
                                            () -> NetworkError.SERVER_NETWORK_NOT_AUTOMATIC.with(caller.project())),
                            groups));
                case NetworkChoice.Unspecified() ->
                    onlyNetwork(sql, caller)
                            .map(network -> List.of(onNetwork(network, groups)))
                            .orElse(List.of());
                case NetworkChoice.Cards(List<CardRequest> requests) ->
                    requests.stream()
                            .map(request -> checked(sql, caller, request, groups))
                            .toList();
            };
        });
    }

    private static CardRequest onNetwork(Resource network, List<String> groups) {
        return new CardRequest(Optional.of(network.id()), Optional.empty(), Optional.empty(), Optional.empty(), groups);
    }

    /** The one network with a subnet that a project may plug servers into. */
    private Optional<Resource> onlyNetwork(DSLContext sql, Caller caller) {
        List<Resource> usable =
                domain
                        .resources()
                        .list(sql, Kind.NETWORK, Visibility.of(caller.project()), DSL.trueCondition())
                        .stream()
                        .filter(network -> network.projectId().equals(caller.project()) || network.is("shared"))
                        .filter(network -> !network.is("router:external") || network.is("shared"))
                        .filter(network -> !domain.resources()
                                .of(sql, Kind.SUBNET, network.id())
                                .isEmpty())
                        .toList();
        if (usable.size() > 1) {
            throw NetworkError.SERVER_NETWORK_AMBIGUOUS.with();
        }
        return usable.stream().findFirst();
    }

    private CardRequest checked(DSLContext sql, Caller caller, CardRequest request, List<String> groups) {
        if (request.portId().isPresent()) {
            String portId = request.portId().get();
            Resource port = domain.resources()
                    .find(sql, Kind.PORT, caller.visibility(), portId)
                    .orElseThrow(() -> NetworkError.SERVER_PORT_NOT_FOUND.with(portId));
            if (port.maybe("device_id").isPresent()) {
                throw NetworkError.SERVER_PORT_IN_USE.with(portId);
            }
            if (!caller.isAdmin() && !port.projectId().equals(caller.project())) {
                throw NetworkError.SERVER_PORT_NOT_USABLE.with(portId);
            }
            Resource ofPort = domain.resources().get(sql, Kind.NETWORK, port.parentId());
            if (ofPort.is("router:external") && !ofPort.is("shared") && !caller.isAdmin()) {
                throw NetworkError.SERVER_NETWORK_EXTERNAL.with(ofPort.id());
            }
            return new CardRequest(
                    Optional.of(port.text("network_id")), request.portId(), Optional.empty(), request.tag(), List.of());
        }
        String networkId = request.networkId().orElse("");
        Resource network = domain.resources()
                .find(sql, Kind.NETWORK, caller.visibility(), networkId)
                .orElseThrow(() -> NetworkError.SERVER_NETWORK_NOT_FOUND.with(networkId));
        boolean foreign = !network.projectId().equals(caller.project()) && !network.is("shared");
        if (network.is("router:external") && foreign && !caller.isAdmin()) {
            throw NetworkError.SERVER_NETWORK_EXTERNAL.with(networkId);
        }
        List<Resource> subnets = domain.resources().of(sql, Kind.SUBNET, networkId);
        if (subnets.isEmpty()) {
            throw NetworkError.SERVER_NETWORK_NEEDS_SUBNET.with(networkId);
        }
        request.fixedAddress().ifPresent(address -> requireFree(sql, networkId, subnets, address));
        return new CardRequest(request.networkId(), Optional.empty(), request.fixedAddress(), request.tag(), groups);
    }

    private void requireFree(DSLContext sql, String networkId, List<Resource> subnets, String text) {
        IpAddresses.Address address =
                IpAddresses.parse(text).orElseThrow(() -> NetworkError.SERVER_FIXED_IP_INVALID.with(text));
        boolean fits = subnets.stream()
                .anyMatch(subnet ->
                        IpAddresses.cidr(subnet.text("cidr")).orElseThrow().contains(address));
        if (!fits) {
            throw NetworkError.SERVER_FIXED_IP_INVALID.with(text);
        }
        if (domain.addresses().portAt(sql, networkId, address.toString()).isPresent()) {
            throw NetworkError.SERVER_FIXED_IP_IN_USE.with(text);
        }
    }

    private String groupId(DSLContext sql, Visibility own, String name) {
        Optional<Resource> byId = domain.resources().find(sql, Kind.SECURITY_GROUP, own, name);
        if (byId.isPresent()) {
            return name;
        }
        List<Resource> named = domain.resources().named(sql, Kind.SECURITY_GROUP, own, name);
        if (named.size() > 1) {
            throw NetworkError.SERVER_SECURITY_GROUP_NOT_UNIQUE.with(name);
        }
        if (named.isEmpty() && name.equals(SecurityGroupKindRules.DEFAULT)) {
            return name;
        }
        return named.stream()
                .findFirst()
                .map(Resource::id)
                .orElseThrow(() -> NetworkError.SERVER_SECURITY_GROUP_NOT_FOUND.with(
                        name, own.projectId().orElse("")));
    }

    @Override
    public List<ServerCard> connect(ServerPlace server, List<CardRequest> requests) {
        List<ServerCard> cards = domain.database().write(transaction -> {
            Edit edit = domain.byCloud(transaction);
            Set<Integer> there = domain.cards().ports(edit.sql(), server.serverId()).stream()
                    .map(ServerCards::place)
                    .collect(Collectors.toSet());
            for (int place = 0; place < requests.size(); place++) {
                if (!there.contains(place)) {
                    plug(edit, server, requests.get(place), UUID.randomUUID().toString(), place);
                }
            }
            return domain.cards().of(edit.sql(), server.serverId());
        });
        domain.backend().settle();
        return cards;
    }

    @Override
    public List<ServerCard> bind(ServerPlace server) {
        ObjectNode binding = JsonNodeFactory.instance
                .objectNode()
                .put("device_owner", "compute:" + server.zone())
                .put("binding:host_id", server.host());
        binding.putObject("binding:profile");
        return change(server.serverId(), binding);
    }

    @Override
    public void renameHost(Transaction transaction, List<String> serverIds, String host) {
        Edit edit = domain.byCloud(transaction);
        ObjectNode binding = JsonNodeFactory.instance.objectNode().put("binding:host_id", host);
        serverIds.stream()
                .flatMap(server -> domain.cards().ports(edit.sql(), server).stream())
                .forEach(port -> domain.ports().update(edit, port, binding));
    }

    @Override
    public void announce(String serverId, String host) {
        ObjectNode binding = JsonNodeFactory.instance.objectNode();
        binding.putObject("binding:profile").put("migrating_to", host);
        change(serverId, binding);
    }

    private List<ServerCard> change(String serverId, ObjectNode binding) {
        List<ServerCard> cards = domain.database().write(transaction -> {
            Edit edit = domain.byCloud(transaction);
            for (Resource port : domain.cards().ports(edit.sql(), serverId)) {
                domain.ports().update(edit, port, binding);
            }
            return domain.cards().of(edit.sql(), serverId);
        });
        domain.backend().settle();
        return cards;
    }

    @Override
    public ServerCard attach(ServerPlace server, CardRequest request, String portId) {
        ServerCard card = domain.database().write(transaction -> {
            Edit edit = domain.byCloud(transaction);
            List<Resource> ports = domain.cards().ports(edit.sql(), server.serverId());
            int place = ports.stream().mapToInt(ServerCards::place).max().orElse(-1) + 1;
            Resource port = ports.stream()
                    .filter(there -> there.id().equals(portId))
                    .findFirst()
                    .orElseGet(() -> plug(edit, server, request, portId, place));
            return domain.cards().card(edit.sql(), port);
        });
        domain.backend().settle();
        return card;
    }

    private Resource plug(Edit edit, ServerPlace server, CardRequest request, String newId, int place) {
        ObjectNode binding = JsonNodeFactory.instance
                .objectNode()
                .put("device_id", server.serverId())
                .put("device_owner", "compute:" + server.zone())
                .put("binding:host_id", server.host())
                .put(ServerCards.SERVER, server.serverId())
                .put("kilonova:place", place);
        request.tag().ifPresent(tag -> binding.put("kilonova:tag", tag));
        if (request.portId().isPresent()) {
            String portId = request.portId().get();
            Resource port = domain.resources()
                    .find(edit.sql(), Kind.PORT, Visibility.everything(), portId)
                    .orElseThrow(() -> NetworkError.SERVER_PORT_NOT_FOUND.with(portId));
            if (port.maybe("device_id")
                    .filter(device -> !device.equals(server.serverId()))
                    .isPresent()) {
                throw NetworkError.SERVER_PORT_IN_USE.with(portId);
            }
            return domain.ports().update(edit, port, binding);
        }
        ObjectNode asked = PortRules.internal(request.networkId().orElseThrow(), "", "");
        asked.put("port_security_enabled", "automatic").put("security_groups", "automatic");
        binding.properties().forEach(entry -> asked.set(entry.getKey(), entry.getValue()));
        asked.put("kilonova:made_by_compute", true);
        asked.put("dns_name", server.hostName());
        boolean guarded = domain.resources()
                .get(edit.sql(), Kind.NETWORK, request.networkId().orElseThrow())
                .is("port_security_enabled");
        if (guarded && !request.securityGroups().isEmpty()) {
            ArrayNode groups = asked.putArray("security_groups");
            request.securityGroups()
                    .forEach(group -> groups.add(
                            group.equals(SecurityGroupKindRules.DEFAULT)
                                    ? domain.groups()
                                            .ensureDefault(edit, server.projectId())
                                            .id()
                                    : group));
        }
        request.fixedAddress()
                .ifPresent(address -> asked.putArray("fixed_ips")
                        .add(JsonNodeFactory.instance.objectNode().put("ip_address", address)));
        return domain.ports().create(edit, newId, server.projectId(), asked);
    }

    @Override
    public void detach(String serverId, String portId) {
        domain.database().change(transaction -> {
            Edit edit = domain.byCloud(transaction);
            domain.resources()
                    .find(edit.sql(), Kind.PORT, Visibility.everything(), portId)
                    .filter(port -> ServerCards.serverOf(port).equals(Optional.of(serverId)))
                    .ifPresent(port -> unplug(edit, port));
        });
    }

    @Override
    public void disconnect(String serverId) {
        List<Resource> ports = domain.database().read(sql -> domain.cards().ports(sql, serverId));
        if (!ports.isEmpty()) {
            domain.database().change(transaction -> {
                Edit edit = domain.byCloud(transaction);
                domain.cards().ports(edit.sql(), serverId).forEach(port -> unplug(edit, port));
            });
        }
    }

    private void unplug(Edit edit, Resource port) {
        if (port.is("kilonova:made_by_compute")) {
            domain.ports().remove(edit, port);
            return;
        }
        ObjectNode freed = JsonNodeFactory.instance
                .objectNode()
                .put("device_id", "")
                .put("device_owner", "")
                .put("binding:host_id", "");
        freed.putNull("kilonova:place");
        freed.putNull(ServerCards.SERVER);
        domain.ports().update(edit, port, freed);
    }

    @Override
    public List<ServerCard> cards(String serverId) {
        return domain.database().read(sql -> domain.cards().of(sql, serverId));
    }

    @Override
    public List<SecurityGroup> securityGroups(Caller caller) {
        domain.ensureDefaultGroup(caller.project());
        SecurityGroups groups = new SecurityGroups(domain.resources());
        return domain.database()
                .read(sql ->
                        domain.list(Kind.SECURITY_GROUP, Visibility.of(caller.project()), DSL.trueCondition()).stream()
                                .map(group -> groups.of(sql, group))
                                .toList());
    }

    @Override
    public List<SecurityGroup> securityGroupsOf(String serverId) {
        SecurityGroups groups = new SecurityGroups(domain.resources());
        return domain.database()
                .read(sql -> domain.cards().ports(sql, serverId).stream()
                        .flatMap(port -> port.texts("security_groups").stream())
                        .distinct()
                        .flatMap(id ->
                                domain.resources().find(sql, Kind.SECURITY_GROUP, Visibility.everything(), id).stream())
                        .map(group -> groups.of(sql, group))
                        .toList());
    }

    @Override
    public void addSecurityGroup(Caller caller, String serverId, String group) {
        changeGroups(caller, serverId, group, true);
    }

    @Override
    public void removeSecurityGroup(Caller caller, String serverId, String group) {
        changeGroups(caller, serverId, group, false);
    }

    private void changeGroups(Caller caller, String serverId, String group, boolean add) {
        domain.database().change(transaction -> {
            Edit edit = domain.byCloud(transaction);
            List<Resource> ports = domain.cards().ports(edit.sql(), serverId);
            for (Resource port : ports) {
                String id = groupId(edit.sql(), Visibility.of(port.projectId()), group);
                List<String> groups = new ArrayList<>(port.texts("security_groups"));
                groups.remove(id);
                if (add) {
                    groups.add(id);
                }
                ObjectNode changes = JsonNodeFactory.instance.objectNode();
                ArrayNode list = changes.putArray("security_groups");
                groups.forEach(list::add);
                domain.ports().update(edit, port, changes);
            }
            domain.tellCards(edit, serverId);
        });
    }

    @Override
    public Optional<String> serverAt(String networkId, String address) {
        return domain.database()
                .read(sql -> domain.addresses()
                        .portAt(sql, networkId, address)
                        .flatMap(port -> domain.resources().find(sql, Kind.PORT, Visibility.everything(), port))
                        .flatMap(ServerCards::serverOf));
    }

    /**
     * What a host needs to serve metadata to guests at its ports, by network; nothing for ports that are gone or on networks
     * without metadata.
     */
    public Map<String, MetadataPort> metadata(Collection<String> portIds) {
        return domain.database().read(sql -> {
            OvnTranslation snapshot = new OvnTranslation(sql, domain.resources());
            Map<String, MetadataPort> metadata = new HashMap<>();
            for (String id : portIds) {
                snapshot.find(Kind.PORT, id)
                        .map(Resource::parentId)
                        .flatMap(snapshot::metadata)
                        .ifPresent(port -> metadata.put(port.networkId(), port));
            }
            return metadata;
        });
    }

    @Override
    public void observe(CardObserver observer) {
        domain.observe(observer);
    }
}
