package io.kilonova.networks;

import io.kilonova.networks.IpAddresses.Cidr;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The rules of routers: their interfaces in networks of tenants and their gateway to an external network. */
final class RouterRules implements KindRules {
    /** How the owners of routers' ports begin. */
    static final String OWNERS = "network:router";

    static final String INTERFACE_OWNER = "network:router_interface";
    static final String GATEWAY_OWNER = "network:router_gateway";

    private final ResourceStore resources;
    private final PortRules ports;

    RouterRules(ResourceStore resources, PortRules ports) {
        this.resources = resources;
        this.ports = ports;
    }

    @Override
    public Resource create(Edit edit, String projectId, ObjectNode asked) {
        JsonNode gateway = asked.path("external_gateway_info").deepCopy();
        requireMaySet(edit, gateway);
        requireRoutes(asked);
        requireBuilt(asked);
        asked.putNull("external_gateway_info");
        asked.put("status", "ACTIVE");
        Resource router = resources.insert(
                edit.transaction(), Kind.ROUTER, UUID.randomUUID().toString(), projectId, asked);
        Resource connected = gateway.isObject() && !gateway.isEmpty() ? connect(edit, router, gateway) : router;
        edit.tell(connected);
        return connected;
    }

    @Override
    public Resource update(Edit edit, Resource before, ObjectNode changes) {
        Resource router = before;
        if (changes.has("external_gateway_info")) {
            JsonNode gateway = changes.path("external_gateway_info");
            boolean wanted = gateway.isObject() && !gateway.isEmpty();
            boolean movesAddress = wanted
                    && gateway.has("external_fixed_ips")
                    && !gateway.path("external_fixed_ips")
                            .equals(before.get("external_gateway_info").path("external_fixed_ips"));
            boolean same = wanted
                    && !movesAddress
                    && gateway.path("network_id")
                            .asString("")
                            .equals(before.get("external_gateway_info")
                                    .path("network_id")
                                    .asString("-"));
            requireMaySet(edit, gateway);
            resources.hold(edit.transaction(), before);
            if (!same) {
                router = disconnect(edit, router);
            }
            if (wanted && !same) {
                router = connect(edit, router, gateway);
            } else if (same && gateway.has("enable_snat")) {
                ObjectNode information =
                        (ObjectNode) before.get("external_gateway_info").deepCopy();
                information.set("enable_snat", gateway.path("enable_snat"));
                router = router.with(JsonNodeFactory.instance.objectNode().set("external_gateway_info", information));
            }
        }
        ObjectNode rest = changes.deepCopy();
        rest.remove("external_gateway_info");
        requireRoutes(rest);
        Resource changed = resources.update(edit.transaction(), router.with(rest));
        edit.tell(changed);
        return changed;
    }

    @Override
    public void delete(Edit edit, Resource router) {
        resources.delete(edit.transaction(), router);
        List<Resource> interfaces = resources.serving(edit.sql(), Kind.PORT, router.id());
        if (interfaces.stream().anyMatch(port -> port.text("device_owner").equals(INTERFACE_OWNER))) {
            throw NetworkError.ROUTER_IN_USE.with(router.id());
        }
        disconnect(edit, router);
        edit.tell(router);
    }

    /** Puts a router into a network: by a subnet, whose gateway address it takes, or by a port. Returns that port. */
    Resource addInterface(Edit edit, Resource router, JsonNode asked) {
        String subnetId = asked.path("subnet_id").asString("");
        String portId = asked.path("port_id").asString("");
        if (subnetId.isEmpty() == portId.isEmpty()) {
            throw NetworkError.BAD_REQUEST.with("router", "Either subnet_id or port_id must be specified");
        }
        resources.hold(edit.transaction(), router);
        Resource port = subnetId.isEmpty() ? takePort(edit, router, portId) : makePort(edit, router, subnetId);
        edit.tell(router);
        return port;
    }

    /** An outer address is the provider's to choose, and so is whether inner addresses are seen outside. */
    private static void requireMaySet(Edit edit, JsonNode gateway) {
        if (edit.isPrivileged()) {
            return;
        }
        for (String attribute : List.of("external_fixed_ips", "enable_snat")) {
            if (gateway.has(attribute)) {
                throw NetworkError.POLICY_NOT_AUTHORIZED.with("update_router:external_gateway_info:" + attribute);
            }
        }
    }

