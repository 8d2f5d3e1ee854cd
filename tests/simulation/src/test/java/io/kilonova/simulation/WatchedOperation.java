package io.kilonova.simulation;

import io.kilonova.operations.Done;
import io.kilonova.operations.Ending;
import io.kilonova.operations.Operation;
import io.kilonova.operations.Plan;
import io.kilonova.operations.Run;
import io.kilonova.operations.Step;
import io.kilonova.operations.Undo;
import io.kilonova.storage.Transaction;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** An operation whose every step tells where it is, before and after each run: the places at which a controller is killed. */
record WatchedOperation<S extends Record>(Operation<S> inner, Bug bug, Consumer<String> reached)
        implements Operation<S> {
    private static final ScopedValue<String> PLACE = ScopedValue.newInstance();

    /** The step that this thread runs, or undoes. */
    static Optional<String> place() {
        return PLACE.isBound() ? Optional.of(PLACE.get()) : Optional.empty();
    }

    /** Runs {@code work} as what is done for a step, if for any. */
    static void at(Optional<String> place, Runnable work) {
        if (place.isPresent()) {
            ScopedValue.where(PLACE, place.get()).run(work);
        } else {
            work.run();
        }
    }

    @Override
    public Plan<S> plan() {
        Plan<S> plan = inner.plan();
        return new Plan<>(
                plan.name(),
                plan.stateType(),
                plan.deadline(),
                plan.steps().stream()
                        .map(step -> watched(plan.name(), bug.in(plan.name(), step)))
                        .toList());
    }

    private Step<S> watched(String operation, Step<S> step) {
        String place = operation + "." + step.name();
        Run<S> run = (state, context) -> told(place, () -> step.run().run(state, context));
        Step<S> watched = new Step<>(step.name(), step.limit(), run, step.undo(), step.bound());
        Undo<S> undo =
                (state, context) -> told("undoing " + place, () -> step.undo().undo(state, context));
        return undoes(step) ? watched.undoneBy(undo) : watched;
    }

    private Done<S> told(String place, ScopedValue.CallableOp<Done<S>, InterruptedException> work)
            throws InterruptedException {
        reached.accept("before " + place);
        Done<S> done = ScopedValue.where(PLACE, place).call(work);
        reached.accept("after " + place);
        return done;
    }

    private static boolean undoes(Step<?> step) {
        return step.undo().getClass() != Undo.nothing().getClass();
    }

    /** Every place that an operation tells of. */
    static Stream<String> places(Plan<?> plan) {
        return plan.steps().stream()
                .flatMap(step -> Stream.of("", "undoing ")
                        .filter(way -> way.isEmpty() || undoes(step))
                        .map(way -> way + plan.name() + "." + step.name()))
                .flatMap(place -> Stream.of("before " + place, "after " + place));
    }

    @Override
    public void ended(Ending<S> ending, Transaction transaction) {
        inner.ended(ending, transaction);
    }
}
