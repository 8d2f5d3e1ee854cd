package io.kilonova.operations;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a kind of operation is made of.
 *
 * @param name under which it is stored, for example {@code build_server}. Never changed once released
 * @param stateType the class of its state
 * @param deadline how long it may take from acceptance to end, waiting for others of its subject included
 * @param steps in order; at least one. Steps may be added at the end of a released operation, never reordered
 * @param <S> what the operation knows
 */
public record Plan<S extends Record>(String name, Class<S> stateType, Duration deadline, List<Step<S>> steps) {
    /** Refuses a plan without a step, or with two of one name. */
    public Plan {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("operation %s has no step".formatted(name));
        }
        Set<String> names = new HashSet<>();
        for (Step<S> step : steps) {
            if (!names.add(step.name())) {
                throw new IllegalArgumentException("operation %s has two steps named %s".formatted(name, step.name()));
            }
        }
    }
}
