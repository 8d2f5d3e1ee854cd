package io.kilonova.ovn;

import io.kilonova.ovn.Plan.Membership;
import io.kilonova.ovn.Plan.Need;
import io.kilonova.ovn.Plan.WantedRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Writes routers, with the ends of their ports in the networks, as rows of the northbound database. Pure. */
final class RouterPlans {
    private final OvnPlans plans;

    RouterPlans(OvnPlans plans) {
        this.plans = plans;
    }

    Plan router(LogicalRouter router) {
        UUID row = OvnNames.row(OvnNames.ROUTER, router.id());
        String subject = "router " + router.id();
        List<WantedRow> rows = new ArrayList<>();
        List<Need> needs = new ArrayList<>();
        List<Membership> memberships = new ArrayList<>();
        List<UUID> ports = new ArrayList<>();
        TreeSet<String> peers = new TreeSet<>();
        for (RouterPort port : router.ports()) {
            UUID network = OvnNames.row(OvnNames.SWITCH, port.switchId());
            needs.add(new Need(subject, OvnNames.SWITCH, network, "network " + port.switchId()));
            WantedRow peer = peer(port);
            rows.add(peer);
            memberships.add(new Membership(OvnNames.SWITCH, network, "ports", peer.uuid(), true));
            peers.add(port.id() + "@" + port.switchId());
            rows.addAll(gateways(port));
            WantedRow end = port(port);
            rows.add(end);
            ports.add(end.uuid());
        }
        List<WantedRow> translations = router.translations().stream()
                .map(rule -> translation(router.id(), rule))
                .distinct()
                .toList();
        List<WantedRow> routes = router.routes().stream()
                .map(route -> route(router.id(), route))
                .distinct()
                .toList();
        rows.addAll(translations);
        rows.addAll(routes);
        Map<String, String> tags = plans.tags(router.id());
        if (!router.label().isEmpty()) {
            tags.put("kilonova:label", router.label());
        }
        tags.put(OvnNames.PEERS, String.join(" ", peers));
        rows.add(new WantedRow(
                OvnNames.ROUTER,
                row,
                Map.of(
                        "name",
                        Datum.text(OvnNames.router(router.id())),
                        "enabled",
                        Datum.flag(router.enabled()),
                        "ports",
                        Datum.rows(ports),
                        "nat",
                        Datum.rows(translations.stream().map(WantedRow::uuid).toList()),
                        "static_routes",
                        Datum.rows(routes.stream().map(WantedRow::uuid).toList()),
                        // Neighbours are learned when they are needed: without, each router of an external network
                        // holds a row for each other one.
                        "options",
                        Datum.map(Map.of("always_learn_from_arp_request", "false", "dynamic_neigh_routers", "true")),
                        "external_ids",
                        Datum.map(tags))));
        return new Plan(subject, rows, needs, memberships, present -> {
            List<OvsdbOperation> changes = new ArrayList<>();
            for (String former : peersOf(Optional.ofNullable(present.get(row)))) {
                if (!peers.contains(former)) {
                    changes.add(leave(former));
                }
            }
            // A port that was a guest's before takes its groups along no further.
            for (RouterPort port : router.ports()) {
                changes.addAll(
                        OvnPlans.leave(OvnNames.row(OvnNames.PORT, port.id()), port.switchId(), Set.of(), present));
            }
            return changes;
        });
    }

    /** The ends in networks that a router's row remembers. */
    static List<String> peersOf(Optional<Map<String, Datum>> router) {
        return router
                .map(columns ->
                        columns.getOrDefault("external_ids", Datum.nothing()).map())
                .map(tags -> tags.getOrDefault(OvnNames.PEERS, ""))
                .map(text -> List.of(text.split(" ")))
                .orElse(List.of())
                .stream()
                .filter(peer -> peer.indexOf('@') > 0)
                .toList();
    }

    /** Takes the end of a router's port, written as port@switch, out of its network. */
    static OvsdbOperation leave(String peer) {
        int at = peer.indexOf('@');
        return OvsdbOperation.unlink(
                OvnNames.SWITCH,
                OvnNames.row(OvnNames.SWITCH, peer.substring(at + 1)),
                "ports",
                OvnNames.row(OvnNames.PORT, peer.substring(0, at)));
    }

