package io.kilonova.operations;

/** How an operation ended. */
public enum Outcome {
    /** All steps are done. */
    SUCCEEDED,
    /** A step failed or the deadline passed; what was done is undone. */
    FAILED,
    /** Somebody asked to stop; what was done is undone. */
    CANCELLED
}
