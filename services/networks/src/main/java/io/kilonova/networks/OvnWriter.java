package io.kilonova.networks;

import io.kilonova.errors.ServiceException;
import io.kilonova.networks.ChangeQueue.Work;
import io.kilonova.ovn.DhcpOptions;
import io.kilonova.ovn.LogicalRouter;
import io.kilonova.ovn.LogicalSwitch;
import io.kilonova.ovn.LogicalSwitchPort;
import io.kilonova.ovn.OvnError;
import io.kilonova.ovn.OvnNorthbound;
import io.kilonova.ovn.PortGroup;
import io.kilonova.ovn.Reconciliation;
import io.kilonova.ovn.WantedState;
import io.kilonova.storage.Database;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jooq.impl.DSL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a change left behind and writes it into OVN's northbound database. Used by one thread. */
final class OvnWriter {
    private static final Logger LOG = LoggerFactory.getLogger(OvnWriter.class);

    private final Database database;
    private final ResourceStore resources;
    private final AddressStore addresses = new AddressStore();
    private final OvnNorthbound northbound;
    private final Supplier<List<String>> gatewayChassis;
    private final Consumer<Work> next;
    private final Set<String> downNetworks = new HashSet<>();

    /**
     * A writer.
     *
     * @param gatewayChassis where gateways of routers may be, the preferred one first
     * @param next takes what follows from a change and is to be looked at too
     */
    OvnWriter(Database database, OvnNorthbound northbound, Supplier<List<String>> gatewayChassis, Consumer<Work> next) {
        this.database = database;
        this.resources = new ResourceStore(InstantSource.system());
        this.northbound = northbound;
        this.gatewayChassis = gatewayChassis;
        this.next = next;
    }

    /** Runs {@code reading} on a snapshot. */
    <T> T read(Function<OvnTranslation, T> reading) {
        return database.read(sql -> reading.apply(new OvnTranslation(sql, resources)));
    }

    /** Makes OVN hold what is stored of one resource. */
    void write(Kind kind, String id) {
        switch (kind) {
            case NETWORK -> network(id);
            case SUBNET -> subnet(id);
            case SUBNET_POOL -> LOG.debug("OVN knows nothing of subnet pools");
            case PORT -> port(id);
            case SECURITY_GROUP -> group(id);
            case ROUTER -> router(id);
            case FLOATING_IP ->
                read(snapshot -> snapshot.find(Kind.FLOATING_IP, id))
                        .flatMap(floating -> floating.maybe("router_id"))
                        .ifPresent(this::router);
            case SECURITY_GROUP_RULE ->
                read(snapshot -> snapshot.find(Kind.SECURITY_GROUP_RULE, id))
                        .map(Resource::parentId)
                        .ifPresent(this::group);
        }
    }

    private void network(String id) {
        Optional<Resource> network = read(snapshot -> snapshot.find(Kind.NETWORK, id));
        if (network.isEmpty()) {
            northbound.removeSwitch(id);
            downNetworks.remove(id);
            return;
        }
        boolean up = network.get().is("admin_state_up");
        List<DhcpOptions> options = new ArrayList<>();
        List<String> ports = new ArrayList<>();
        LogicalSwitch wanted = read(snapshot -> {
            resources
                    .of(snapshot.sql(), Kind.SUBNET, id)
                    .forEach(subnet -> snapshot.dhcp(subnet).ifPresent(options::add));
            if (!up || downNetworks.contains(id)) {
                resources.of(snapshot.sql(), Kind.PORT, id).forEach(port -> ports.add(port.id()));
            }
            return snapshot.network(network.get());
        });
        write(wanted, northbound::realise);
        options.forEach(dhcp -> write(dhcp, northbound::realise));
        ports.forEach(port -> next.accept(new Work.One(Kind.PORT.singular(), port)));
        boolean remembered = up ? downNetworks.remove(id) : downNetworks.add(id);
        LOG.debug("Network {} is written, its state changed: {}", id, remembered);
    }

    private void subnet(String id) {
        Optional<Resource> subnet = read(snapshot -> snapshot.find(Kind.SUBNET, id));
        if (subnet.isEmpty()) {
            northbound.removeDhcpOptions(id);
            return;
        }
        read(snapshot -> snapshot.dhcp(subnet.get()))
                .ifPresentOrElse(
                        options -> write(options, northbound::realise), () -> northbound.removeDhcpOptions(id));
        database.read(sql -> {
            addresses.portsOf(sql, id).forEach(port -> next.accept(new Work.One(Kind.PORT.singular(), port)));
            return true;
        });
    }

