package io.kilonova.ovn;

/** A host that serves networks. */
public interface HostNetworks {
    /** The host's name, which ports are bound to. */
    String hostName();

    /** Says what the host has to do from now on; returns at once, and the host sees to it. */
    void serve(HostDuties duties);
}
