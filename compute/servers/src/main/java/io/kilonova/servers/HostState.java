package io.kilonova.servers;

/** What a controller can say of a host. What it does not know of a host it never takes for its death. */
public enum HostState {
    /** It answered within {@link ComputeHosts#SILENCE}, be it that its hypervisor does not: its guests may run on without. */
    UP,
    /** An operator says that it is dead, or this controller listened for {@link ComputeHosts#SILENCE} and heard nothing of it. */
    DOWN,
    /** This controller did not hear it yet, and has not listened for long. */
    UNKNOWN
}
