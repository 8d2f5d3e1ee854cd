package io.kilonova.operations;

import io.kilonova.storage.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.DSLContext;

/** How operators see operations: what is stored, and for this controller's own what their steps told last. */
final class OperationViews {
    private static final String ENDED = "SELECT id, operation, project_id, subject, request_id, phase, step_name,"
            + " step_number, steps, controller, fence, accepted_at, step_since, deadline_at, cancel_reason, failure,"
            + " compensation_failure, ended_at FROM operations_ended ";

    private final Database database;
    private final Controller controller;

    OperationViews(Database database, Controller controller) {
        this.database = database;
        this.controller = controller;
    }

    Optional<OperationView> find(String id) {
        return database.read(sql -> OperationTable.find(sql, id)
                .map(row -> live(row, owners(sql)))
                .or(() -> sql.fetchOptional(ENDED + "WHERE id = ?", id).map(OperationViews::ended)));
    }

    List<OperationView> list(OperationFilter filter, int limit, Optional<String> marker) {
        return database.read(sql -> {
            List<Object> arguments = new ArrayList<>();
            String where = where(sql, filter, marker, arguments);
            String order = filter.ended() ? "accepted_at DESC, id DESC" : "accepted_at, id";
            String rest = "%s ORDER BY %s LIMIT ?".formatted(where, order);
            arguments.add(Math.clamp(limit, 1, 10_000));
            if (filter.ended()) {
                return sql.fetch(ENDED + rest, arguments.toArray()).map(OperationViews::ended);
            }
            Map<String, String> owners = owners(sql);
            return sql.fetch("SELECT " + OperationRow.COLUMNS + " FROM operations " + rest, arguments.toArray())
                    .map(row -> live(OperationRow.of(row), owners));
        });
    }

    private static String where(
            DSLContext sql, OperationFilter filter, Optional<String> marker, List<Object> arguments) {
        List<String> conditions = new ArrayList<>();
        filter.operation().ifPresent(value -> add(conditions, "operation = ?", arguments, value));
        filter.project().ifPresent(value -> add(conditions, "project_id = ?", arguments, value));
        filter.subject().ifPresent(value -> add(conditions, "subject = ?", arguments, value));
        if (marker.isPresent()) {
            String id = marker.get();
            // The marker may have ended since the last page; its place in the order is the same.
            long at = sql.fetchOptional(
                            "SELECT accepted_at FROM operations WHERE id = ?"
                                    + " UNION ALL SELECT accepted_at FROM operations_ended WHERE id = ?",
                            id,
                            id)
                    .orElseThrow(() -> OperationError.MARKER_NOT_FOUND.with(id))
                    .get(0, Long.class);
            conditions.add(filter.ended() ? "(accepted_at, id) < (?, ?)" : "(accepted_at, id) > (?, ?)");
            arguments.add(at);
            arguments.add(id);
        }
        return conditions.isEmpty() ? "" : "WHERE " + String.join(" AND ", conditions);
    }

    private static void add(List<String> conditions, String condition, List<Object> arguments, String value) {
        conditions.add(condition);
        arguments.add(value);
    }

    private static Map<String, String> owners(DSLContext sql) {
        return sql.fetch("SELECT id, shown_name FROM controllers")
                .intoMap(row -> row.get(0, String.class), row -> row.get(1, String.class));
    }

    private OperationView live(OperationRow row, Map<String, String> owners) {
        OperationRow.Accepted accepted = row.accepted();
        OperationRow.Position position = row.position();
        boolean queued = row.phase() == OperationPhase.QUEUED;
        List<String> steps =
                controller.kind(row.operation()).map(Kind::stepNames).orElse(List.of());
        OperationRow.Told told = controller
                .held(row.id())
                .filter(held -> held.row().fence() == row.fence() && held.row().step() == row.step())
                .map(held -> held.runner().told())
                .orElse(row.told());
        return new OperationView(
                row.id(),
                row.operation(),
                accepted.project(),
                row.subject(),
                accepted.requestId(),
                row.phase(),
                queued || row.step() >= steps.size() ? "" : steps.get(row.step()),
                queued ? 0 : row.step() + 1,
                steps.size(),
                owners.getOrDefault(row.owner(), ""),
                row.fence(),
                Instant.ofEpochMilli(accepted.at()),
                Instant.ofEpochMilli(position.since()),
                Instant.ofEpochMilli(accepted.deadlineAt()),
                queued ? "Waits for an earlier operation of the same subject." : told.sentence(),
                told.percent(),
                Optional.of(told.resumesAt()).filter(at -> at > 0).map(Instant::ofEpochMilli),
                text(row.cancelReason()),
                failure(position.failure()),
                text(position.compensationFailure()),
                Optional.empty());
    }

    private static OperationView ended(org.jooq.Record row) {
        return new OperationView(
                row.get(0, String.class),
                row.get(1, String.class),
                row.get(2, String.class),
                row.get(3, String.class),
                row.get(4, String.class),
                OperationPhase.valueOf(row.get(5, String.class)),
                row.get(6, String.class),
                row.get(7, Integer.class),
                row.get(8, Integer.class),
                row.get(9, String.class),
                row.get(10, Long.class),
                Instant.ofEpochMilli(row.get(11, Long.class)),
                Instant.ofEpochMilli(row.get(12, Long.class)),
                Instant.ofEpochMilli(row.get(13, Long.class)),
                "",
                100,
                Optional.empty(),
                text(row.get(14, String.class)),
                failure(row.get(15, String.class)),
                text(row.get(16, String.class)),
                Optional.of(Instant.ofEpochMilli(row.get(17, Long.class))));
    }

    private static Optional<String> text(String stored) {
        return Optional.of(stored).filter(value -> !value.isEmpty());
    }

    private static Optional<Failure> failure(String stored) {
        return text(stored).map(json -> StateCodec.read(json, Failure.class));
    }
}
