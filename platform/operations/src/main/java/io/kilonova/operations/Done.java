package io.kilonova.operations;

import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.util.function.Consumer;

/** What came of running or undoing a step. */
public sealed interface Done<S extends Record> {

    /** Done: {@code state} is what the next step gets. */
    static <S extends Record> Done<S> with(S state) {
        return new Finished<>(state, transaction -> {});
    }

    /**
     * Done, and {@code changes} are to be committed together with the step's completion, or not at all. They may run
     * again, and may throw {@link StepConflict} to have the whole step run again.
     */
    static <S extends Record> Done<S> with(S state, Consumer<Transaction> changes) {
        return new Finished<>(state, changes);
    }

    /** Not yet: run the same step again after {@code delay}. {@code reason} tells operators why it waits. */
    static <S extends Record> Done<S> waitFor(Duration delay, String reason) {
        return new Waiting<>(delay, reason);
    }

    /** The step is done. */
    record Finished<S extends Record>(S state, Consumer<Transaction> changes) implements Done<S> {}

    /** The step waits for something outside; no thread is held meanwhile. */
    record Waiting<S extends Record>(Duration delay, String reason) implements Done<S> {}
}
