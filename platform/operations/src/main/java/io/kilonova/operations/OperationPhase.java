package io.kilonova.operations;

/** Where an operation is. */
public enum OperationPhase {
    /** Accepted, and waits for an earlier operation of the same subject to end. */
    QUEUED,
    /** Its steps are carried out. */
    RUNNING,
    /** It failed or was cancelled, and what was done is being undone. */
    COMPENSATING,
    /** Ended: all steps are done. */
    SUCCEEDED,
    /** Ended: a step failed or the deadline passed. */
    FAILED,
    /** Ended: somebody asked to stop. */
    CANCELLED
}
