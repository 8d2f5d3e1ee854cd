package io.kilonova.networks;

import io.kilonova.access.Visibility;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The rules of floating IPs: an address of an external network that leads to a port through its router. */
final class FloatingIpRules implements KindRules {
    static final String OWNER = "network:floatingip";

    private final ResourceStore resources;
    private final PortRules ports;

    FloatingIpRules(ResourceStore resources, PortRules ports) {
        this.resources = resources;
        this.ports = ports;
    }

    /** What a floating IP is that leads nowhere. */
    static ObjectNode nowhere() {
        return JsonNodeFactory.instance
                .objectNode()
                .putNull("port_id")
                .putNull("fixed_ip_address")
                .putNull("router_id")
                .putNull("port_details")
                .put("status", "DOWN");
    }

    @Override
    public Resource create(Edit edit, String projectId, ObjectNode asked) {
        String networkId = asked.path("floating_network_id").asString();
        Resource network = resources.get(edit.sql(), Kind.NETWORK, edit.visibility(), networkId);
        if (!network.is("router:external")) {
            throw NetworkError.EXTERNAL_GATEWAY_NOT_EXTERNAL.with(networkId);
        }
        String id = UUID.randomUUID().toString();
        ObjectNode port = PortRules.internal(networkId, OWNER, id);
        ObjectNode fixed = JsonNodeFactory.instance.objectNode();
        String address = asked.path("floating_ip_address").asString("");
        String subnet = asked.path("subnet_id").asString("");
        if (!address.isEmpty()) {
            if (!edit.isPrivileged()) {
                throw NetworkError.POLICY_NOT_AUTHORIZED.with("create_floatingip:floating_ip_address");
            }
            fixed.put("ip_address", address);
        }
        if (!subnet.isEmpty()) {
            fixed.put("subnet_id", subnet);
        }
        if (!fixed.isEmpty()) {
            port.putArray("fixed_ips").add(fixed);
        }
        Resource holder = ports.create(new Edit(edit.transaction(), Optional.empty(), edit.backend()), "", port);
        JsonNode target = asked.path("port_id").deepCopy();
        String targetAddress = asked.path("fixed_ip_address").asString("");
        asked.remove("subnet_id");
        asked.put(
                "floating_ip_address",
                holder.get("fixed_ips").path(0).path("ip_address").asString(""));
        nowhere().properties().forEach(entry -> asked.set(entry.getKey(), entry.getValue()));
        Resource floating = resources.insert(edit.transaction(), Kind.FLOATING_IP, id, projectId, asked);
        Resource result = target.isString() && !target.asString().isEmpty()
                ? resources.update(edit.transaction(), lead(edit, floating, target.asString(), targetAddress))
                : floating;
        edit.tell(result);
        return result;
    }

    @Override
    public Resource update(Edit edit, Resource before, ObjectNode changes) {
        Resource changed = before;
        if (changes.has("description")) {
            changed =
                    changed.with(JsonNodeFactory.instance.objectNode().set("description", changes.path("description")));
        }
        if (changes.has("port_id")) {
            String port = changes.path("port_id").asString("");
            changed = port.isEmpty()
                    ? changed.with(nowhere())
                    : lead(edit, changed, port, changes.path("fixed_ip_address").asString(""));
        }
        Resource stored = resources.update(edit.transaction(), changed);
        before.maybe("router_id").ifPresent(router -> edit.tell(Kind.ROUTER, router));
        edit.tell(stored);
        return stored;
    }

    @Override
    public void delete(Edit edit, Resource floating) {
        resources.serving(edit.sql(), Kind.PORT, floating.id()).stream()
                .filter(port -> port.text("device_owner").equals(OWNER))
                .forEach(port -> ports.remove(edit, port));
        floating.maybe("router_id").ifPresent(router -> edit.tell(Kind.ROUTER, router));
        resources.delete(edit.transaction(), floating);
        edit.tell(floating);
    }