    private void port(String id) {
        Optional<Resource> port = read(snapshot -> snapshot.find(Kind.PORT, id));
        if (port.isEmpty()) {
            northbound.removePort(id);
            return;
        }
        String owner = port.get().text("device_owner");
        if (owner.startsWith(RouterRules.OWNERS)) {
            router(port.get().text("device_id"));
            return;
        }
        List<DhcpOptions> own = read(snapshot -> snapshot.ownDhcp(port.get()));
        own.forEach(options -> write(options, northbound::realise));
        Optional<LogicalSwitchPort> wanted = read(snapshot -> snapshot.port(port.get()));
        if (wanted.isEmpty()) {
            return;
        }
        withReferences(() -> write(wanted.get(), northbound::realise), () -> {
            network(port.get().text("network_id"));
            port.get().texts("security_groups").forEach(this::group);
        });
        if (PortRules.isOfTheNetworkItself(port.get())) {
            List<DhcpOptions> told = read(snapshot ->
                    resources.of(snapshot.sql(), Kind.SUBNET, port.get().text("network_id")).stream()
                            .flatMap(subnet -> snapshot.dhcp(subnet).stream())
                            .toList());
            told.forEach(options -> write(options, northbound::realise));
        }
    }

    private void group(String id) {
        Optional<PortGroup> group =
                read(snapshot -> snapshot.find(Kind.SECURITY_GROUP, id).map(snapshot::group));
        group.ifPresentOrElse(wanted -> write(wanted, northbound::realise), () -> northbound.removeGroup(id));
    }

    private void router(String id) {
        Optional<LogicalRouter> router = read(snapshot -> snapshot.find(Kind.ROUTER, id)
                .map(found -> new OvnRouterTranslation(snapshot, gatewayChassis.get()).router(found)));
        if (router.isEmpty()) {
            northbound.removeRouter(id);
            return;
        }
        withReferences(
                () -> write(router.get(), northbound::realise),
                () -> router.get().ports().forEach(port -> network(port.switchId())));
    }

    /** Two transactions may be told in either order: what is missing is made first, and the write tried once more. */
    private static void withReferences(Runnable write, Runnable references) {
        try {
            write.run();
        } catch (ServiceException failure) {
            if (failure.code() != OvnError.REFERENCE_MISSING) {
                throw failure;
            }
            references.run();
            write.run();
        }
    }

    private static <T> void write(T wanted, Function<T, Boolean> realise) {
        LOG.debug("{} was written: {}", wanted, realise.apply(wanted));
    }

    /** Compares everything, and repairs it. */
    Reconciliation writeEverything() {
        return northbound.reconcile(() -> read(this::everything));
    }

    private WantedState everything(OvnTranslation snapshot) {
        OvnRouterTranslation routers = new OvnRouterTranslation(snapshot, gatewayChassis.get());
        List<LogicalSwitch> switches =
                translated(snapshot, Kind.NETWORK, network -> Optional.of(snapshot.network(network)));
        List<DhcpOptions> dhcp = translated(snapshot, Kind.SUBNET, snapshot::dhcp);
        resources
                .mentioning(snapshot.sql(), Kind.PORT, PortDhcpOptions.NAME)
                .forEach(port -> dhcp.addAll(snapshot.ownDhcp(port)));
        return new WantedState(
                switches,
                dhcp,
                List.of(),
                translated(snapshot, Kind.SECURITY_GROUP, group -> Optional.of(snapshot.group(group))),
                translated(snapshot, Kind.PORT, snapshot::port),
                translated(snapshot, Kind.ROUTER, router -> Optional.of(routers.router(router))));
    }

    /** What cannot be written in OVN's words is left out, so that one resource does not hold up all others. */
    private <T> List<T> translated(OvnTranslation snapshot, Kind kind, Function<Resource, Optional<T>> translation) {
        List<T> result = new ArrayList<>();
        for (Resource resource :
                resources.list(snapshot.sql(), kind, io.kilonova.access.Visibility.everything(), DSL.trueCondition())) {
            try {
                translation.apply(resource).ifPresent(result::add);
            } catch (ServiceException failure) {
                LOG.error("{} {} cannot be made real: {}", kind.singular(), resource.id(), failure.sentence());
            }
        }
        return result;
    }
}
