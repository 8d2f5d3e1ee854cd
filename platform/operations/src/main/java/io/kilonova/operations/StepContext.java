package io.kilonova.operations;

import java.time.Instant;
import java.time.InstantSource;

/** What a step may know of the operation that it belongs to. */
public interface StepContext {
    /** The operation's id. */
    String operationId();

    /**
     * What commands to hypervisors carry. Asked for anew right before each command: once this controller was silent for as
     * long as its lease, so that another one may have the operation by now, this throws and the step ends without effect.
     */
    CommandToken command();

    /** The project that the operation is done for. */
    String project();

    /** What the operation is done to, for example a server's id. */
    String subject();

    /** The id of the request that was accepted. */
    String requestId();

    /** When the operation has to be at its end; while compensating, when this compensation gives up. */
    Instant deadline();

    /** Whether somebody asked to stop. The step's thread is interrupted as well. Always false while compensating. */
    boolean cancelled();

    /** Tells how far the step is: a sentence for people, and 0 to 100. Cheap; may be called as often as one likes. */
    void report(String sentence, int percent);

    /** The clock of the program, or of the simulation. */
    InstantSource clock();
}
