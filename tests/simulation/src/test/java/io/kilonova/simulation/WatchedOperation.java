package io.kilonova.simulation;

import io.kilonova.operations.Done;
import io.kilonova.operations.Ending;
import io.kilonova.operations.Operation;
import io.kilonova.operations.Plan;
import io.kilonova.operations.Run;
import io.kilonova.operations.Step;
import io.kilonova.operations.Undo;
import io.kilonova.storage.Transaction;
import java.util.List;
import java.util.function.Consumer;

/** An operation whose every step tells where it is, before and after each run: the places at which a controller is killed. */
record WatchedOperation<S extends Record>(Operation<S> inner, Bug bug, Consumer<String> reached)
        implements Operation<S> {
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
        Run<S> run = (state, context) -> {
            reached.accept("before " + place);
            Done<S> done = step.run().run(state, context);
            reached.accept("after " + place);
            return done;
        };
        Step<S> watched = new Step<>(step.name(), step.limit(), run, step.undo(), step.bound());
        if (!undoes(step)) {
            return watched;
        }
        Undo<S> undo = (state, context) -> {
            reached.accept("before undoing " + place);
            Done<S> done = step.undo().undo(state, context);
            reached.accept("after undoing " + place);
            return done;
        };
        return watched.undoneBy(undo);
    }

    private static boolean undoes(Step<?> step) {
        return step.undo().getClass() != Undo.nothing().getClass();
    }

    /** Every place that the operation tells of. */
    List<String> places() {
        return inner.plan().steps().stream()
                .flatMap(step -> {
                    String place = inner.plan().name() + "." + step.name();
                    List<String> run = List.of("before " + place, "after " + place);
                    return undoes(step)
                            ? java.util.stream.Stream.concat(
                                    run.stream(),
                                    java.util.stream.Stream.of("before undoing " + place, "after undoing " + place))
                            : run.stream();
                })
                .toList();
    }

    @Override
    public void ended(Ending<S> ending, Transaction transaction) {
        inner.ended(ending, transaction);
    }
}
