package io.kilonova.operations;

import java.time.Instant;
import java.time.InstantSource;

/** What a step may know of the operation that it belongs to. */
public interface StepContext {
    /** The operation's id. */
    String operationId();

    /**
     * The fencing token: grows each time that the operation changes its owner. Whoever is sent commands can refuse those
     * of an older token.
     */
    long fence();

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
