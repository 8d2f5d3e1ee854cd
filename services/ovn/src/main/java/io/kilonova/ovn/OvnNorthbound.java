package io.kilonova.ovn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The northbound database made to hold what is wanted. Everything here may be repeated: a state that holds already is
 * read, by identity, and nothing is written; what is removed may be gone. Each change is one transaction, and costs the
 * same in a cloud of ten ports and of a hundred thousand.
 *
 * <p>Failures are {@link OvnError}s: {@link OvnError#REFERENCE_MISSING} when something is named that is not there (make
 * networks, DHCP options and groups before the ports, and networks before routers), {@link OvnError#NAME_TAKEN} when
 * somebody else made a row with one of our names, and those of {@link OvsdbClient#transact}.
 */
public final class OvnNorthbound {
    private static final String GLOBAL = "NB_Global";

    private final OvsdbClient client;
    private final OvnPlans plans;
    private final RouterPlans routerPlans;
    private final Realiser realiser;
    private final Reconciler reconciler;

    /**
     * A northbound database of ours.
     *
     * @param client of the server that has the database OVN_Northbound; stays the caller's to close
     * @param owner written at each row, and what {@link #reconcile} knows our rows by: one for each cloud
     */
    public OvnNorthbound(OvsdbClient client, String owner) {
        Notation.identifier("The owner of network rows", owner);
        this.client = client;
        this.plans = new OvnPlans(owner);
        this.routerPlans = new RouterPlans(plans);
        this.realiser = new Realiser(client);
        this.reconciler = new Reconciler(client, owner, plans, routerPlans, realiser);
    }

    /** Makes a network be so; answers whether anything was written. */
    public boolean realise(LogicalSwitch network) {
        return realiser.realise(plans.network(network));
    }

    /** Makes DHCP options be so; answers whether anything was written. */
    public boolean realise(DhcpOptions options) {
        return realiser.realise(plans.dhcp(options));
    }

    /** Makes an address set be so; answers whether anything was written. */
    public boolean realise(AddressSet set) {
        return realiser.realise(plans.addressSet(set));
    }

    /** Makes a security group and its rules be so; who is in it is said by the ports. Answers whether anything was written. */
    public boolean realise(PortGroup group) {
        return realiser.realise(plans.group(group));
    }

    /** Makes a port, and its memberships in groups, be so; answers whether anything was written. */
    public boolean realise(LogicalSwitchPort port) {
        return realiser.realise(plans.port(port));
    }

    /** Makes a router with all its ports, translations and routes be so; answers whether anything was written. */
    public boolean realise(LogicalRouter router) {
        return realiser.realise(routerPlans.router(router));
    }

    /** Removes a network with all its ports. */
    public void removeSwitch(String id) {
        delete(OvnNames.SWITCH, id);
    }

    /** Removes DHCP options; ports that refer to them get no answers any more. */
    public void removeDhcpOptions(String id) {
        delete(OvnNames.DHCP, id);
    }

    /** Removes an address set. Rules that name it match nothing from then on. */
    public void removeAddressSet(String id) {
        delete(OvnNames.ADDRESSES, id);
    }

    /** Removes a security group with its rules; its ports stay. */
    public void removeGroup(String id) {
        delete(OvnNames.GROUP, id);
    }

    /** Removes a port, and with it its memberships in groups. */
    public void removePort(String id) {
        UUID row = OvnNames.row(OvnNames.PORT, id);
        List<Map<String, Datum>> found = read(OvnNames.PORT, row);
        if (found.isEmpty()) {
            return;
        }
        String network = found.getFirst()
                .getOrDefault("external_ids", Datum.nothing())
                .map()
                .getOrDefault(OvnNames.OF_SWITCH, "");
        // A port goes by itself when no network refers to it.
        change(List.of(OvsdbOperation.unlink(OvnNames.SWITCH, OvnNames.row(OvnNames.SWITCH, network), "ports", row)));
    }

    /** Removes a router with its translations, routes and ports, and their ends in the networks. */
    public void removeRouter(String id) {
        UUID row = OvnNames.row(OvnNames.ROUTER, id);
        List<OvsdbOperation> changes = new ArrayList<>();
        RouterPlans.peersOf(read(OvnNames.ROUTER, row).stream().findFirst())
                .forEach(peer -> changes.add(RouterPlans.leave(peer)));
        changes.add(new OvsdbOperation.Delete(OvnNames.ROUTER, List.of(OvsdbOperation.Condition.identity(row))));
        change(changes);
    }

    /**
     * Repairs everything: makes all that is wanted be so, and removes rows of ours that nobody wants. The only thing here
     * whose cost grows with the cloud. Others may go on changing meanwhile: only rows that were there before
     * {@code wanted} was asked are removed.
     *
     * @param wanted asked once, after the rows were listed
     */
    public Reconciliation reconcile(Supplier<WantedState> wanted) {
        return reconciler.reconcile(wanted);
    }

    /**
     * Waits until all chassis have taken over everything that was written before.
     *
     * @throws io.kilonova.errors.ServiceException {@link OvnError#SWITCH_BEHIND}
     */
    public void awaitRealised(Duration timeout) {
        OvsdbOperation.Mutate next = new OvsdbOperation.Mutate(
                GLOBAL, List.of(), List.of(new OvsdbOperation.Mutation("nb_cfg", "+=", Datum.whole(1))));
        OvsdbOperation.Select read = new OvsdbOperation.Select(GLOBAL, List.of(), List.of("nb_cfg"));
        TransactionResult result = client.transact(OvnNames.NORTHBOUND, next, read);
        long sequence = result.rows(1).stream()
                .findFirst()
                .flatMap(row -> row.getOrDefault("nb_cfg", Datum.nothing()).whole())
                .orElseThrow(() -> OvnError.OVSDB_REFUSED.with("there is no row in " + GLOBAL));
        boolean done = client.await(
                OvnNames.NORTHBOUND,
                MonitoredTable.everything(GLOBAL, "hv_cfg"),
                row -> row.column("hv_cfg").whole().orElse(-1L) >= sequence,
                timeout);
        if (!done) {
            throw OvnError.SWITCH_BEHIND.with(timeout.toMillis());
        }
    }

    private void delete(String table, String id) {
        change(List.of(
                new OvsdbOperation.Delete(table, List.of(OvsdbOperation.Condition.identity(OvnNames.row(table, id))))));
    }

    private void change(List<OvsdbOperation> operations) {
        realiser.realise(new Plan("a removal", List.of(), List.of(), List.of(), _ -> operations));
    }

    private List<Map<String, Datum>> read(String table, UUID row) {
        return client.transact(OvnNames.NORTHBOUND, OvsdbOperation.select(table, row, "external_ids"))
                .rows(0);
    }
}
