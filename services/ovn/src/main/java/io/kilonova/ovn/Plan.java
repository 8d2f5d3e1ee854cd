package io.kilonova.ovn;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * What the northbound database shall hold for something of ours, as rows.
 *
 * @param subject what this is about, for messages
 * @param rows rows with exactly these columns; columns that are not named are nobody's business
 * @param needs rows that must be there already
 * @param memberships references that a row's set shall have, or shall not have
 * @param farewell what is to be done besides, given the rows as they are
 */
record Plan(
        String subject,
        List<WantedRow> rows,
        List<Need> needs,
        List<Membership> memberships,
        Function<Map<UUID, Map<String, Datum>>, List<OvsdbOperation>> farewell) {
    /** A row that shall be there, with these columns. */
    record WantedRow(String table, UUID uuid, Map<String, Datum> columns) {}

    /** A row that must be there, and what it is, for the message when it is not. */
    record Need(String subject, String table, UUID row, String what) {}

    /** Whether a row's set refers to a member. */
    record Membership(String table, UUID row, String column, UUID member, boolean wanted) {}

    static Plan of(String subject, List<WantedRow> rows) {
        return new Plan(subject, rows, List.of(), List.of(), _ -> List.of());
    }

    /** Several as one, which happen together or not at all. */
    static Plan together(List<Plan> plans) {
        Set<WantedRow> rows = new LinkedHashSet<>();
        List<Need> needs = new ArrayList<>();
        List<Membership> memberships = new ArrayList<>();
        for (Plan plan : plans) {
            rows.addAll(plan.rows());
            needs.addAll(plan.needs());
            memberships.addAll(plan.memberships());
        }
        return new Plan(
                "a batch",
                List.copyOf(rows),
                needs,
                memberships,
                present -> plans.stream()
                        .flatMap(plan -> plan.farewell().apply(present).stream())
                        .toList());
    }
}
