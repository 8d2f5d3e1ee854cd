package io.kilonova.networks;

import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The rules of ports: whose they are, what addresses they have, which security groups guard them. */
final class PortRules implements KindRules {
    static final String METADATA_OWNER = "network:distributed";
    private static final String AUTOMATIC = "automatic";
    private static final RandomGenerator RANDOM = new SecureRandom();

    private final ResourceStore resources;
    private final AddressStore addresses;
    private final PortAddresses chosen;
    private final SecurityGroupKindRules groups;

    PortRules(ResourceStore resources, AddressStore addresses, SecurityGroupKindRules groups) {
        this.resources = resources;
        this.addresses = addresses;
        this.chosen = new PortAddresses(resources, addresses);
        this.groups = groups;
    }

    /** Whether a port is the network's own and goes with it: DHCP and metadata. */
    static boolean isOfTheNetworkItself(Resource port) {
        return port.text("device_owner").equals(METADATA_OWNER);
    }

    @Override
    public Resource create(Edit edit, String projectId, ObjectNode asked) {
        return create(edit, UUID.randomUUID().toString(), projectId, asked);
    }

    /** Makes a port under an id that was chosen before. */
    Resource create(Edit edit, String id, String projectId, ObjectNode asked) {
        Resource network = resources.keep(
                edit.transaction(),
                Kind.NETWORK,
                edit.visibility(),
                asked.path("network_id").asString());
        requireMaySet(edit, network, projectId, asked);
        chooseMac(edit, network, Optional.empty(), asked);
        if (asked.path("port_security_enabled").asString("").equals(AUTOMATIC)) {
            asked.put("port_security_enabled", network.is("port_security_enabled"));
        }
        chooseGroups(edit, projectId, asked);
        chosen.choose(edit, network, id, asked);
        requirePairs(asked);
        requireGuarded(asked);
        requireBuilt(asked);
        PortDhcpOptions.create(asked);
        bind(asked);
        Resource port = resources.insert(edit.transaction(), Kind.PORT, id, projectId, asked);
        edit.tell(port);
        return port;
    }

    @Override
    public Resource update(Edit edit, Resource before, ObjectNode changes) {
        Resource network = resources.get(edit.sql(), Kind.NETWORK, before.text("network_id"));
        requireMaySet(edit, network, before.projectId(), changes);
        requireNotTakenAway(edit, before, changes);
        Resource merged = before.with(changes);
        ObjectNode document = merged.document();
        if (changes.has("mac_address")) {
            chooseMac(edit, network, Optional.of(before.id()), document);
        }
        if (changes.has("fixed_ips") || changes.has("mac_address")) {
            // A network comes before its ports and a port before its addresses everywhere: no two wait for each other.
            resources.hold(edit.transaction(), before);
        }
        if (changes.has("security_groups")) {
            chooseGroups(edit, before.projectId(), document);
        }
        if (changes.has("fixed_ips") && !changes.path("fixed_ips").equals(before.get("fixed_ips"))) {
            addresses.release(edit.transaction(), before.id());
            chosen.choose(edit, network, before.id(), document);
        } else if (changes.has("mac_address")) {
            chosen.followMac(edit, network, before.id(), document);
        }
        if (changes.has(PortDhcpOptions.ATTRIBUTE)) {
            PortDhcpOptions.update(before, document);
        }
        requirePairs(document);
        requireGuarded(document);
        bind(document);
        Resource changed = resources.update(edit.transaction(), merged);
        leaveNowhere(edit, changed);
        edit.tell(changed);
        return changed;
    }

    @Override
    public void delete(Edit edit, Resource port) {
        String owner = port.text("device_owner");
        if (owner.startsWith("network:router") || owner.equals("network:floatingip")) {
            throw NetworkError.PORT_OWNED.with(port.id(), owner);
        }
        remove(edit, port);
    }

    /** Removes a port and gives its addresses back; floating IPs that led to it lead nowhere. */
    void remove(Edit edit, Resource port) {
        resources.delete(edit.transaction(), port);
        for (Resource floating : resources.serving(edit.sql(), Kind.FLOATING_IP, port.id())) {
            leadNowhere(edit, floating);
        }
        addresses.release(edit.transaction(), port.id());
        edit.tell(port);
    }

    /** Floating IPs that led to an address which the port has no more lead nowhere. */
    private void leaveNowhere(Edit edit, Resource port) {
        for (Resource floating : resources.serving(edit.sql(), Kind.FLOATING_IP, port.id())) {
            boolean there = port.get("fixed_ips")
                    .valueStream()
                    .anyMatch(fixed -> fixed.path("ip_address").asString("").equals(floating.text("fixed_ip_address")));
            if (!there) {
                leadNowhere(edit, floating);
            }
        }
    }

