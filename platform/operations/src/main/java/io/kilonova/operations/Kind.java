package io.kilonova.operations;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** A kind of operation with its plan read once. */
record Kind<S extends Record>(Operation<S> operation, Plan<S> plan) {
    String name() {
        return plan.name();
    }

    List<Step<S>> steps() {
        return plan.steps();
    }

    List<String> stepNames() {
        return steps().stream().map(Step::name).toList();
    }

    S state(String json) {
        return StateCodec.read(json, plan.stateType());
    }

    /** The step at or before {@code from} whose compensation does something. */
    OptionalInt undoFrom(int from) {
        return IntStream.iterate(from, index -> index >= 0, index -> index - 1)
                .filter(index -> !(steps().get(index).undo() instanceof NoUndo<S>))
                .findFirst();
    }

    /** The kinds by name. Two of one name are a fault of whoever wired them. */
    static Map<String, Kind<?>> byName(List<Operation<?>> operations) {
        Map<String, Kind<?>> kinds = new HashMap<>();
        for (Operation<?> operation : operations) {
            Kind<?> kind = of(operation);
            if (kinds.put(kind.name(), kind) != null) {
                throw new IllegalArgumentException("two operations are named " + kind.name());
            }
        }
        return Map.copyOf(kinds);
    }

    private static <S extends Record> Kind<S> of(Operation<S> operation) {
        return new Kind<>(operation, operation.plan());
    }
}
