package io.kilonova.operations;

import io.kilonova.storage.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

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
                .map(row -> live(row, Others.around(sql, List.of(row))))
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
            List<OperationRow> rows = sql.fetch(
                            "SELECT " + OperationRow.COLUMNS + " FROM operations " + rest, arguments.toArray())
                    .map(OperationRow::of);
            Others others = Others.around(sql, rows);
            return rows.stream().map(row -> live(row, others)).toList();
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

    /**
     * What is around operations.
     *
     * @param controllers what the controllers are called, by id
     * @param ahead the operation that a queued one waits for, with its kind, by subject
     */
    private record Others(Map<String, String> controllers, Map<String, String> ahead) {
        static Others around(DSLContext sql, List<OperationRow> rows) {
            Map<String, String> controllers = sql.fetch("SELECT id, shown_name FROM controllers")
                    .intoMap(row -> row.get(0, String.class), row -> row.get(1, String.class));
            List<String> subjects = rows.stream()
                    .filter(row -> row.phase() == OperationPhase.QUEUED)
                    .map(OperationRow::subject)
                    .distinct()
                    .toList();
            return new Others(controllers, subjects.isEmpty() ? Map.of() : ahead(sql, subjects));
        }

        private static Map<String, String> ahead(DSLContext sql, List<String> subjects) {
            Field<String> subject = DSL.field(DSL.name("subject"), String.class);
            Field<String> operation = DSL.field(DSL.name("operation"), String.class);
            Field<String> id = DSL.field(DSL.name("id"), String.class);
            Map<String, String> ahead = new HashMap<>();
            sql.select(subject, operation, id)
                    .from(DSL.table(DSL.name("operations")))
                    .where(subject.in(subjects))
                    .and(DSL.field(DSL.name("phase"), String.class).ne(OperationPhase.QUEUED.name()))
                    .forEach(row -> ahead.put(row.value1(), row.value2() + " " + row.value3()));
            return ahead;
        }

        /** Why an operation waits that nobody carries out. */
        Optional<String> why(OperationRow row) {
            if (row.phase() == OperationPhase.QUEUED) {
                return Optional.of(Optional.ofNullable(ahead.get(row.subject()))
                        .map("Waits for an earlier operation of the same subject: %s."::formatted)
                        .orElse("Waits for an earlier operation of the same subject."));
            }
            return controllers.containsKey(row.owner())
                    ? Optional.empty()
                    : Optional.of("Nobody carries it out just now; a controller takes it over within seconds.");
        }
    }

    private OperationView live(OperationRow row, Others others) {
        OperationRow.Accepted accepted = row.accepted();
        OperationRow.Position position = row.position();
        boolean queued = row.phase() == OperationPhase.QUEUED;
        List<String> steps =
                controller.kind(row.operation()).map(Kind::stepNames).orElse(List.of());
        Optional<Execution<?>> ours = controller
                .held(row.id())
                .filter(held -> held.row().fence() == row.fence() && held.row().step() == row.step());
        OperationRow.Told told = ours.map(held -> held.runner().told()).orElse(row.told());
        String tells = others.why(row)
                .or(() -> ours.flatMap(held -> controller.turns().whyNotYet(held)))
                .orElse(told.sentence());
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
                others.controllers().getOrDefault(row.owner(), ""),
                row.fence(),
                Instant.ofEpochMilli(accepted.at()),
                Instant.ofEpochMilli(position.since()),
                Instant.ofEpochMilli(accepted.deadlineAt()),
                tells,
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