    private void leadNowhere(Edit edit, Resource floating) {
        floating.maybe("router_id").ifPresent(router -> edit.tell(Kind.ROUTER, router));
        edit.tell(resources.update(edit.transaction(), floating.with(FloatingIpRules.nowhere())));
    }

    /** Makes the port that serves DHCP and metadata on a network have an address of the subnet. */
    void ensureMetadataPort(Edit edit, Resource network, Resource subnet) {
        ObjectNode fixed = JsonNodeFactory.instance.objectNode().put("subnet_id", subnet.id());
        Optional<Resource> known = metadataPort(edit, network.id());
        if (known.isPresent()) {
            if (!RouterRules.onSubnet(known.get(), subnet.id())) {
                ArrayNode addresses = (ArrayNode) known.get().get("fixed_ips").deepCopy();
                addresses.add(chosen.firstFree(
                        edit, network, List.of(subnet), known.get().id()));
                rewrite(edit, known.get(), addresses);
            }
            return;
        }
        ObjectNode asked = internal(network.id(), METADATA_OWNER, metadataDevice(network.id()));
        asked.putArray("fixed_ips").add(fixed);
        Edit byCloud = new Edit(edit.transaction(), Optional.empty(), edit.backend());
        create(byCloud, network.projectId(), asked);
    }

    /** Gives the ports of guests on a network the addresses that these make for themselves on a new subnet of it. */
    void joinSubnet(Edit edit, Resource subnet) {
        for (Resource port : resources.of(edit.sql(), Kind.PORT, subnet.parentId())) {
            if (PortAddresses.makesItsOwn(port.document())) {
                ArrayNode addresses = (ArrayNode) port.get("fixed_ips").deepCopy();
                addresses.add(chosen.automatic(edit, subnet, port.id(), port.document()));
                rewrite(edit, port, addresses);
            }
        }
    }

    /** Gives a port's addresses of a subnet back; one of the network itself that has no other goes. */
    void leaveSubnet(Edit edit, Resource port, String subnetId) {
        ArrayNode left = JsonNodeFactory.instance.arrayNode();
        ArrayNode given = JsonNodeFactory.instance.arrayNode();
        for (JsonNode fixed : port.get("fixed_ips")) {
            (fixed.path("subnet_id").asString("").equals(subnetId) ? given : left).add(fixed);
        }
        if (left.isEmpty() && isOfTheNetworkItself(port)) {
            remove(edit, port);
            return;
        }
        rewrite(edit, port, left);
        for (JsonNode fixed : given) {
            addresses.release(
                    edit.transaction(), port.id(), fixed.path("ip_address").asString());
        }
    }

    private void rewrite(Edit edit, Resource port, ArrayNode addresses) {
        edit.tell(resources.update(
                edit.transaction(),
                port.with(JsonNodeFactory.instance.objectNode().set("fixed_ips", addresses))));
    }

    private Optional<Resource> metadataPort(Edit edit, String networkId) {
        return resources.serving(edit.sql(), Kind.PORT, metadataDevice(networkId)).stream()
                .filter(PortRules::isOfTheNetworkItself)
                .findFirst();
    }

    /** The device of a network's metadata port. */
    static String metadataDevice(String networkId) {
        return "ovnmeta-" + networkId;
    }

    /** What a port of the cloud's own is made of: no groups, no guard. */
    static ObjectNode internal(String networkId, String owner, String device) {
        ObjectNode asked = JsonNodeFactory.instance.objectNode();
        Kind.PORT
                .attributes()
                .values()
                .forEach(attribute ->
                        attribute.otherwise().ifPresent(value -> asked.set(attribute.name(), value.deepCopy())));
        asked.put("network_id", networkId)
                .put("device_owner", owner)
                .put("device_id", device)
                .put("port_security_enabled", false);
        asked.putArray("security_groups");
        return asked;
    }

    /** On a network of somebody else a tenant takes what they are given: no chosen address, no spoofing. */
    private static void requireMaySet(Edit edit, Resource network, String projectId, ObjectNode asked) {
        if (edit.isPrivileged()) {
            return;
        }
        // What the cloud itself owns it knows by this: a tenant's port that claimed it would join another's router.
        if (asked.path("device_owner").asString("").startsWith("network:")) {
            throw NetworkError.POLICY_NOT_AUTHORIZED.with("create_port:device_owner");
        }
        if (network.projectId().equals(projectId)) {
            return;
        }
        boolean choosesAddress = asked.path("fixed_ips").isArray()
                && asked.path("fixed_ips").valueStream().anyMatch(fixed -> fixed.has("ip_address"));
        boolean choosesMac = asked.has("mac_address")
                && !asked.path("mac_address").asString("").equals(AUTOMATIC);
        boolean disarms = asked.path("port_security_enabled").isBoolean()
                && !asked.path("port_security_enabled").booleanValue();
        if (choosesAddress
                || choosesMac
                || disarms
                || !asked.path("allowed_address_pairs").isEmpty()) {
            throw NetworkError.POLICY_NOT_AUTHORIZED.with("create_port");
        }
    }

