package io.kilonova.operations;

import io.kilonova.telemetry.Latencies;
import io.kilonova.telemetry.Metrics;
import java.util.Locale;
import java.util.Map;

/** How long steps and whole operations take, by kind and by how they end; and how many there are, and where. */
final class OperationMetrics {
    /** From a step that only writes to a build that fetches its image, in seconds. */
    private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30, 120, 600};

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Latencies steps;
    private final Latencies operations;

    OperationMetrics(Metrics metrics) {
        this.steps = metrics.latencies(
                "operation_step_seconds", "Runs of steps and compensations.", BOUNDS, "operation", "step", "outcome");
        this.operations = metrics.latencies(
                "operation_seconds", "Operations from acceptance to end.", BOUNDS, "operation", "outcome");
    }

    /** Has {@code metrics} ask {@code controller} for what it counts. */
    static void register(Metrics metrics, Controller controller, Housekeeping housekeeping) {
        EngineCounters counters = controller.counters();
        metrics.counter("operations_accepted_total", "Operations accepted here.", counters.accepted::sum);
        metrics.counter("operations_taken_over_total", "Operations taken over from others.", counters.takenOver::sum);
        metrics.counter("operations_fenced_off_total", "Commits refused: another owns it.", counters.fencedOff::sum);
        metrics.counter("operations_conflicts_total", "Steps that met a conflict.", counters.conflicts::sum);
        metrics.gauges("operations", "Operations in this controller, by what they do.", "state", () -> {
            Turns.Count now = controller.turns().count();
            return Map.of(
                    "running", (double) now.running(),
                    "ready", (double) now.ready(),
                    "waiting", (double) now.waiting());
        });
        metrics.gauges(
                "operations_in_line",
                "Operations that wait for a slot.",
                "slot",
                () -> controller.turns().lines());
        metrics.gauge("operations_unknown", "Operations that this program does not know.", housekeeping::unknown);
    }

    void step(OperationRow row, String step, StepRunner.Attempt<?> attempt, long nanos) {
        String outcome = switch (attempt) {
            case StepRunner.Attempt.Came<?>(Done.Finished<?> done) -> "done";
            case StepRunner.Attempt.Came<?>(Done.Waiting<?> later) -> "waits";
            case StepRunner.Attempt.Threw<?> failed -> "failed";
            case StepRunner.Attempt.Stopped<?> stopped -> "stopped";
        };
        boolean backward = row.phase() == OperationPhase.COMPENSATING;
        steps.took(nanos, row.operation(), backward ? "undo " + step : step, outcome);
    }

    void ended(OperationRow row, Outcome outcome, long millis) {
        operations.took(
                millis * NANOS_PER_MILLI, row.operation(), outcome.name().toLowerCase(Locale.ROOT));
    }
}