    /** Takes away the floating IPs of a network that lead nowhere: they hold up nothing that anybody uses. */
    void deleteUnused(Edit edit, Resource network) {
        resources.of(edit.sql(), Kind.PORT, network.id()).stream()
                .filter(port -> port.text("device_owner").equals(OWNER))
                .flatMap(port ->
                        resources
                                .find(edit.sql(), Kind.FLOATING_IP, Visibility.everything(), port.text("device_id"))
                                .stream())
                .filter(floating -> floating.maybe("port_id").isEmpty())
                .forEach(floating -> delete(edit, floating));
    }

    private Resource lead(Edit edit, Resource floating, String portId, String asked) {
        Resource port = resources.get(edit.sql(), Kind.PORT, edit.visibility(), portId);
        resources.hold(edit.transaction(), port);
        JsonNode fixed = port.get("fixed_ips")
                .valueStream()
                .filter(candidate -> asked.isEmpty()
                        ? !candidate.path("ip_address").asString("").contains(":")
                        : candidate.path("ip_address").asString("").equals(asked))
                .findFirst()
                .orElseThrow(() -> NetworkError.BAD_REQUEST.with(
                        "floatingip", "Port %s does not have fixed ip %s".formatted(portId, asked)));
        String address = fixed.path("ip_address").asString();
        String networkId = floating.text("floating_network_id");
        for (Resource other : resources.serving(edit.sql(), Kind.FLOATING_IP, portId)) {
            if (!other.id().equals(floating.id())
                    && other.text("fixed_ip_address").equals(address)) {
                throw NetworkError.FLOATING_IP_PORT_ALREADY_ASSOCIATED.with(
                        floating.text("floating_ip_address"), portId, address, networkId);
            }
        }
        String subnetId = fixed.path("subnet_id").asString();
        String router = routerBetween(edit, port, subnetId, networkId)
                .orElseThrow(() -> NetworkError.EXTERNAL_NETWORK_UNREACHABLE.with(networkId, subnetId, portId));
        ObjectNode details = JsonNodeFactory.instance
                .objectNode()
                .put("name", port.text("name"))
                .put("network_id", port.text("network_id"))
                .put("mac_address", port.text("mac_address"))
                .put("admin_state_up", port.is("admin_state_up"))
                .put("status", port.text("status"))
                .put("device_id", port.text("device_id"))
                .put("device_owner", port.text("device_owner"));
        ObjectNode changes = JsonNodeFactory.instance
                .objectNode()
                .put("port_id", portId)
                .put("fixed_ip_address", address)
                .put("router_id", router)
                .put("status", "ACTIVE");
        changes.set("port_details", details);
        return floating.with(changes);
    }

    /** The router that leads from a subnet to an external network. It is held, so that it goes on doing so. */
    private Optional<String> routerBetween(Edit edit, Resource port, String subnetId, String externalNetworkId) {
        return resources.of(edit.sql(), Kind.PORT, port.text("network_id")).stream()
                .filter(candidate -> candidate.text("device_owner").equals(RouterRules.INTERFACE_OWNER))
                .filter(candidate -> RouterRules.onSubnet(candidate, subnetId))
                .filter(candidate -> resources
                        .find(edit.sql(), Kind.ROUTER, Visibility.everything(), candidate.text("device_id"))
                        .filter(router -> leadsTo(externalNetworkId, router))
                        .filter(router -> isStillThere(edit, router, candidate))
                        .isPresent())
                .map(candidate -> candidate.text("device_id"))
                .findFirst();
    }

    private static boolean leadsTo(String externalNetworkId, Resource router) {
        return router.get("external_gateway_info")
                .path("network_id")
                .asString("")
                .equals(externalNetworkId);
    }

    /** Who takes a router out of a network holds it too: from here on either sees what the other did. */
    private boolean isStillThere(Edit edit, Resource router, Resource inside) {
        resources.hold(edit.transaction(), router);
        return resources
                .find(edit.sql(), Kind.PORT, Visibility.everything(), inside.id())
                .isPresent();
    }
}