    private WantedRow peer(RouterPort port) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("router-port", OvnNames.routerPort(port.id()));
        if (!port.gateways().isEmpty()) {
            // Tells the external network at once where addresses are, after a gateway moved.
            options.put("nat-addresses", "router");
        }
        Map<String, String> tags = plans.tags(port.id());
        tags.put(OvnNames.OF_SWITCH, port.switchId());
        return new WantedRow(
                OvnNames.PORT,
                OvnNames.row(OvnNames.PORT, port.id()),
                Map.of(
                        "name",
                        Datum.text(port.id()),
                        "type",
                        Datum.text("router"),
                        "addresses",
                        Datum.text("router"),
                        "options",
                        Datum.map(options),
                        "port_security",
                        Datum.texts(Set.of()),
                        "dhcpv4_options",
                        Datum.nothing(),
                        "dhcpv6_options",
                        Datum.nothing(),
                        "external_ids",
                        Datum.map(tags)));
    }

    private WantedRow port(RouterPort port) {
        Map<String, String> options = new LinkedHashMap<>();
        port.mtu().ifPresent(mtu -> options.put("gateway_mtu", Integer.toString(mtu)));
        Map<String, String> advertisement = new LinkedHashMap<>();
        port.advertisement().ifPresent(wanted -> {
            advertisement.put("address_mode", wanted.mode().text());
            advertisement.put("send_periodic", "true");
            advertisement.put("mtu", Integer.toString(wanted.mtu()));
        });
        return new WantedRow(
                OvnNames.ROUTER_PORT,
                OvnNames.row(OvnNames.ROUTER_PORT, port.id()),
                Map.of(
                        "name",
                        Datum.text(OvnNames.routerPort(port.id())),
                        "mac",
                        Datum.text(port.mac()),
                        "networks",
                        Datum.texts(port.networks()),
                        "options",
                        Datum.map(options),
                        "gateway_chassis",
                        Datum.rows(gateways(port).stream().map(WantedRow::uuid).toList()),
                        "ipv6_ra_configs",
                        Datum.map(advertisement),
                        "external_ids",
                        Datum.map(plans.tags(port.id()))));
    }

    private List<WantedRow> gateways(RouterPort port) {
        return port.gateways().stream()
                .map(gateway -> {
                    String name = OvnNames.routerPort(port.id()) + "_" + gateway.chassis();
                    return new WantedRow(
                            OvnNames.GATEWAY,
                            OvnNames.row(OvnNames.GATEWAY, name),
                            Map.of(
                                    "name",
                                    Datum.text(name),
                                    "chassis_name",
                                    Datum.text(gateway.chassis()),
                                    "priority",
                                    Datum.whole(gateway.priority()),
                                    "external_ids",
                                    Datum.map(plans.tags(name))));
                })
                .toList();
    }

    private WantedRow translation(String router, NatRule rule) {
        String id = router + "/" + rule.kind().text() + "/" + rule.external() + "/" + rule.logical();
        return new WantedRow(
                OvnNames.TRANSLATION,
                OvnNames.row(OvnNames.TRANSLATION, id),
                Map.of(
                        "type",
                        Datum.text(rule.kind().text()),
                        "external_ip",
                        Datum.text(rule.external()),
                        "logical_ip",
                        Datum.text(rule.logical()),
                        "logical_port",
                        rule.distributed()
                                .map(local -> Datum.text(local.portId()))
                                .orElse(Datum.nothing()),
                        "external_mac",
                        rule.distributed().map(local -> Datum.text(local.mac())).orElse(Datum.nothing()),
                        "external_ids",
                        Datum.map(plans.tags(id))));
    }

    private WantedRow route(String router, StaticRoute route) {
        String id = router + "/" + route.network() + "/" + route.nextHop();
        return new WantedRow(
                OvnNames.ROUTE,
                OvnNames.row(OvnNames.ROUTE, id),
                Map.of(
                        "ip_prefix",
                        Datum.text(route.network()),
                        "nexthop",
                        Datum.text(route.nextHop()),
                        "output_port",
                        route.outputPortId()
                                .map(port -> Datum.text(OvnNames.routerPort(port)))
                                .orElse(Datum.nothing()),
                        "external_ids",
                        Datum.map(plans.tags(id))));
    }
}
