package io.kilonova.ovn;

import io.kilonova.errors.ServiceException;
import io.kilonova.ovn.OvsdbOperation.Condition;
import io.kilonova.ovn.OvsdbOperation.Mutation;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The switch of this host, by its database Open_vSwitch. What was plugged is taken as soon as its device appears. When a
 * device vanishes and one of the same name comes back (a guest that is stopped and started), Open vSwitch 3.1's userspace
 * datapath goes on listening at the old one, though it reports the new one's index; this class watches for that and plugs
 * such a device anew.
 */
public final class LocalSwitch implements AutoCloseable {
    /** The bridge that guests are plugged into. */
    public static final String INTEGRATION_BRIDGE = "br-int";

    private static final Logger LOG = LoggerFactory.getLogger(LocalSwitch.class);
    private static final String DATABASE = "Open_vSwitch";
    private static final String ROOT = "Open_vSwitch";
    private static final String IN_USERSPACE = "netdev";
    private static final String PORT_ID = "iface-id";
    /** The key of external_ids with the index of the device that the switch took. */
    private static final String TAKEN_INDEX = "kilonova:ifindex";

    private final OvsdbClient client;
    private final Duration deadline;
    private final ReentrantLock plugging = new ReentrantLock();
    private final OvsdbMonitor devices;

    /**
     * How this host takes part in OVN.
     *
     * @param systemId the chassis's name, unique in the cloud
     * @param hostName what ports say that are bound to the host
     * @param southbound where the southbound database is, in the daemons' notation; without, it stays where it was
     * @param proof what the chassis proves itself by there, where that is on another machine
     * @param encapsulation {@code geneve} or {@code vxlan}
     * @param address of this host for the other chassis's tunnels
     * @param bridges physical networks by name, and the bridge that each is on
     */
    public record Chassis(
            String systemId,
            String hostName,
            Optional<String> southbound,
            Optional<TlsFiles> proof,
            String encapsulation,
            String address,
            Map<String, String> bridges) {
        /** Checks the names; {@link OvnError#VALUE_INVALID}. */
        public Chassis {
            Notation.host(systemId);
            Notation.host(hostName);
            Notation.identifier("The encapsulation", encapsulation);
            Notation.address(address);
            bridges = Map.copyOf(bridges);
            bridges.forEach((network, bridge) -> {
                Notation.identifier("The physical network", network);
                Notation.identifier("The bridge", bridge);
            });
        }
    }

    /**
     * The switch of this host.
     *
     * @param client of the server with the database Open_vSwitch; stays the caller's to close
     * @param deadline until which the switch has to take over a change
     */
    public LocalSwitch(OvsdbClient client, Duration deadline) {
        this.client = client;
        this.deadline = deadline;
        this.devices = client.monitor(
                DATABASE,
                List.of(MonitoredTable.everything("Interface", "name", "ifindex", "external_ids")),
                this::watch);
    }

    /**
     * Makes the bridges and says to the chassis daemon what it needs. Repeating it changes nothing.
     *
     * @throws io.kilonova.errors.ServiceException {@link OvnError#SWITCH_BEHIND} or as {@link OvsdbClient#transact}
     */
    public void initialise(Chassis chassis) {
        String datapath = Files.isDirectory(Path.of("/sys/module/openvswitch")) ? "system" : IN_USERSPACE;
        chassis.proof().ifPresent(this::proveBy);
        bridge(INTEGRATION_BRIDGE, datapath, "secure");
        chassis.bridges().values().stream().distinct().forEach(bridge -> bridge(bridge, datapath, "standalone"));
        List<String> mappings = new ArrayList<>();
        chassis.bridges().forEach((network, bridge) -> mappings.add(network + ":" + bridge));
        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put("system-id", chassis.systemId());
        wanted.put("hostname", chassis.hostName());
        chassis.southbound().ifPresent(remote -> wanted.put("ovn-remote", remote));
        wanted.put("ovn-encap-type", chassis.encapsulation());
        wanted.put("ovn-encap-ip", chassis.address());
        wanted.put("ovn-bridge-datapath-type", datapath);
        wanted.put(
                "ovn-bridge-mappings",
                String.join(",", mappings.stream().sorted().toList()));
        Map<String, String> present = select(ROOT, List.of(), "external_ids").stream()
                .findFirst()
                .map(row -> row.getOrDefault("external_ids", Datum.nothing()).map())
                .orElse(Map.of());
        Map<String, String> changed = new LinkedHashMap<>(wanted);
        changed.entrySet().removeIf(entry -> entry.getValue().equals(present.get(entry.getKey())));
        if (datapath.equals(IN_USERSPACE) && chassis.proof().isPresent()) {
            warnOfTunnels(chassis.address());
        }
        if (!changed.isEmpty()) {
            apply(List.of(new OvsdbOperation.Mutate(
                    ROOT,
                    List.of(),
                    List.of(
                            new Mutation("external_ids", "delete", Datum.texts(changed.keySet())),
                            new Mutation("external_ids", "insert", Datum.map(changed))))));
        }
    }

