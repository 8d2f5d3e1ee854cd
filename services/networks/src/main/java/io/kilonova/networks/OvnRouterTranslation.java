package io.kilonova.networks;

import io.kilonova.ovn.LogicalRouter;
import io.kilonova.ovn.NatRule;
import io.kilonova.ovn.RouterPort;
import io.kilonova.ovn.RouterPort.AddressMode;
import io.kilonova.ovn.RouterPort.GatewayChassis;
import io.kilonova.ovn.RouterPort.RouterAdvertisement;
import io.kilonova.ovn.StaticRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** What OVN shall hold of routers: their ports, translations and routes. */
final class OvnRouterTranslation {
    private static final int HIGHEST_PRIORITY = 100;

    private final OvnTranslation snapshot;
    private final List<String> gatewayChassis;

    OvnRouterTranslation(OvnTranslation snapshot, List<String> gatewayChassis) {
        this.snapshot = snapshot;
        this.gatewayChassis = gatewayChassis;
    }

    LogicalRouter router(Resource router) {
        List<Resource> ends = snapshot.resources().serving(snapshot.sql(), Kind.PORT, router.id());
        List<Resource> inner = ends.stream()
                .filter(port -> port.text("device_owner").equals(RouterRules.INTERFACE_OWNER))
                .toList();
        Optional<Resource> gateway = ends.stream()
                .filter(port -> port.text("device_owner").equals(RouterRules.GATEWAY_OWNER))
                .findFirst();
        List<RouterPort> ports = new ArrayList<>();
        inner.stream()
                .filter(port -> !snapshot.withPrefix(port).isEmpty())
                .map(this::inner)
                .forEach(ports::add);
        gateway.filter(port -> !snapshot.withPrefix(port).isEmpty())
                .map(this::gateway)
                .ifPresent(ports::add);
        List<StaticRoute> routes = new ArrayList<>();
        gateway.ifPresent(port -> routes.addAll(defaults(port)));
        router.get("routes")
                .forEach(route -> routes.add(new StaticRoute(
                        route.path("destination").asString(),
                        route.path("nexthop").asString(),
                        Optional.empty())));
        return new LogicalRouter(
                router.id(),
                router.text("name"),
                router.is("admin_state_up"),
                ports,
                gateway.map(port -> translations(router, port, inner)).orElse(List.of()),
                routes);
    }

    private RouterPort inner(Resource port) {
        Optional<RouterAdvertisement> advertisement = subnets(port).stream()
                .flatMap(subnet -> mode(subnet).stream())
                .findFirst()
                .map(mode -> new RouterAdvertisement(mode, mtu(port)));
        return new RouterPort(
                port.id(),
                port.text("network_id"),
                port.text("mac_address"),
                snapshot.withPrefix(port),
                Optional.empty(),
                List.of(),
                advertisement);
    }

    private RouterPort gateway(Resource port) {
        List<GatewayChassis> chassis = new ArrayList<>();
        gatewayChassis.forEach(name -> chassis.add(new GatewayChassis(name, HIGHEST_PRIORITY - chassis.size())));
        return RouterPort.gateway(
                port.id(), port.text("network_id"), port.text("mac_address"), snapshot.withPrefix(port), chassis);
    }

    private List<StaticRoute> defaults(Resource gatewayPort) {
        return subnets(gatewayPort).stream()
                .flatMap(subnet -> subnet.maybe("gateway_ip").stream())
                .distinct()
                .map(StaticRoute::defaultThrough)
                .toList();
    }

    private List<NatRule> translations(Resource router, Resource gateway, List<Resource> inner) {
        List<NatRule> rules = new ArrayList<>();
        Optional<String> outside = gateway.get("fixed_ips")
                .valueStream()
                .map(fixed -> fixed.path("ip_address").asString())
                .filter(address -> !address.contains(":"))
                .findFirst();
        if (outside.isPresent()
                && router.get("external_gateway_info").path("enable_snat").asBoolean(true)) {
            Set<String> networks = new TreeSet<>();
            inner.forEach(port -> subnets(port).stream()
                    .filter(subnet -> subnet.get("ip_version").asInt(4) == 4)
                    .forEach(subnet -> networks.add(subnet.text("cidr"))));
            networks.forEach(network -> rules.add(NatRule.source(outside.get(), network)));
        }
        snapshot.resources().mentioning(snapshot.sql(), Kind.FLOATING_IP, router.id()).stream()
                .filter(floating -> floating.text("router_id").equals(router.id()))
                .filter(floating -> floating.maybe("fixed_ip_address").isPresent())
                .forEach(floating -> rules.add(
                        NatRule.floating(floating.text("floating_ip_address"), floating.text("fixed_ip_address"))));
        return rules;
    }

    private List<Resource> subnets(Resource port) {
        List<Resource> subnets = new ArrayList<>();
        for (JsonNode fixed : port.get("fixed_ips")) {
            snapshot.find(Kind.SUBNET, fixed.path("subnet_id").asString("")).ifPresent(subnets::add);
        }
        return subnets;
    }

    private int mtu(Resource port) {
        return snapshot.find(Kind.NETWORK, port.text("network_id"))
                .map(network -> network.get("mtu").asInt(0))
                .filter(mtu -> mtu > 0)
                .orElse(NetworkKindRules.USUAL_MTU);
    }

    private static Optional<AddressMode> mode(Resource subnet) {
        return switch (subnet.text("ipv6_ra_mode")) {
            case "slaac" -> Optional.of(AddressMode.SLAAC);
            case "dhcpv6-stateful" -> Optional.of(AddressMode.DHCPV6_STATEFUL);
            case "dhcpv6-stateless" -> Optional.of(AddressMode.DHCPV6_STATELESS);
            default -> Optional.empty();
        };
    }
}
