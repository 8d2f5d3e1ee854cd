package io.kilonova.operations;

/**
 * The compensation of a step. Called in reverse order for each finished step and for the step that failed, was
 * interrupted or was running at a crash; so it must cope with a step of which nothing, half or all was done, and may run
 * twice. What it throws has it tried again with growing pauses, until its bound.
 */
@FunctionalInterface
public interface Undo<S extends Record> {
    /** Undoes the step on {@code state} and says what came of it. */
    Done<S> undo(S state, StepContext context) throws InterruptedException;

    /** Nothing needs undoing. */
    static <S extends Record> Undo<S> nothing() {
        return new NoUndo<>();
    }
}
