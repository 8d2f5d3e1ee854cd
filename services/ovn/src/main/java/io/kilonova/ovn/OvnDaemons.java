package io.kilonova.ovn;

import io.kilonova.errors.ServiceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Open vSwitch's and OVN's daemons under a folder of ours, for a host where nothing else runs them. They are detached:
 * guests' networks go on while this program is down, and its next run takes over what it finds alive. Only {@link #stop}
 * ends them.
 */
public final class OvnDaemons {
    private static final Logger LOG = LoggerFactory.getLogger(OvnDaemons.class);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    /** Linux takes 107 bytes for a socket's path; the longest that is made here is run/br-xxxxxxxxxxxxxxx.mgmt or so. */
    private static final int FOLDER_BYTES = 80;

    private static final Path SYSTEM_SWITCH = Path.of("/run/openvswitch/db.sock");
    private static final Path SYSTEM_CONTROLLER = Path.of("/run/ovn/ovn-controller.pid");
    private static final Path SYSTEM_NORTHBOUND = Path.of("/run/ovn/ovnnb_db.sock");
    private static final Path SYSTEM_SOUTHBOUND = Path.of("/run/ovn/ovnsb_db.sock");

    private final Settings settings;
    private final Path run;
    private final List<OvnDaemon> daemons;
    private final List<OvnDaemon> others;

    /**
     * How the daemons run.
     *
     * @param stateFolder holds databases, sockets, process ids and logs; at most 80 bytes of path
     * @param inNamespace the network namespace that they run in, or this process's own
     * @param part which of them run here
     * @param proof what the southbound database proves itself by to the chassis of other hosts; without, it has none
     */
    public record Settings(Path stateFolder, Optional<String> inNamespace, Part part, Optional<TlsFiles> proof) {
        /** Checks the values; {@link OvnError#VALUE_INVALID}. */
        public Settings {
            stateFolder = stateFolder.toAbsolutePath().normalize();
            if (stateFolder.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length > FOLDER_BYTES) {
                throw OvnError.VALUE_INVALID.with(
                        "The folder of the network daemons, longer than 80 bytes,", stateFolder);
            }
            inNamespace.ifPresent(name -> Notation.identifier("The network namespace", name));
        }

        /** Daemons in this process's own network namespace, for this host alone. */
        public static Settings in(Path stateFolder) {
            return new Settings(stateFolder, Optional.empty(), Part.WHOLE, Optional.empty());
        }
    }

    /** What of OVN runs on a machine. */
    public enum Part {
        /** All of it, for a cloud of one machine. */
        WHOLE("conf", "nb", "sb", "vswitchd", "northd", "controller"),
        /** The two databases of the cloud and what translates between them. */
        CENTRAL("nb", "sb", "northd"),
        /** The switch of one host and what tells it of the cloud. */
        CHASSIS("conf", "vswitchd", "controller");

        private final List<String> daemons;

        Part(String... daemons) {
            this.daemons = List.of(daemons);
        }
    }

    /** Where the three databases are. */
    public record Endpoints(OvsdbEndpoint openVswitch, OvsdbEndpoint northbound, OvsdbEndpoint southbound) {}

    /** The daemons of a folder; nothing is started yet. */
    public OvnDaemons(Settings settings) {
        this.settings = settings;
        this.run = settings.stateFolder().resolve("run");
        List<OvnDaemon> all = daemons();
        this.daemons = all.stream()
                .filter(daemon -> settings.part().daemons.contains(daemon.name()))
                .toList();
        this.others = all.stream().filter(daemon -> !daemons.contains(daemon)).toList();
    }

    /** The daemons that the host's own services run, when all that a host's part of OVN needs answers. */
    public static Optional<Endpoints> system(Part part) {
        Endpoints found = new Endpoints(
                new OvsdbEndpoint.Unix(SYSTEM_SWITCH),
                new OvsdbEndpoint.Unix(SYSTEM_NORTHBOUND),
                new OvsdbEndpoint.Unix(SYSTEM_SOUTHBOUND));
        boolean all = Files.exists(SYSTEM_SWITCH)
                && answers(found.openVswitch())
                && switch (part) {
                    case WHOLE ->
                        Files.exists(SYSTEM_NORTHBOUND)
                                && Files.exists(SYSTEM_SOUTHBOUND)
                                && answers(found.northbound())
                                && answers(found.southbound());
                    case CHASSIS -> Files.exists(SYSTEM_CONTROLLER);
                    case CENTRAL -> false;
                };
        return all ? Optional.of(found) : Optional.empty();
    }

    /** Where the databases of this folder are, running or not. */
    public Endpoints endpoints() {
        return new Endpoints(socket("conf.sock"), socket("nb.sock"), socket("sb.sock"));
    }

