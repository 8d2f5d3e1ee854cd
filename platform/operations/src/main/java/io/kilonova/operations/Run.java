package io.kilonova.operations;

/**
 * The work of a step, outside any transaction. It may block, and may run twice: after a crash the next owner repeats the
 * last step. A {@link io.kilonova.errors.ServiceException} fails the operation, which is then compensated.
 */
@FunctionalInterface
public interface Run<S extends Record> {
    /** Does the work on {@code state} and says what came of it. */
    Done<S> run(S state, StepContext context) throws InterruptedException;
}
