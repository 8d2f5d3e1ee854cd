package io.kilonova.ovn;

import io.kilonova.errors.ServiceException;
import io.kilonova.ovn.OvsdbOperation.Condition;
import io.kilonova.ovn.Plan.Membership;
import io.kilonova.ovn.Plan.WantedRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares the whole northbound database with what is wanted. Rows of other owners are not looked at. */
final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    /** Plans that are read in one transaction; 200 ports are about 2,500 selects. */
    private static final int BATCH = 200;

    private static final List<String> ROOTS =
            List.of(OvnNames.PORT, OvnNames.SWITCH, OvnNames.DHCP, OvnNames.ADDRESSES, OvnNames.GROUP, OvnNames.ROUTER);

    private final OvsdbClient client;
    private final String owner;
    private final OvnPlans plans;
    private final RouterPlans routerPlans;
    private final Realiser realiser;

    Reconciler(OvsdbClient client, String owner, OvnPlans plans, RouterPlans routerPlans, Realiser realiser) {
        this.client = client;
        this.owner = owner;
        this.plans = plans;
        this.routerPlans = routerPlans;
        this.realiser = realiser;
    }

    /** A row of ours as it was listed. */
    private record Listed(String table, UUID row, Map<String, String> tags, Set<UUID> ports) {}

    Reconciliation reconcile(Supplier<WantedState> supplier) {
        List<Listed> listed = list();
        WantedState wanted = supplier.get();
        List<Plan> all = new ArrayList<>();
        Progress progress = new Progress();
        progress.take(wanted.switches(), plans::network, all);
        progress.take(wanted.dhcpOptions(), plans::dhcp, all);
        progress.take(wanted.addressSets(), plans::addressSet, all);
        progress.take(wanted.groups(), plans::group, all);
        progress.take(List.of(plans.defaultDeny()), Function.identity(), all);
        progress.take(wanted.ports(), plans::port, all);
        progress.take(wanted.routers(), routerPlans::router, all);
        int removed = remove(listed, all);
        LOG.info(
                "Networks are reconciled: {} repaired, {} removed, {} failures",
                progress.repaired,
                removed,
                progress.failures.size());
        return new Reconciliation(progress.repaired, removed, progress.failures);
    }

    /** What was repaired so far. */
    private final class Progress {
        private int repaired;
        private final List<String> failures = new ArrayList<>();

        <T> void take(List<T> wanted, Function<T, Plan> planned, List<Plan> all) {
            List<Plan> made = wanted.stream().map(planned).toList();
            all.addAll(made);
            for (int start = 0; start < made.size(); start += BATCH) {
                List<Plan> batch = made.subList(start, Math.min(made.size(), start + BATCH));
                if (!holds(batch)) {
                    batch.forEach(this::one);
                }
            }
        }

        private boolean holds(List<Plan> batch) {
            try {
                return realiser.holds(Plan.together(batch));
            } catch (ServiceException missing) {
                LOG.debug("A batch is looked at one by one: {}", missing.sentence());
                return false;
            }
        }

        private void one(Plan plan) {
            try {
                if (realiser.realise(plan)) {
                    repaired++;
                    LOG.info("Repaired {}", plan.subject());
                }
            } catch (ServiceException failure) {
                failures.add(plan.subject() + ": " + failure.sentence());
                LOG.warn("Could not repair {}: {}", plan.subject(), failure.sentence());
            }
        }
    }

    private List<Listed> list() {
        Condition ours = new Condition("external_ids", "includes", Datum.map(Map.of(OvnNames.OWNER, owner)));
        List<Listed> listed = new ArrayList<>();
        for (String table : ROOTS) {
            List<String> columns = table.equals(OvnNames.GROUP)
                    ? List.of("_uuid", "external_ids", "ports")
                    : List.of("_uuid", "external_ids");
            for (Map<String, Datum> row : client.transact(
                            OvnNames.NORTHBOUND, new OvsdbOperation.Select(table, List.of(ours), columns))
                    .rows(0)) {
                row.getOrDefault("_uuid", Datum.nothing())
                        .rows()
                        .forEach(uuid -> listed.add(new Listed(
                                table,
                                uuid,
                                row.getOrDefault("external_ids", Datum.nothing())
                                        .map(),
                                row.getOrDefault("ports", Datum.nothing()).rows())));
            }
        }
        return listed;
    }

    private int remove(List<Listed> listed, List<Plan> all) {
        Set<UUID> wanted = new HashSet<>();
        Map<UUID, Set<UUID>> members = new LinkedHashMap<>();
        for (Plan plan : all) {
            plan.rows().stream().map(WantedRow::uuid).forEach(wanted::add);
            for (Membership membership : plan.memberships()) {
                if (membership.wanted() && membership.table().equals(OvnNames.GROUP)) {
                    members.computeIfAbsent(membership.row(), _ -> new HashSet<>())
                            .add(membership.member());
                }
            }
        }
        List<OvsdbOperation> changes = new ArrayList<>();
        for (Listed row : listed) {
            if (!wanted.contains(row.row())) {
                changes.add(removal(row));
                continue;
            }
            for (UUID member : row.ports()) {
                if (!members.getOrDefault(row.row(), Set.of()).contains(member)) {
                    changes.add(OvsdbOperation.unlink(row.table(), row.row(), "ports", member));
                }
            }
        }
        for (int start = 0; start < changes.size(); start += BATCH) {
            client.transact(OvnNames.NORTHBOUND, changes.subList(start, Math.min(changes.size(), start + BATCH)));
        }
        return changes.size();
    }

    private static OvsdbOperation removal(Listed row) {
        if (row.table().equals(OvnNames.PORT)) {
            UUID network = OvnNames.row(OvnNames.SWITCH, row.tags().getOrDefault(OvnNames.OF_SWITCH, ""));
            return OvsdbOperation.unlink(OvnNames.SWITCH, network, "ports", row.row());
        }
        return new OvsdbOperation.Delete(row.table(), List.of(Condition.identity(row.row())));
    }
}
