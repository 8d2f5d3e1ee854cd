package io.kilonova.node;

import io.kilonova.storage.Database;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** Where a simulated controller meets nodes: the program's own fleet and gate, on simulated threads and wires. */
public final class SimulatedGate {
    private final SimulatedNetwork network;
    private final SimulatedProcess process;
    private final String address;
    private final PeerIdentity identity;
    private final NodeRegister register;
    private final NodeFleet fleet;

    /**
     * A gate that is not open yet.
     *
     * @param scope what the calling thread is doing
     */
    public SimulatedGate(
            SimulatedNetwork network,
            SimulatedProcess process,
            String address,
            Database database,
            InstantSource clock,
            Supplier<Optional<CommandScope>> scope) {
        this.network = network;
        this.process = process;
        this.address = address;
        this.identity = new PeerIdentity(Role.CONTROLLER, process.name());
        this.register = new NodeRegister(database, clock);
        this.fleet = new NodeFleet(register, scope, network.ways(process, identity), process);
    }

    /** The nodes. */
    public NodeFleet fleet() {
        return fleet;
    }

    /** Hears nodes from here on, and says so to all. */
    public void open(NodeDuties duties) {
        fleet.refresh();
        network.listen(address, process, identity, new GateCalls(register, fleet, duties).routes());
        register.gateOpen(address);
    }
}
