package io.kilonova.node;

/** A process of a simulated cloud: its threads, and how they wait. */
public interface SimulatedProcess extends PeerThreads {
    /** What the process is called. */
    String name();

    /** Whether it has ended. */
    boolean isOver();
}
