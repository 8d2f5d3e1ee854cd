package io.kilonova.operations;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/** A kind of operation with its table of steps read once. */
record Kind<S extends Record>(Operation<S> operation, List<Step<S>> steps) {

    Kind {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("operation %s has no step".formatted(operation.name()));
        }
        Set<String> names = new HashSet<>();
        for (Step<S> step : steps) {
            if (!names.add(step.name())) {
                throw new IllegalArgumentException(
                        "operation %s has two steps named %s".formatted(operation.name(), step.name()));
            }
        }
    }

    String name() {
        return operation.name();
    }

    List<String> stepNames() {
        return steps.stream().map(Step::name).toList();
    }

    S state(String json) {
        return StateCodec.read(json, operation.stateType());
    }

    /** The step at or before {@code from} whose compensation does something. */
    OptionalInt undoFrom(int from) {
        return IntStream.iterate(from, index -> index >= 0, index -> index - 1)
                .filter(index -> !(steps.get(index).undo() instanceof NoUndo<S>))
                .findFirst();
    }

    /** The kinds by name. Two of one name are a fault of whoever wired them. */
    static Map<String, Kind<?>> byName(List<Operation<?>> operations) {
        Map<String, Kind<?>> kinds = new HashMap<>();
        for (Operation<?> operation : operations) {
            if (kinds.put(operation.name(), of(operation)) != null) {
                throw new IllegalArgumentException("two operations are named " + operation.name());
            }
        }
        return Map.copyOf(kinds);
    }

    private static <S extends Record> Kind<S> of(Operation<S> operation) {
        return new Kind<>(operation, operation.steps());
    }
}
