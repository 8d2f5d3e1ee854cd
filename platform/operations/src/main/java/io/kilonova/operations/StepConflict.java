package io.kilonova.operations;

/**
 * Thrown by the changes of a step when what it decided on has changed meanwhile (a generation, a capacity). Nothing of
 * them is committed and the step runs again, a bounded number of times; then the operation fails with {@code reason}.
 */
public final class StepConflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A conflict, in words for operators and the owner of the operation. */
    public StepConflict(String reason) {
        super(reason, null, false, false);
    }

    /** What stood in the way. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
