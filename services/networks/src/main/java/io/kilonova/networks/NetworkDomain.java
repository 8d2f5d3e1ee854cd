package io.kilonova.networks;

import io.kilonova.access.Caller;
import io.kilonova.access.Visibility;
import io.kilonova.http.JsonWriter;
import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.Condition;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Networks and all that belongs to them: every change in one transaction, checked by the rules of its kind. */
final class NetworkDomain {
    private final Database database;
    private final NetworkBackend backend;
    private final ResourceStore resources;
    private final AddressStore addresses = new AddressStore();
    private final NetworkQuotas quotas;
    private final SecurityGroupKindRules groups;
    private final PortRules ports;
    private final RouterRules routers;
    private final ServerCards cards;
    private final Map<Kind, KindRules> rules = new EnumMap<>(Kind.class);
    private final List<Networks.CardObserver> observers = new CopyOnWriteArrayList<>();

    NetworkDomain(Database database, NetworkBackend backend, InstantSource clock) {
        this.database = database;
        this.backend = backend;
        this.resources = new ResourceStore(clock);
        this.quotas = new NetworkQuotas(resources);
        this.groups = new SecurityGroupKindRules(resources);
        this.ports = new PortRules(resources, addresses, groups);
        this.routers = new RouterRules(resources, ports);
        this.cards = new ServerCards(resources);
        SubnetPoolRules pools = new SubnetPoolRules(resources);
        SubnetRules subnets = new SubnetRules(resources, addresses, ports, pools);
        FloatingIpRules floatingIps = new FloatingIpRules(resources, ports);
        rules.put(Kind.NETWORK, new NetworkKindRules(resources, subnets, ports, floatingIps));
        rules.put(Kind.SUBNET, subnets);
        rules.put(Kind.SUBNET_POOL, pools);
        rules.put(Kind.PORT, ports);
        rules.put(Kind.SECURITY_GROUP, groups);
        rules.put(Kind.SECURITY_GROUP_RULE, new SecurityGroupRuleRules(resources));
        rules.put(Kind.ROUTER, routers);
        rules.put(Kind.FLOATING_IP, floatingIps);
    }

    Database database() {
        return database;
    }

    NetworkBackend backend() {
        return backend;
    }

    ResourceStore resources() {
        return resources;
    }

    AddressStore addresses() {
        return addresses;
    }

    PortRules ports() {
        return ports;
    }

    SecurityGroupKindRules groups() {
        return groups;
    }

    ServerCards cards() {
        return cards;
    }

    void observe(Networks.CardObserver observer) {
        observers.add(observer);
    }

    List<Resource> list(Kind kind, Visibility visibility, Condition condition) {
        return database.read(sql -> resources.list(sql, kind, visibility, condition));
    }

    Resource get(Kind kind, Visibility visibility, String id) {
        return database.read(sql -> resources.get(sql, kind, visibility, id));
    }

    Resource create(Kind kind, Caller caller, JsonNode given) {
        return database.write(transaction -> create(kind, edit(transaction, caller), caller, given));
    }

    /** Makes all or none. */
    List<Resource> createAll(Kind kind, Caller caller, JsonNode many) {
        return database.write(transaction -> {
            List<Resource> made = new ArrayList<>();
            many.forEach(given -> made.add(create(kind, edit(transaction, caller), caller, given)));
            return made;
        });
    }

    private Resource create(Kind kind, Edit edit, Caller caller, JsonNode given) {
        String project = ResourceBodies.owner(kind, caller, given);
        ObjectNode asked = ResourceBodies.create(kind, caller, given);
        quotas.require(edit.transaction(), kind, project);
        Resource made = rulesOf(kind).create(edit, project, asked);
        serversOf(edit, made).forEach(server -> tellCards(edit, server));
        return made;
    }

    Resource update(Kind kind, Caller caller, String id, JsonNode given) {
        return database.write(transaction -> {
            Edit edit = edit(transaction, caller);
            Resource before = own(edit, kind, id, caller, "update");
            Set<String> told = serversOf(edit, before);
            Resource changed = rulesOf(kind).update(edit, before, ResourceBodies.update(kind, caller, given));
            told.addAll(serversOf(edit, changed));
            told.forEach(server -> tellCards(edit, server));
            return changed;
        });
    }

    void delete(Kind kind, Caller caller, String id) {
        database.change(transaction -> {
            Edit edit = edit(transaction, caller);
            Resource resource = own(edit, kind, id, caller, "delete");
            Set<String> told = serversOf(edit, resource);
            rulesOf(kind).delete(edit, resource);
            told.forEach(server -> tellCards(edit, server));
        });
    }