    /** In userspace the switch sends what it encapsulates by its own bridges alone; else nothing of it arrives anywhere. */
    private void warnOfTunnels(String address) {
        try {
            Optional<String> device = Optional.ofNullable(
                            NetworkInterface.getByInetAddress(InetAddress.ofLiteral(address)))
                    .map(NetworkInterface::getName);
            if (device.isPresent() && named("Bridge", device.get(), "name").isEmpty()) {
                LOG.warn(
                        "Open vSwitch runs in userspace here, and {}, which has {}, is not one of its bridges: guests will not"
                                + " reach those on other hosts. Load the kernel's module openvswitch, or move the address to"
                                + " a bridge of Open vSwitch (datapath_type netdev) of which {} is a port.",
                        device.get(),
                        address,
                        device.get());
            }
        } catch (SocketException unreadable) {
            LOG.warn("The network devices of this host cannot be read: {}", unreadable.getMessage());
        }
    }

    /** The chassis daemon reads from the switch's own database which files it proves itself by. */
    private void proveBy(TlsFiles files) {
        Map<String, String> wanted = Map.of(
                "private_key", files.key().toString(),
                "certificate", files.certificate().toString(),
                "ca_cert", files.authority().toString());
        boolean asBefore = select("SSL", List.of(), "private_key", "certificate", "ca_cert").stream()
                .anyMatch(row -> wanted.entrySet().stream()
                        .allMatch(entry -> row.getOrDefault(entry.getKey(), Datum.nothing())
                                .text()
                                .equals(Optional.of(entry.getValue()))));
        if (!asBefore) {
            Map<String, Datum> columns = new LinkedHashMap<>();
            wanted.forEach((name, value) -> columns.put(name, Datum.text(value)));
            apply(List.of(
                    new OvsdbOperation.Insert("SSL", Optional.empty(), Optional.of("proof"), columns),
                    new OvsdbOperation.Update(ROOT, List.of(), Map.of("ssl", Datum.namedRow("proof")))));
        }
    }

    /**
     * Makes the switch take a device for a port, now or when it appears. Repeating it changes nothing, unless the device
     * was replaced by another of its name meanwhile.
     *
     * @param portId the {@link LogicalSwitchPort}'s id
     * @param device the device's name, at most 15 characters
     */
    public void plug(String portId, String device) {
        Notation.identifier("The port's id", portId);
        device(device);
        plugging.lock();
        try {
            Optional<Map<String, Datum>> present = named("Interface", device, "external_ids", "ifindex");
            if (present.isPresent()) {
                Map<String, String> ids = present.get()
                        .getOrDefault("external_ids", Datum.nothing())
                        .map();
                String taken = ids.get(TAKEN_INDEX);
                boolean replaced = taken != null && !taken.equals(Long.toString(index(present.get())));
                if (portId.equals(ids.get(PORT_ID)) && !replaced) {
                    return;
                }
                detach(device);
            }
            attach(portId, device);
        } finally {
            plugging.unlock();
        }
    }

    /** Takes a device away from the switch; the device itself stays. Repeating it changes nothing. */
    public void unplug(String device) {
        device(device);
        plugging.lock();
        try {
            detach(device);
        } finally {
            plugging.unlock();
        }
    }

    /** The devices that are plugged, each with the id of its port. */
    public Map<String, String> plugged() {
        Map<String, String> plugged = new LinkedHashMap<>();
        for (Map<String, Datum> row : select("Interface", List.of(), "name", "external_ids")) {
            String port =
                    row.getOrDefault("external_ids", Datum.nothing()).map().get(PORT_ID);
            String name = row.getOrDefault("name", Datum.nothing()).text().orElse("");
            if (port != null && !name.isEmpty()) {
                plugged.put(name, port);
            }
        }
        return plugged;
    }

    /** Ends the watching; what is plugged stays plugged. */
    @Override
    public void close() {
        devices.close();
    }

    private void watch(RowUpdate update) {
        Map<String, String> ids = update.column("external_ids").map();
        String portId = ids.get(PORT_ID);
        long index = index(update.now());
        Optional<String> name = update.column("name").text();
        if (portId == null || index <= 0 || name.isEmpty()) {
            return;
        }
        String taken = ids.get(TAKEN_INDEX);
        if (Long.toString(index).equals(taken)) {
            return;
        }
        plugging.lock();
        try {
            // Looked at again under the lock: what was told may be about a row that is gone.
            boolean current = named("Interface", name.get(), "_uuid", "ifindex").stream()
                    .anyMatch(row ->
                            row.getOrDefault("_uuid", Datum.nothing()).rows().contains(update.row())
                                    && index(row) == index);
            if (!current) {
                return;
            }
            if (taken == null) {
                client.transact(DATABASE, remember(update.row(), index));
            } else {
                LOG.info("The device {} was replaced by another of its name and is plugged anew", name.get());
                detach(name.get());
                attach(portId, name.get());
            }
        } finally {
            plugging.unlock();
        }
    }

