package io.kilonova.networks;

import io.kilonova.ovn.HostDuties;
import io.kilonova.ovn.HostNetworks;
import io.kilonova.ovn.MetadataPort;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.impl.DSL;

/**
 * What a host has to do: metadata for the networks of which a guest is bound to it, and the gateway addresses of external
 * networks. Kept as changes come, so that a change costs what it touches. Used by one thread.
 */
final class HostDutyBook {
    private final HostNetworks host;
    /** The network of each port that is bound to the host. */
    private final Map<String, String> bound = new HashMap<>();

    private final Map<String, MetadataPort> metadata = new HashMap<>();
    private Map<String, Set<String>> gateways = Map.of();
    private Optional<HostDuties> told = Optional.empty();

    HostDutyBook(HostNetworks host) {
        this.host = host;
    }

    /** Reads everything anew. */
    void readAll(OvnTranslation snapshot) {
        bound.clear();
        metadata.clear();
        snapshot.resources()
                .list(snapshot.sql(), Kind.PORT, io.kilonova.access.Visibility.everything(), DSL.trueCondition())
                .forEach(port -> bind(port.id(), Optional.of(port)));
        new HashSet<>(bound.values()).forEach(network -> look(snapshot, network));
        gateways = gateways(snapshot);
    }

    /** Reads what one change touches. */
    void read(OvnTranslation snapshot, Kind kind, String id) {
        switch (kind) {
            case PORT -> {
                Optional<String> before = Optional.ofNullable(bound.get(id));
                Optional<Resource> port = snapshot.find(Kind.PORT, id);
                bind(id, port);
                before.ifPresent(network -> look(snapshot, network));
                port.map(Resource::parentId).ifPresent(network -> look(snapshot, network));
            }
            case SUBNET, NETWORK -> gateways = gateways(snapshot);
            case SECURITY_GROUP, SECURITY_GROUP_RULE, ROUTER, FLOATING_IP -> {}
        }
    }

    /** Tells the host, if what it has to do is not what it was told last. */
    void tell() {
        HostDuties duties = new HostDuties(metadata, gateways);
        if (!told.equals(Optional.of(duties))) {
            told = Optional.of(duties);
            host.serve(duties);
        }
    }

    private void bind(String id, Optional<Resource> port) {
        Optional<Resource> here = port.filter(
                        known -> known.text("binding:host_id").equals(host.hostName()))
                .filter(known -> !known.text("device_owner").startsWith("network:"));
        if (here.isPresent()) {
            bound.put(id, here.get().parentId());
        } else {
            bound.remove(id);
        }
    }

    private void look(OvnTranslation snapshot, String network) {
        Optional<MetadataPort> port = bound.containsValue(network) ? snapshot.metadata(network) : Optional.empty();
        if (port.isPresent()) {
            metadata.put(network, port.get());
        } else {
            metadata.remove(network);
        }
    }

    private static Map<String, Set<String>> gateways(OvnTranslation snapshot) {
        Map<String, Set<String>> gateways = new LinkedHashMap<>();
        for (Resource network : snapshot.resources().shared(snapshot.sql())) {
            if (!network.is("router:external")
                    || !network.text("provider:network_type").equals("flat")) {
                continue;
            }
            for (Resource subnet : snapshot.resources().of(snapshot.sql(), Kind.SUBNET, network.id())) {
                int prefix = IpAddresses.cidr(subnet.text("cidr"))
                        .map(IpAddresses.Cidr::prefixLength)
                        .orElse(32);
                subnet.maybe("gateway_ip")
                        .filter(address -> !address.contains(":"))
                        .ifPresent(address -> gateways.computeIfAbsent(
                                        network.text("provider:physical_network"), _ -> new HashSet<>())
                                .add(address + "/" + prefix));
            }
        }
        return gateways;
    }
}