    /** Changes a resource's tags. */
    Resource retag(Kind kind, Caller caller, String id, Consumer<Set<String>> change) {
        return database.write(transaction -> {
            Resource resource = own(edit(transaction, caller), kind, id, caller, "update");
            Set<String> tags = new LinkedHashSet<>(ResourceTags.of(resource));
            change.accept(tags);
            return resources.update(transaction, ResourceTags.with(resource, tags));
        });
    }

    Resource addRouterInterface(Caller caller, String routerId, JsonNode asked) {
        return database.write(transaction -> {
            Edit edit = edit(transaction, caller);
            return routers.addInterface(edit, own(edit, Kind.ROUTER, routerId, caller, "update"), asked);
        });
    }

    Resource removeRouterInterface(Caller caller, String routerId, JsonNode asked) {
        return database.write(transaction -> {
            Edit edit = edit(transaction, caller);
            return routers.removeInterface(edit, own(edit, Kind.ROUTER, routerId, caller, "update"), asked);
        });
    }

    /** Makes a project's default security group, unless it is there. */
    void ensureDefaultGroup(String projectId) {
        boolean known = database.read(sql -> !resources
                .named(sql, Kind.SECURITY_GROUP, Visibility.of(projectId), SecurityGroupKindRules.DEFAULT)
                .isEmpty());
        if (!known) {
            database.change(
                    transaction -> groups.ensureDefault(new Edit(transaction, Optional.empty(), backend), projectId));
        }
    }

    /** Writes a resource as {@code caller} sees it, with what is looked up for it: a network's subnets, a group's rules. */
    void write(JsonWriter json, Resource resource, Caller caller, Set<String> fields) {
        Resource shown = database.read(sql -> Derived.added(sql, resources, resource));
        ResourceView.write(json, shown, caller.isAdmin() || caller.isService(), fields);
    }

    Map<String, Long> quotas(String projectId) {
        return database.read(sql -> quotas.limits(sql, projectId));
    }

    /** The limits of the projects that have their own. */
    Map<String, Map<String, Long>> changedQuotas() {
        return database.read(quotas::changed);
    }

    int used(String resource, String projectId) {
        return database.read(sql -> quotas.used(sql, resource, projectId));
    }

    Map<String, Long> setQuotas(String projectId, Map<String, Long> limits) {
        database.change(transaction -> quotas.set(transaction, projectId, limits));
        return quotas(projectId);
    }

    void resetQuotas(String projectId) {
        database.change(transaction -> quotas.reset(transaction, projectId));
    }

    Edit edit(Transaction transaction, Caller caller) {
        return new Edit(transaction, Optional.of(caller), backend);
    }

    Edit byCloud(Transaction transaction) {
        return new Edit(transaction, Optional.empty(), backend);
    }

    /** Tells compute what a server's cards are now. */
    void tellCards(Edit edit, String serverId) {
        List<ServerCard> now = cards.of(edit.sql(), serverId);
        observers.forEach(observer -> observer.cardsChanged(edit.transaction(), serverId, now));
    }

    /** The resource, which must be the caller's own to be changed, even where others' are seen. */
    private Resource own(Edit edit, Kind kind, String id, Caller caller, String verb) {
        Resource resource = resources.get(edit.sql(), kind, edit.visibility(), id);
        if (!edit.isPrivileged()
                && !caller.projectId().filter(resource.projectId()::equals).isPresent()) {
            throw NetworkError.POLICY_NOT_AUTHORIZED.with(verb + "_" + kind.singular());
        }
        return resource;
    }

    /** The servers whose cards show something of a resource: its own, or all that have an address of a subnet. */
    private Set<String> serversOf(Edit edit, Resource resource) {
        Stream<Resource> ports = switch (resource.kind()) {
            case PORT -> Stream.of(resource);
            case FLOATING_IP -> resource.maybe("port_id").stream().flatMap(id -> port(edit, id));
            case SUBNET -> addresses.portsOf(edit.sql(), resource.id()).stream().flatMap(id -> port(edit, id));
            case NETWORK, SUBNET_POOL, SECURITY_GROUP, SECURITY_GROUP_RULE, ROUTER -> Stream.empty();
        };
        return ports.flatMap(port -> ServerCards.serverOf(port).stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Stream<Resource> port(Edit edit, String id) {
        return resources.find(edit.sql(), Kind.PORT, Visibility.everything(), id).stream();
    }

    private KindRules rulesOf(Kind kind) {
        KindRules found = rules.get(kind);
        if (found == null) {
            throw new IllegalStateException("no rules for " + kind);
        }
        return found;
    }
}