    private static OvsdbOperation remember(UUID row, long index) {
        return new OvsdbOperation.Mutate(
                "Interface",
                List.of(Condition.identity(row)),
                List.of(new Mutation("external_ids", "insert", Datum.map(Map.of(TAKEN_INDEX, Long.toString(index))))));
    }

    private void attach(String portId, String device) {
        apply(List.of(
                new OvsdbOperation.Insert(
                        "Interface",
                        Optional.empty(),
                        Optional.of("device"),
                        Map.of("name", Datum.text(device), "external_ids", Datum.map(Map.of(PORT_ID, portId)))),
                new OvsdbOperation.Insert(
                        "Port",
                        Optional.empty(),
                        Optional.of("port"),
                        Map.of("name", Datum.text(device), "interfaces", Datum.namedRow("device"))),
                new OvsdbOperation.Mutate(
                        "Bridge",
                        List.of(new Condition("name", "==", Datum.text(INTEGRATION_BRIDGE))),
                        List.of(new Mutation("ports", "insert", Datum.namedRow("port"))))));
    }

    private void detach(String device) {
        Optional<UUID> port = named("Port", device, "_uuid")
                .flatMap(row -> row.getOrDefault("_uuid", Datum.nothing()).rows().stream()
                        .findFirst());
        // A port goes by itself, with its interface, when no bridge refers to it.
        port.ifPresent(row -> apply(List.of(new OvsdbOperation.Mutate(
                "Bridge",
                List.of(new Condition("ports", "includes", Datum.row(row))),
                List.of(new Mutation("ports", "delete", Datum.row(row)))))));
    }

    /** Makes a bridge, unless it is there; the chassis daemon makes OVN's own when it is first. */
    private void bridge(String name, String datapath, String failMode) {
        if (named("Bridge", name, "_uuid").isPresent()) {
            return;
        }
        try {
            makeBridge(name, datapath, failMode);
        } catch (ServiceException refusal) {
            if (refusal.code() != OvnError.NAME_TAKEN
                    || named("Bridge", name, "_uuid").isEmpty()) {
                throw refusal;
            }
        }
    }

    private void makeBridge(String name, String datapath, String failMode) {
        apply(List.of(
                new OvsdbOperation.Insert(
                        "Interface",
                        Optional.empty(),
                        Optional.of("device"),
                        Map.of("name", Datum.text(name), "type", Datum.text("internal"))),
                new OvsdbOperation.Insert(
                        "Port",
                        Optional.empty(),
                        Optional.of("port"),
                        Map.of("name", Datum.text(name), "interfaces", Datum.namedRow("device"))),
                new OvsdbOperation.Insert(
                        "Bridge",
                        Optional.empty(),
                        Optional.of("bridge"),
                        Map.of(
                                "name",
                                Datum.text(name),
                                "datapath_type",
                                Datum.text(datapath),
                                "fail_mode",
                                Datum.text(failMode),
                                "ports",
                                Datum.namedRow("port"))),
                new OvsdbOperation.Mutate(
                        ROOT, List.of(), List.of(new Mutation("bridges", "insert", Datum.namedRow("bridge"))))));
    }

    /** Changes the switch's configuration and waits until it has taken it over. */
    private void apply(List<OvsdbOperation> operations) {
        List<OvsdbOperation> all = new ArrayList<>(operations);
        all.add(new OvsdbOperation.Mutate(ROOT, List.of(), List.of(new Mutation("next_cfg", "+=", Datum.whole(1)))));
        all.add(new OvsdbOperation.Select(ROOT, List.of(), List.of("next_cfg")));
        long sequence = client.transact(DATABASE, all).rows(all.size() - 1).stream()
                .findFirst()
                .flatMap(row -> row.getOrDefault("next_cfg", Datum.nothing()).whole())
                .orElseThrow(() -> OvnError.OVSDB_REFUSED.with("there is no row in " + ROOT));
        boolean taken = client.await(
                DATABASE,
                MonitoredTable.everything(ROOT, "cur_cfg"),
                row -> row.column("cur_cfg").whole().orElse(-1L) >= sequence,
                deadline);
        if (!taken) {
            throw OvnError.SWITCH_BEHIND.with(deadline.toMillis());
        }
    }

    private static long index(Map<String, Datum> row) {
        return row.getOrDefault("ifindex", Datum.nothing()).whole().orElse(0L);
    }

    private static void device(String name) {
        Notation.identifier("The device", name);
        if (name.length() > 15) {
            throw OvnError.VALUE_INVALID.with("The device", name);
        }
    }

    private Optional<Map<String, Datum>> named(String table, String name, String... columns) {
        return select(table, List.of(new Condition("name", "==", Datum.text(name))), columns).stream()
                .findFirst();
    }

    private List<Map<String, Datum>> select(String table, List<Condition> where, String... columns) {
        return client.transact(DATABASE, new OvsdbOperation.Select(table, where, List.of(columns)))
                .rows(0);
    }
}