    private static void requireBuilt(ObjectNode asked) {
        if (!asked.path("flavor_id").asString("").isEmpty()) {
            throw NetworkError.NOT_BUILT.with("flavors of routers");
        }
    }

    private Resource takePort(Edit edit, Resource router, String portId) {
        Resource port = resources.get(edit.sql(), Kind.PORT, edit.visibility(), portId);
        if (port.maybe("device_id").isPresent()) {
            throw NetworkError.PORT_IN_USE.with(portId, port.text("device_id"));
        }
        if (port.get("fixed_ips").isEmpty()) {
            throw NetworkError.BAD_REQUEST.with("router", "Router port must have at least one fixed IP");
        }
        for (JsonNode fixed : port.get("fixed_ips")) {
            Resource subnet = resources.get(
                    edit.sql(), Kind.SUBNET, fixed.path("subnet_id").asString());
            requireApart(edit, router, subnet);
        }
        ObjectNode changes = JsonNodeFactory.instance
                .objectNode()
                .put("device_id", router.id())
                .put("device_owner", INTERFACE_OWNER)
                .put("port_security_enabled", false)
                .put("status", "ACTIVE");
        changes.putArray("security_groups");
        changes.putArray("allowed_address_pairs");
        Resource changed = resources.update(edit.transaction(), port.with(changes));
        edit.tell(changed);
        return changed;
    }

    private Resource makePort(Edit edit, Resource router, String subnetId) {
        Resource subnet = resources.get(edit.sql(), Kind.SUBNET, edit.visibility(), subnetId);
        // The gateway of somebody else's network is theirs to place; a port of that network may be used instead.
        if (!edit.isPrivileged() && !subnet.projectId().equals(router.projectId())) {
            throw NetworkError.POLICY_NOT_AUTHORIZED.with("add_router_interface");
        }
        String gateway = subnet.maybe("gateway_ip")
                .orElseThrow(() ->
                        NetworkError.BAD_REQUEST.with("router", "Subnet for router interface must have a gateway IP"));
        requireApart(edit, router, subnet);
        ObjectNode asked = PortRules.internal(subnet.text("network_id"), INTERFACE_OWNER, router.id());
        asked.putArray("fixed_ips")
                .add(JsonNodeFactory.instance
                        .objectNode()
                        .put("subnet_id", subnetId)
                        .put("ip_address", gateway));
        return ports.create(byCloud(edit), router.projectId(), asked);
    }

    /** A router knows each address in one place only. */
    private void requireApart(Edit edit, Resource router, Resource subnet) {
        Cidr cidr = IpAddresses.cidr(subnet.text("cidr")).orElseThrow();
        for (Resource other : resources.serving(edit.sql(), Kind.PORT, router.id())) {
            for (JsonNode fixed : other.get("fixed_ips")) {
                Resource known = resources.get(
                        edit.sql(), Kind.SUBNET, fixed.path("subnet_id").asString());
                if (IpAddresses.cidr(known.text("cidr")).orElseThrow().overlaps(cidr)) {
                    throw NetworkError.BAD_REQUEST.with(
                            "router",
                            "Cidr %s of subnet %s overlaps with cidr %s of subnet %s"
                                    .formatted(cidr, subnet.id(), known.text("cidr"), known.id()));
                }
            }
        }
    }

    /** Takes a router out of a network; returns the port that it had there. */
    Resource removeInterface(Edit edit, Resource router, JsonNode asked) {
        String subnetId = asked.path("subnet_id").asString("");
        String portId = asked.path("port_id").asString("");
        resources.hold(edit.transaction(), router);
        Resource port = resources.serving(edit.sql(), Kind.PORT, router.id()).stream()
                .filter(candidate -> candidate.text("device_owner").equals(INTERFACE_OWNER))
                .filter(candidate -> portId.isEmpty()
                        ? onSubnet(candidate, subnetId)
                        : candidate.id().equals(portId))
                .findFirst()
                .orElseThrow(() -> NetworkError.ROUTER_INTERFACE_NOT_FOUND.with(
                        router.id(), portId.isEmpty() ? subnetId : portId));
        for (Resource floating : resources.mentioning(edit.sql(), Kind.FLOATING_IP, router.id())) {
            if (floating.text("router_id").equals(router.id()) && leadsThrough(edit, floating, port)) {
                throw NetworkError.ROUTER_INTERFACE_IN_USE_BY_FLOATING_IP.with(firstSubnet(port), router.id());
            }
        }
        ports.remove(edit, port);
        edit.tell(router);
        return port;
    }

