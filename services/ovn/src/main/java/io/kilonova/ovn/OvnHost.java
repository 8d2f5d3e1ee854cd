package io.kilonova.ovn;

import io.kilonova.errors.ServiceException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The networks of one host: starts the daemons when nothing else runs them, tells the switch what it is part of, plugs
 * guests, keeps the metadata sockets open and the external bridges addressed, and brings back what died. Guests' networks
 * go on when this program ends; only {@link #stop} ends them.
 *
 * <pre>{@code
 * OvnHost host = OvnHost.start(OvnHost.Settings.in("host-1", state.resolve("network")), metadata::accept);
 * OvnBackend backend = new OvnBackend(database, host.northbound(), Optional.of(host), OvnBackend.Settings.onHost("host-1"));
 * }</pre>
 */
public final class OvnHost implements HostNetworks, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OvnHost.class);
    private static final Duration SWITCH_DEADLINE = Duration.ofSeconds(20);
    private static final Duration ENDING = Duration.ofSeconds(30);
    private static final int HTTP = 80;

    private final Settings settings;
    private final Optional<OvnDaemons> daemons;
    private final OvnDaemons.Endpoints endpoints;
    private final OvsdbClient switchClient;
    private final LocalSwitch localSwitch;
    private final MetadataNamespaces namespaces;
    private final HostGateways gateways;
    private final MetadataListener listener;
    private final Thread keeper;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Optional<HostDuties> wanted = Optional.empty();
    private Optional<String> southbound;
    private boolean news;
    private boolean closed;

    /** What the keeper has done; touched by its thread alone. */
    private final Map<String, MetadataPort> served = new HashMap<>();

    private final Map<String, ServerSocketChannel> told = new HashMap<>();
    private boolean first = true;

    /**
     * How this host takes part.
     *
     * @param hostName names the host in bindings of ports; unique in the cloud
     * @param part all of OVN for a host alone, or the chassis of one host of many
     * @param chassis the host's name in OVN; unique in the cloud
     * @param proof what the chassis proves itself by to the rest of OVN, where that is on another machine
     * @param stateFolder of the daemons; at most 80 bytes of path
     * @param adoptSystem whether daemons that the host's own services run are used when they are there
     * @param inNamespace the network namespace of the switch, or this process's own
     * @param address of this host for tunnels
     * @param bridges physical networks by name, and the bridge that each is on
     * @param gatewayOf the physical networks whose gateway this host is; none where a router of the site has the address
     * @param metadataPort 80, or 0 for a free one in tests
     * @param checks how often what died is looked for
     */
    public record Settings(
            String hostName,
            OvnDaemons.Part part,
            String chassis,
            Optional<TlsFiles> proof,
            Path stateFolder,
            boolean adoptSystem,
            Optional<String> inNamespace,
            String address,
            Map<String, String> bridges,
            Set<String> gatewayOf,
            int metadataPort,
            Duration checks) {
        /** Checks the names; {@link OvnError#VALUE_INVALID}. */
        public Settings {
            Notation.host(hostName);
            Notation.host(chassis);
            bridges = Map.copyOf(bridges);
            gatewayOf = Set.copyOf(gatewayOf);
        }

        /** A host alone, with the physical network {@code public} on the bridge {@code br-ex}, whose gateway it is. */
        public static Settings in(String hostName, Path stateFolder) {
            return new Settings(
                    hostName,
                    OvnDaemons.Part.WHOLE,
                    hostName,
                    Optional.empty(),
                    stateFolder,
                    true,
                    Optional.empty(),
                    "127.0.0.1",
                    Map.of("public", "br-ex"),
                    Set.of("public"),
                    HTTP,
                    Duration.ofSeconds(10));
        }

        /**
         * One host of many, with the same bridge; the gateway of its physical network is a router of the site.
         *
         * @param chassis as the certificate in {@code proof} names its holder
         * @param address at which the other hosts reach it
         */
        public static Settings ofMany(
                String hostName, String chassis, Path stateFolder, String address, TlsFiles proof) {
            return new Settings(
                    hostName,
                    OvnDaemons.Part.CHASSIS,
                    chassis,
                    Optional.of(proof),
                    stateFolder,
                    true,
                    Optional.empty(),
                    address,
                    Map.of("public", "br-ex"),
                    Set.of(),
                    HTTP,
                    Duration.ofSeconds(10));
        }

        /** The same in a network namespace, beside whatever the host itself runs. */
        public Settings inside(String namespace) {
            return new Settings(
                    hostName,
                    part,
                    chassis,
                    proof,
                    stateFolder,
                    false,
                    Optional.of(namespace),
                    address,
                    bridges,
                    gatewayOf,
                    metadataPort,
                    checks);
        }

        /** The same, looking for what died so often. */
        public Settings checkedEvery(Duration interval) {
            return new Settings(
                    hostName,
                    part,
                    chassis,
                    proof,
                    stateFolder,
                    adoptSystem,
                    inNamespace,
                    address,
                    bridges,
                    gatewayOf,
                    metadataPort,
                    interval);
        }

        private OvnDaemons daemons() {
            return new OvnDaemons(new OvnDaemons.Settings(stateFolder, inNamespace, part, Optional.empty()));
        }
    }

    private OvnHost(Settings settings, MetadataListener listener) {
        this.settings = settings;
        this.listener = listener;
        Optional<OvnDaemons.Endpoints> system =
                settings.adoptSystem() ? OvnDaemons.system(settings.part()) : Optional.empty();
        this.daemons = system.isPresent() ? Optional.empty() : Optional.of(settings.daemons());
        this.endpoints = system.or(() -> daemons.map(OvnDaemons::start)).orElseThrow();
        this.southbound = settings.part() == OvnDaemons.Part.WHOLE
                ? Optional.of(endpoints.southbound().notation())
                : Optional.empty();
        this.switchClient = new OvsdbClient(endpoints.openVswitch());
        this.localSwitch = new LocalSwitch(switchClient, SWITCH_DEADLINE);
        this.namespaces = new MetadataNamespaces(localSwitch, settings.inNamespace());
        this.gateways = new HostGateways(settings.bridges(), settings.gatewayOf(), settings.inNamespace());
        this.keeper = Thread.ofVirtual().name("ovn-host").unstarted(this::keep);
    }

    /**
     * Starts what does not run and takes over what does.
     *
     * @param listener takes the metadata sockets
     * @throws ServiceException {@link OvnError#PROGRAM_MISSING}, {@link OvnError#DAEMON_FAILED} or
     *     {@link OvnError#SWITCH_BEHIND}
     */
    public static OvnHost start(Settings settings, MetadataListener listener) {
        OvnHost host = new OvnHost(settings, listener);
        host.initialise();
        host.keeper.start();
        return host;
    }

    /** Ends the daemons of a folder and removes what they left on the host, whichever process started them. */
    public static void stop(Settings settings) {
        OvnDaemons daemons = settings.daemons();
        if (daemons.processes().containsKey("conf")) {
            try (OvsdbClient client = new OvsdbClient(daemons.endpoints().openVswitch());
                    LocalSwitch localSwitch = new LocalSwitch(client, SWITCH_DEADLINE)) {
                new MetadataNamespaces(localSwitch, settings.inNamespace()).retainOnly(List.of());
            } catch (ServiceException failure) {
                LOG.warn("Metadata namespaces may be left on the host: {}", failure.sentence());
            }
        }
        daemons.stop();
    }

    @Override
    public String hostName() {
        return settings.hostName();
    }

    /** Says where the cloud's southbound database is now, in the daemons' notation, to a host that is one of many. */
    public void follow(String remote) {
        lock.lock();
        try {
            if (southbound.equals(Optional.of(remote))) {
                return;
            }
            southbound = Optional.of(remote);
        } finally {
            lock.unlock();
        }
        initialise();
        // Those of a cloud that was this machine alone, which the switch has left just now.
        daemons.ifPresent(OvnDaemons::stopOthers);
        LOG.info("The host's networks follow {}", remote);
    }

    private Optional<String> southbound() {
        lock.lock();
        try {
            return southbound;
        } finally {
            lock.unlock();
        }
    }

    /** The ports that are plugged on this host. */
    public Set<String> ports() {
        return Set.copyOf(localSwitch.plugged().values());
    }

    /** Where the northbound database is, on a host alone. */
    public OvsdbEndpoint northbound() {
        return endpoints.northbound();
    }

    /** Process ids of the daemons that this host started, by name; none where the system's own are used. */
    public Map<String, Long> processes() {
        return daemons.map(OvnDaemons::processes).orElse(Map.of());
    }

    /**
     * Makes the switch take a guest's device for a port, now or when it appears; see {@link LocalSwitch#plug}.
     *
     * @param device at most 15 characters
     */
    public void plug(String portId, String device) {
        localSwitch.plug(portId, device);
    }

    /** Takes a guest's device away. Repeating it changes nothing. */
    public void unplug(String device) {
        localSwitch.unplug(device);
    }

    @Override
    public void serve(HostDuties duties) {
        lock.lock();
        try {
            wanted = Optional.of(duties);
            news = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the watching and closes the metadata sockets; daemons and guests' networks go on. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (!keeper.join(ENDING)) {
                keeper.interrupt();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        namespaces.close();
        localSwitch.close();
        switchClient.close();
    }

    /** Ends everything: the watching, the metadata namespaces and the daemons that this host started. */
    public void stop() {
        close();
        if (daemons.isPresent()) {
            stop(settings);
        }
    }

    private void initialise() {
        localSwitch.initialise(new LocalSwitch.Chassis(
                settings.chassis(),
                settings.hostName(),
                southbound(),
                settings.proof(),
                "geneve",
                settings.address(),
                settings.bridges()));
    }

    private void keep() {
        while (awaitWork()) {
            try {
                lookAfterDaemons();
                Optional<HostDuties> duties = duties();
                if (duties.isPresent()) {
                    gateways.ensure(duties.get().gateways());
                    metadata(duties.get().metadata());
                }
            } catch (RuntimeException failure) {
                LOG.warn("The host's networks could not be looked after, and are again soon: {}", said(failure));
            }
        }
    }

    /** Waits until there is something to do or to check; says whether to go on. */
    private boolean awaitWork() {
        lock.lock();
        try {
            long left = settings.checks().toNanos();
            while (!closed && !news && left > 0) {
                left = changed.awaitNanos(left);
            }
            news = false;
            return !closed;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private Optional<HostDuties> duties() {
        lock.lock();
        try {
            return wanted;
        } finally {
            lock.unlock();
        }
    }

    private void lookAfterDaemons() {
        if (daemons.isPresent() && !daemons.get().isRunning()) {
            LOG.warn("A daemon of the network died and is started anew");
            OvnDaemons.Endpoints again = daemons.get().start();
            LOG.info("The network's daemons run again at {}", again.northbound().notation());
            initialise();
        }
    }

    private void metadata(Map<String, MetadataPort> ports) {
        if (first) {
            namespaces.retainOnly(ports.keySet());
            first = false;
        }
        for (String network : List.copyOf(served.keySet())) {
            MetadataPort port = ports.get(network);
            MetadataPort before = served.get(network);
            boolean lessThanBefore = port == null
                    || before == null
                    || !port.addresses().containsAll(before.addresses())
                    || !port.portId().equals(before.portId());
            if (lessThanBefore) {
                namespaces.remove(network);
                served.remove(network);
                told.remove(network);
            }
        }
        ports.forEach(this::metadata);
    }

    private void metadata(String network, MetadataPort port) {
        if (port.equals(served.get(network)) && namespaces.stands(network)) {
            return;
        }
        try {
            MetadataSocket socket = namespaces.open(port, settings.metadataPort());
            served.put(network, port);
            if (socket.channel() != told.put(network, socket.channel())) {
                listener.opened(network, socket.channel());
            }
        } catch (ServiceException failure) {
            LOG.warn("Metadata of network {} is not served yet: {}", network, failure.sentence());
        }
    }

    private static String said(RuntimeException failure) {
        return failure instanceof ServiceException known ? known.sentence() : failure.toString();
    }
}
