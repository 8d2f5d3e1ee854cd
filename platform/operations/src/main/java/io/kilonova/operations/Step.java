package io.kilonova.operations;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * One small, repeatable part of an operation:
 * {@code Step.named("place").within(ofSeconds(30)).runs(this::place).undoneBy(this::release)}.
 *
 * @param name what it is called in views and logs
 * @param limit how long one run may take before it is interrupted and the operation compensated
 * @param run the work
 * @param undo its compensation
 * @param bound which {@link Slot} a run on a state takes, if any
 */
public record Step<S extends Record>(
        String name, Duration limit, Run<S> run, Undo<S> undo, Function<S, Optional<Slot>> bound) {

    /** Refuses a step without a name or time. */
    public Step {
        if (name.isBlank() || limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("a step needs a name and a limit above zero");
        }
    }

    /** Begins a step. */
    public static Named named(String name) {
        return new Named(name);
    }

    /** The same step with a compensation. */
    public Step<S> undoneBy(Undo<S> compensation) {
        return new Step<>(name, limit, run, compensation, bound);
    }

    /** The same step within a bound: it begins when a place is free, and its operation tells that it waits for one. */
    public Step<S> holding(Function<S, Slot> slot) {
        return new Step<>(name, limit, run, undo, state -> Optional.of(slot.apply(state)));
    }

    Optional<Slot> slot(S state) {
        return bound.apply(state);
    }

    /** A step that still needs its limit. */
    public record Named(String name) {
        /** How long one run may take. */
        public Limited within(Duration limit) {
            return new Limited(name, limit);
        }
    }

    /** A step that still needs its work. */
    public record Limited(String name, Duration limit) {
        /** What it does. Nothing needs undoing unless {@link Step#undoneBy} says so. */
        public <S extends Record> Step<S> runs(Run<S> run) {
            return new Step<>(name, limit, run, Undo.nothing(), state -> Optional.empty());
        }
    }
}
