package io.kilonova.node;

import io.kilonova.spi.Hypervisor;
import io.kilonova.storage.Database;
import java.lang.reflect.Method;
import java.util.Locale;

/** The process of a node's agent: the program's own journal, commands and voice, on simulated threads, wires and disk. */
public final class SimulatedNode {
    private static final String PORT = ":8090";

    private final SimulatedNetwork network;
    private final String address;
    private final Hypervisor.Subscription subscription;

    /**
     * Starts an agent.
     *
     * @throws io.kilonova.errors.ServiceException when its disk does not let it
     */
    public SimulatedNode(
            SimulatedNetwork network, SimulatedProcess process, Hypervisor hypervisor, SimulatedDisk disk) {
        this.network = network;
        this.address = hypervisor.host() + PORT;
        PeerIdentity identity = new PeerIdentity(Role.NODE, disk.id());
        CommandJournal journal = CommandJournal.open(disk, process);
        NodeCalls calls = new NodeCalls(hypervisor, disk::id, journal, network.ways(process, identity), process);
        network.listen(address, process, identity, calls.routes());
        NodeVoice voice = new NodeVoice(disk, network.ways(process, identity), process);
        this.subscription = hypervisor.subscribe(voice::tell);
        voice.start(address, hypervisor::inventory);
    }

    /** The process is over, and the machine perhaps too. */
    public void end(boolean machine) {
        subscription.close();
        network.close(address, machine);
    }

    /** Makes a node known to the cloud, as an enrolment does; where it is, it says by itself. */
    public static void enrol(Database database, String host) {
        database.change(transaction -> transaction
                .sql()
                .execute(
                        "INSERT INTO nodes (id, label, address, certificate_fingerprint, enrolled_at) VALUES (?, ?, '', '', 0)",
                        "id-of-" + host,
                        host));
    }

    /** Whether a node carries what this method asks for out in its turn and remembers it. */
    public static boolean isRemembered(Method method) {
        String name = method.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        return NodeCommand.named(name).filter(SimulatedNetwork::isRemembered).isPresent();
    }
}