    private boolean leadsThrough(Edit edit, Resource floating, Resource routerPort) {
        Optional<Resource> port = floating.maybe("port_id")
                .flatMap(id -> resources.find(edit.sql(), Kind.PORT, io.kilonova.access.Visibility.everything(), id));
        return port.filter(found -> onSubnet(found, firstSubnet(routerPort))).isPresent();
    }

    static boolean onSubnet(Resource port, String subnetId) {
        return port.get("fixed_ips")
                .valueStream()
                .anyMatch(fixed -> fixed.path("subnet_id").asString("").equals(subnetId));
    }

    private static String firstSubnet(Resource port) {
        return port.get("fixed_ips").path(0).path("subnet_id").asString("");
    }

    private Resource connect(Edit edit, Resource router, JsonNode gateway) {
        String networkId = gateway.path("network_id").asString("");
        Resource network = resources.get(edit.sql(), Kind.NETWORK, edit.visibility(), networkId);
        if (!network.is("router:external")) {
            throw NetworkError.EXTERNAL_GATEWAY_NOT_EXTERNAL.with(networkId);
        }
        ObjectNode asked = PortRules.internal(networkId, GATEWAY_OWNER, router.id());
        if (gateway.path("external_fixed_ips").isArray()
                && !gateway.path("external_fixed_ips").isEmpty()) {
            asked.set("fixed_ips", gateway.path("external_fixed_ips"));
        }
        Resource port = ports.create(byCloud(edit), "", asked);
        for (JsonNode fixed : port.get("fixed_ips")) {
            Resource outer = resources.get(
                    edit.sql(), Kind.SUBNET, fixed.path("subnet_id").asString());
            resources.serving(edit.sql(), Kind.PORT, router.id()).stream()
                    .filter(other -> !other.id().equals(port.id()))
                    .flatMap(other -> other.get("fixed_ips").valueStream())
                    .map(other -> resources.get(
                            edit.sql(), Kind.SUBNET, other.path("subnet_id").asString()))
                    .filter(inner -> IpAddresses.cidr(inner.text("cidr"))
                            .orElseThrow()
                            .overlaps(IpAddresses.cidr(outer.text("cidr")).orElseThrow()))
                    .findFirst()
                    .ifPresent(inner -> {
                        throw NetworkError.BAD_REQUEST.with(
                                "router",
                                "Cidr %s of subnet %s overlaps with cidr %s of subnet %s"
                                        .formatted(outer.text("cidr"), outer.id(), inner.text("cidr"), inner.id()));
                    });
        }
        ObjectNode information = JsonNodeFactory.instance
                .objectNode()
                .put("network_id", networkId)
                .put("enable_snat", gateway.path("enable_snat").asBoolean(true));
        information.set("external_fixed_ips", port.get("fixed_ips"));
        return resources.update(
                edit.transaction(),
                router.with(JsonNodeFactory.instance.objectNode().set("external_gateway_info", information)));
    }

    private Resource disconnect(Edit edit, Resource router) {
        JsonNode gateway = router.get("external_gateway_info");
        if (!gateway.isObject()) {
            return router;
        }
        String networkId = gateway.path("network_id").asString("");
        boolean needed = resources.of(edit.sql(), Kind.FLOATING_IP, networkId).stream()
                .anyMatch(floating -> floating.text("router_id").equals(router.id()));
        if (needed) {
            throw NetworkError.ROUTER_GATEWAY_IN_USE_BY_FLOATING_IP.with(router.id(), networkId);
        }
        resources.serving(edit.sql(), Kind.PORT, router.id()).stream()
                .filter(port -> port.text("device_owner").equals(GATEWAY_OWNER))
                .forEach(port -> ports.remove(edit, port));
        return router.with(JsonNodeFactory.instance.objectNode().putNull("external_gateway_info"));
    }

    private static Edit byCloud(Edit edit) {
        return new Edit(edit.transaction(), Optional.empty(), edit.backend());
    }

    private static void requireRoutes(ObjectNode changes) {
        changes.path("routes").forEach(route -> {
            if (IpAddresses.cidr(route.path("destination").asString("")).isEmpty()
                    || IpAddresses.parse(route.path("nexthop").asString("")).isEmpty()) {
                throw NetworkError.INVALID_INPUT.with("routes need a destination and a nexthop");
            }
        });
    }
}
