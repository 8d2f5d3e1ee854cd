package io.kilonova.operations;

/** The compensation of a step that needs none. It is recognised by its class and passed over without a write. */
final class NoUndo<S extends Record> implements Undo<S> {
    @Override
    public Done<S> undo(S state, StepContext context) {
        return Done.with(state);
    }
}
