package io.kilonova.networks;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** The rules of networks. */
final class NetworkKindRules implements KindRules {
    /** The network type that OVN carries between hosts. */
    private static final String TENANT_TYPE = "geneve";

    /** What fits into a tunnel between hosts whose own networks take 1500 bytes. */
    static final int USUAL_MTU = 1442;

    private static final int MINIMUM_MTU = 68;
    private static final int MAXIMUM_MTU = 9000;
    private static final Set<String> TYPES = Set.of("flat", "local", TENANT_TYPE);

    private static final Pattern PHYSICAL_NETWORK = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    private final ResourceStore resources;
    private final SubnetRules subnets;
    private final PortRules ports;
    private final FloatingIpRules floatingIps;

    NetworkKindRules(ResourceStore resources, SubnetRules subnets, PortRules ports, FloatingIpRules floatingIps) {
        this.resources = resources;
        this.subnets = subnets;
        this.ports = ports;
        this.floatingIps = floatingIps;
    }

    @Override
    public Resource create(Edit edit, String projectId, ObjectNode asked) {
        requireMtu(asked);
        if (asked.path("provider:network_type").isNull()) {
            asked.put("provider:network_type", TENANT_TYPE);
            asked.putNull("provider:physical_network");
            asked.putNull("provider:segmentation_id");
        }
        String type = asked.path("provider:network_type").asString();
        if (!TYPES.contains(type)) {
            throw NetworkError.NOT_BUILT.with("networks of type " + type);
        }
        if (type.equals("flat")
                && asked.path("provider:physical_network").asString("").isEmpty()) {
            throw NetworkError.INVALID_INPUT.with("physical_network required for flat provider network");
        }
        if (!asked.path("provider:physical_network").isNull()
                && !PHYSICAL_NETWORK
                        .matcher(asked.path("provider:physical_network").asString(""))
                        .matches()) {
            throw NetworkError.INVALID_INPUT.with("physical_network must be a name of letters, digits, . _ and -");
        }
        if (!asked.path("provider:segmentation_id").isNull()) {
            throw NetworkError.NOT_BUILT.with("a chosen segmentation_id");
        }
        asked.put("status", "ACTIVE");
        asked.put("l2_adjacency", true);
        Resource network = resources.insert(
                edit.transaction(), Kind.NETWORK, UUID.randomUUID().toString(), projectId, asked);
        edit.tell(network);
        return network;
    }

    @Override
    public Resource update(Edit edit, Resource before, ObjectNode changes) {
        requireMtu(changes);
        requireNotInUse(edit, before, changes);
        Resource changed = resources.update(edit.transaction(), before.with(changes));
        edit.tell(changed);
        return changed;
    }

    @Override
    public void delete(Edit edit, Resource network) {
        resources.delete(edit.transaction(), network);
        floatingIps.deleteUnused(edit, network);
        List<Resource> left = resources.of(edit.sql(), Kind.PORT, network.id());
        if (left.stream().anyMatch(port -> !PortRules.isOfTheNetworkItself(port))) {
            throw NetworkError.NETWORK_IN_USE.with(network.id());
        }
        left.forEach(port -> ports.remove(edit, port));
        resources.of(edit.sql(), Kind.SUBNET, network.id()).forEach(subnet -> subnets.remove(edit, subnet));
        edit.tell(network);
    }

    /** What others use stays open to them. */
    private void requireNotInUse(Edit edit, Resource network, ObjectNode changes) {
        if (network.is("shared")
                && changes.has("shared")
                && !changes.path("shared").asBoolean()) {
            boolean foreign = resources.of(edit.sql(), Kind.PORT, network.id()).stream()
                    .filter(port -> !port.text("device_owner").startsWith("network:"))
                    .anyMatch(port -> !port.projectId().equals(network.projectId()));
            if (foreign) {
                throw NetworkError.INVALID_SHARED_SETTING.with(network.id());
            }
        }
        if (network.is("router:external")
                && changes.has("router:external")
                && !changes.path("router:external").asBoolean()) {
            boolean used = resources.of(edit.sql(), Kind.PORT, network.id()).stream()
                    .map(port -> port.text("device_owner"))
                    .anyMatch(owner -> owner.equals(RouterRules.GATEWAY_OWNER) || owner.equals(FloatingIpRules.OWNER));
            if (used) {
                throw NetworkError.EXTERNAL_NETWORK_IN_USE.with(network.id());
            }
        }
    }

    private static void requireMtu(ObjectNode document) {
        if (document.path("mtu").isNull()) {
            document.put("mtu", USUAL_MTU);
        }
        int mtu = document.path("mtu").asInt(MINIMUM_MTU);
        if (mtu < MINIMUM_MTU || mtu > MAXIMUM_MTU) {
            throw NetworkError.INVALID_INPUT.with("mtu must be %d to %d".formatted(MINIMUM_MTU, MAXIMUM_MTU));
        }
    }
}