    /**
     * Makes all daemons run and answer: starts those that do not, and leaves those that do as they are. May be called
     * again at any time, to bring back one that died.
     *
     * @throws ServiceException {@link OvnError#PROGRAM_MISSING} or {@link OvnError#DAEMON_FAILED}
     */
    public Endpoints start() {
        try {
            Files.createDirectories(run);
            Files.createDirectories(settings.stateFolder().resolve("log"));
            try (FileChannel channel = FileChannel.open(
                            settings.stateFolder().resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                LOG.trace("Holding {}", lock);
                for (OvnDaemon daemon : daemons) {
                    if (!daemon.isRunning()) {
                        prepare(daemon);
                        daemon.start();
                        LOG.info("Started {}", daemon.name());
                    }
                    daemon.awaitAnswer(ANSWER);
                    fill(daemon);
                }
            }
        } catch (IOException failure) {
            throw OvnError.DAEMON_FAILED.because(failure, "of the network", "its folder cannot be written");
        }
        return endpoints();
    }

    /** Whether all daemons run. */
    public boolean isRunning() {
        return daemons.stream().allMatch(OvnDaemon::isRunning);
    }

    /** Process ids of the daemons that run, by name. */
    public Map<String, Long> processes() {
        Map<String, Long> processes = new java.util.LinkedHashMap<>();
        daemons.forEach(daemon -> daemon.process().ifPresent(process -> processes.put(daemon.name(), process.pid())));
        return processes;
    }

    /** Ends all daemons of this folder, those that use others first. What they wrote stays. */
    public void stop() {
        daemons.reversed().forEach(OvnDaemon::stop);
    }

    /** Ends what runs in this folder and is no part of this machine any more. */
    void stopOthers() {
        others.reversed().forEach(OvnDaemon::stop);
    }

    private List<OvnDaemon> daemons() {
        Path folder = settings.stateFolder();
        List<OvnDaemon> list = new ArrayList<>();
        List<String> southbound =
                new ArrayList<>(List.of(folder.resolve("sb.db").toString(), punix("sb.sock")));
        settings.proof().ifPresent(files -> southbound.addAll(files.arguments()));
        String configuration = socket("conf.sock").notation();
        list.add(daemon(
                "conf", "ovsdb-server", List.of(folder.resolve("conf.db").toString(), punix("conf.sock")), true));
        list.add(daemon("nb", "ovsdb-server", List.of(folder.resolve("nb.db").toString(), punix("nb.sock")), true));
        list.add(daemon("sb", "ovsdb-server", southbound, true));
        list.add(daemon("vswitchd", "ovs-vswitchd", List.of(configuration), false));
        list.add(daemon(
                "northd",
                "ovn-northd",
                List.of(
                        "--ovnnb-db=" + socket("nb.sock").notation(),
                        "--ovnsb-db=" + socket("sb.sock").notation()),
                false));
        list.add(daemon("controller", "ovn-controller", List.of(configuration), false));
        return list;
    }

    private OvnDaemon daemon(String name, String program, List<String> arguments, boolean database) {
        return new OvnDaemon(settings, name, program, arguments, database);
    }

    /** Makes the file of a database, or brings it to the installed version's schema. */
    private void prepare(OvnDaemon daemon) {
        Optional<Path> schema = schema(daemon.name());
        if (schema.isEmpty()) {
            return;
        }
        HostCommand commands = new HostCommand(Optional.empty());
        String file = settings.stateFolder().resolve(daemon.name() + ".db").toString();
        if (!Files.exists(schema.get())) {
            throw OvnError.PROGRAM_MISSING.with(schema.get());
        }
        if (!Files.exists(Path.of(file))) {
            commands.run("ovsdb-tool", "create", file, schema.get().toString());
        } else if (commands.run(
                        "ovsdb-tool", "needs-conversion", file, schema.get().toString())
                .strip()
                .equals("yes")) {
            commands.run("ovsdb-tool", "convert", file, schema.get().toString());
        }
    }

    private static Optional<Path> schema(String name) {
        return switch (name) {
            case "conf" -> Optional.of(Path.of("/usr/share/openvswitch/vswitch.ovsschema"));
            case "nb" -> Optional.of(Path.of("/usr/share/ovn/ovn-nb.ovsschema"));
            case "sb" -> Optional.of(Path.of("/usr/share/ovn/ovn-sb.ovsschema"));
            default -> Optional.empty();
        };
    }

    /** Each database has one row that everything hangs on; a new one lacks it. */
    private void fill(OvnDaemon daemon) {
        switch (daemon.name()) {
            case "conf" -> root(endpoints().openVswitch(), "Open_vSwitch", "Open_vSwitch");
            case "nb" -> root(endpoints().northbound(), OvnNames.NORTHBOUND, "NB_Global");
            case "sb" -> root(endpoints().southbound(), "OVN_Southbound", "SB_Global");
            default -> LOG.trace("{} has no database", daemon.name());
        }
    }

    private static void root(OvsdbEndpoint endpoint, String database, String table) {
        try (OvsdbClient client = new OvsdbClient(endpoint)) {
            boolean there = !client.transact(database, new OvsdbOperation.Select(table, List.of(), List.of("_uuid")))
                    .rows(0)
                    .isEmpty();
            if (!there) {
                client.transact(
                        database, new OvsdbOperation.Insert(table, Optional.empty(), Optional.empty(), Map.of()));
            }
        }
    }

    private static boolean answers(OvsdbEndpoint endpoint) {
        try (OvsdbClient client = new OvsdbClient(endpoint, Duration.ofSeconds(2), 1 << 20)) {
            client.echo();
            return true;
        } catch (ServiceException silent) {
            LOG.debug("{}", silent.sentence());
            return false;
        }
    }

    private OvsdbEndpoint.Unix socket(String name) {
        return new OvsdbEndpoint.Unix(run.resolve(name));
    }

    private String punix(String name) {
        return "--remote=punix:" + run.resolve(name);
    }
}
