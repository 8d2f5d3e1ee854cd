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
    private volatile Optional<GateCalls> opened = Optional.empty();

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

    /**
     * Hears nodes from here on, and says so to all.
     *
     * @param tellsOthers whether other controllers are told what is heard here
     */
    public void open(NodeDuties duties, boolean tellsOthers) {
        fleet.refresh();
        GateCalls calls = new GateCalls(register, fleet, duties);
        network.listen(
                address,
                process,
                identity,
                calls.routes().stream()
                        .filter(route -> tellsOthers || !route.path().equals("/v1/heard"))
                        .toList());
        fleet.hearsay().isAt(address);
        register.gateOpen(address);
        opened = Optional.of(calls);
    }

    /** Does what a controller does every few seconds. */
    public void look() {
        fleet.refresh();
        opened.ifPresent(GateCalls::askAround);
    }
}