    /** A port that the cloud connected is not made somebody else's from outside. */
    private static void requireNotTakenAway(Edit edit, Resource port, ObjectNode changes) {
        boolean connected = port.maybe(ServerCards.SERVER).isPresent()
                || port.text("device_owner").startsWith("network:");
        for (String attribute : List.of("device_id", "device_owner")) {
            boolean changed = changes.has(attribute)
                    && !changes.path(attribute).asString("").equals(port.text(attribute));
            if (connected && changed && !edit.isPrivileged()) {
                throw NetworkError.PORT_IN_USE.with(port.id(), port.text("device_id"));
            }
        }
    }

    private static void requireGuarded(ObjectNode document) {
        if (!document.path("port_security_enabled").asBoolean(true)
                && (!document.path("security_groups").isEmpty()
                        || !document.path("allowed_address_pairs").isEmpty())) {
            throw NetworkError.PORT_SECURITY_NEEDED.with();
        }
    }

    private void chooseMac(Edit edit, Resource network, Optional<String> own, ObjectNode document) {
        String asked = document.path("mac_address").asString(AUTOMATIC);
        if (!asked.equals(AUTOMATIC)) {
            if (!ValueType.isUnicast(asked)) {
                throw NetworkError.INVALID_INPUT.with("mac_address must be of one card");
            }
            // Of two that ask for the same at once the second has to see the first.
            resources.hold(edit.transaction(), network);
            if (isTaken(edit, network, own, asked)) {
                throw NetworkError.MAC_ADDRESS_IN_USE.with(network.id(), asked);
            }
            return;
        }
        String random = randomMac();
        while (isTaken(edit, network, own, random)) {
            random = randomMac();
        }
        document.put("mac_address", random);
    }

    private boolean isTaken(Edit edit, Resource network, Optional<String> own, String mac) {
        return resources.mentioning(edit.sql(), Kind.PORT, network, mac).stream()
                .filter(port -> !own.equals(Optional.of(port.id())))
                .anyMatch(port -> port.text("mac_address").equals(mac));
    }

    private static String randomMac() {
        return "fa:16:3e:%02x:%02x:%02x".formatted(RANDOM.nextInt(256), RANDOM.nextInt(256), RANDOM.nextInt(256));
    }

    private void chooseGroups(Edit edit, String projectId, ObjectNode document) {
        JsonNode asked = document.path("security_groups");
        boolean guarded = document.path("port_security_enabled").asBoolean(true);
        ArrayNode chosen = JsonNodeFactory.instance.arrayNode();
        if (asked.isArray()) {
            if (!guarded && !asked.isEmpty()) {
                throw NetworkError.PORT_SECURITY_NEEDED.with();
            }
            Set<String> ids = new LinkedHashSet<>();
            asked.forEach(group -> ids.add(group.asString()));
            for (String group : ids) {
                resources.keep(edit.transaction(), Kind.SECURITY_GROUP, edit.visibility(), group);
                chosen.add(group);
            }
        } else if (guarded && !document.path("device_owner").asString("").startsWith("network:")) {
            chosen.add(groups.ensureDefault(edit, projectId).id());
        }
        document.set("security_groups", chosen);
    }

    private static void requireBuilt(ObjectNode document) {
        String type = document.path("binding:vnic_type").asString("normal");
        if (!type.equals("normal")) {
            throw NetworkError.NOT_BUILT.with("ports of vnic_type " + type);
        }
    }

    private static void requirePairs(ObjectNode document) {
        document.path("allowed_address_pairs").forEach(pair -> {
            String address = pair.path("ip_address").asString("");
            boolean valid = IpAddresses.parse(address).isPresent()
                    || IpAddresses.cidr(address).isPresent();
            boolean macValid = !pair.has("mac_address")
                    || ValueType.MAC_ADDRESS.read(pair.path("mac_address")).isPresent();
            if (!valid || !macValid) {
                throw NetworkError.INVALID_INPUT.with(
                        "allowed_address_pairs need an ip_address, and may have a mac_address");
            }
        });
    }

    /** What follows from the host that a port is bound to. */
    private static void bind(ObjectNode document) {
        boolean bound = !document.path("binding:host_id").asString("").isEmpty();
        boolean ofNetwork = document.path("device_owner").asString("").startsWith("network:");
        document.put("binding:vif_type", bound ? "ovs" : "unbound");
        document.set(
                "binding:vif_details",
                bound
                        ? JsonNodeFactory.instance.objectNode().put("port_filter", true)
                        : JsonNodeFactory.instance.objectNode());
        document.put("status", bound || ofNetwork ? "ACTIVE" : "DOWN");
    }
}
