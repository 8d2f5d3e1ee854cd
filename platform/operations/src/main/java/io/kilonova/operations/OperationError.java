package io.kilonova.operations;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** Why an operation failed, when no step said so itself, and what can be wrong with a question about operations. */
public enum OperationError implements ErrorCode {
    /** A run of a step took longer than its limit. */
    STEP_TIMED_OUT(Owner.DEPENDENCY, 504, "The step %s did not end within %d seconds."),
    /** The operation was not at its end by its deadline. */
    DEADLINE_PASSED(Owner.DEPENDENCY, 504, "The operation did not end within its %d seconds."),
    /** Somebody asked to stop. */
    OPERATION_CANCELLED(Owner.CALLER, 409, "The operation was cancelled: %s"),
    /** What a step decided on changed again and again. */
    STEP_CONFLICTS(Owner.CAPACITY, 503, "The step %s met others %d times: %s"),
    /** A step failed in a way that it should not. The cause is in the log, under the operation's id. */
    STEP_FAULT(Owner.US, 500, "The step %s failed unexpectedly."),
    /** An operation of a kind that this program does not have was to be accepted. */
    OPERATION_UNKNOWN(Owner.US, 500, "This program has no operation named %s."),
    /** A page was asked for after an operation that is not there. */
    MARKER_NOT_FOUND(Owner.CALLER, 400, "The marker %s is no operation that is remembered.");

    private final Meaning meaning;

    OperationError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
