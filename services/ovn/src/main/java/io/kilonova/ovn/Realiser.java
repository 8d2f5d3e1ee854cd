package io.kilonova.ovn;

import io.kilonova.errors.ServiceException;
import io.kilonova.ovn.OvsdbOperation.Condition;
import io.kilonova.ovn.Plan.Membership;
import io.kilonova.ovn.Plan.Need;
import io.kilonova.ovn.Plan.WantedRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Makes rows be as planned: one transaction reads them, by identity, and if something differs a second one writes the
 * difference, guarded against whoever changed the same columns in between. A plan that holds already writes nothing.
 */
final class Realiser {
    private static final int ATTEMPTS = 8;

    private final OvsdbClient client;

    Realiser(OvsdbClient client) {
        this.client = client;
    }

    /** Makes it so; answers whether anything had to be written. */
    boolean realise(Plan plan) {
        ServiceException last = OvnError.OVSDB_CHANGED.with(plan.subject());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                List<OvsdbOperation> changes = difference(plan);
                if (changes.isEmpty()) {
                    return false;
                }
                TransactionResult done = client.transact(OvnNames.NORTHBOUND, changes);
                return !done.parts().isEmpty();
            } catch (ServiceException failure) {
                if (failure.code() != OvnError.OVSDB_CHANGED && failure.code() != OvnError.OVSDB_UNREACHABLE) {
                    throw failure;
                }
                last = failure;
            }
        }
        throw last;
    }

    /** Whether it is so already; reads only. */
    boolean holds(Plan plan) {
        return difference(plan).isEmpty();
    }

    private List<OvsdbOperation> difference(Plan plan) {
        List<OvsdbOperation> reads = new ArrayList<>();
        for (WantedRow row : plan.rows()) {
            reads.add(OvsdbOperation.select(
                    row.table(), row.uuid(), row.columns().keySet().toArray(String[]::new)));
        }
        for (Need need : plan.needs()) {
            reads.add(OvsdbOperation.select(need.table(), need.row(), "_uuid"));
        }
        for (Membership membership : plan.memberships()) {
            Condition includes = new Condition(membership.column(), "includes", Datum.row(membership.member()));
            reads.add(new OvsdbOperation.Select(
                    membership.table(), List.of(Condition.identity(membership.row()), includes), List.of("_uuid")));
        }
        TransactionResult found =
                reads.isEmpty() ? new TransactionResult(List.of()) : client.transact(OvnNames.NORTHBOUND, reads);

        List<OvsdbOperation> changes = new ArrayList<>();
        Map<UUID, Map<String, Datum>> present = new HashMap<>();
        int place = 0;
        for (WantedRow row : plan.rows()) {
            List<Map<String, Datum>> rows = found.rows(place++);
            if (rows.isEmpty()) {
                changes.add(OvsdbOperation.insert(row.table(), row.uuid(), row.columns()));
            } else {
                present.put(row.uuid(), rows.getFirst());
                changes.addAll(repair(row, rows.getFirst()));
            }
        }
        for (Need need : plan.needs()) {
            if (found.rows(place++).isEmpty()) {
                throw OvnError.REFERENCE_MISSING.with(need.subject(), need.what());
            }
        }
        for (Membership membership : plan.memberships()) {
            boolean is = !found.rows(place++).isEmpty();
            if (is != membership.wanted()) {
                changes.add(
                        membership.wanted()
                                ? OvsdbOperation.link(
                                        membership.table(), membership.row(), membership.column(), membership.member())
                                : OvsdbOperation.unlink(
                                        membership.table(),
                                        membership.row(),
                                        membership.column(),
                                        membership.member()));
            }
        }
        changes.addAll(plan.farewell().apply(present));
        return changes;
    }

    private static List<OvsdbOperation> repair(WantedRow wanted, Map<String, Datum> present) {
        Map<String, Datum> before = new LinkedHashMap<>();
        Map<String, Datum> after = new LinkedHashMap<>();
        wanted.columns().forEach((column, value) -> {
            Datum now = present.getOrDefault(column, Datum.nothing());
            if (!now.equals(value)) {
                before.put(column, now);
                after.put(column, value);
            }
        });
        if (after.isEmpty()) {
            return List.of();
        }
        List<Condition> where = List.of(Condition.identity(wanted.uuid()));
        return List.of(
                new OvsdbOperation.Wait(
                        wanted.table(), where, List.copyOf(before.keySet()), List.of(before), Duration.ZERO),
                new OvsdbOperation.Update(wanted.table(), where, after));
    }
}
