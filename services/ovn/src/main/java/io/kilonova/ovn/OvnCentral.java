package io.kilonova.ovn;

import io.kilonova.ovn.OvsdbOperation.Mutation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The middle of OVN for a cloud of many hosts: both databases and what translates from one to the other. The northbound one
 * is reached on this machine alone; at the southbound one the hosts' own daemons listen, over mutual TLS, each held by its
 * certificate's name to what concerns its own chassis. The daemons run on when this program ends; all that they hold can be
 * written anew.
 */
public final class OvnCentral {
    private static final String SOUTHBOUND = "OVN_Southbound";
    private static final String PORT_FILE = "southbound-port";

    /** The customary port of a southbound database. */
    private static final int PORT = 6642;

    private static final int PROBE_MILLIS = 10_000;

    private final OvnDaemons daemons;
    private final String address;
    private final Path folder;

    /**
     * The middle of a cloud; nothing is started yet.
     *
     * @param stateFolder of its daemons; at most 80 bytes of path
     * @param address of this machine at which the hosts reach it
     * @param proof what it proves itself by to them, and whom it believes
     */
    public OvnCentral(Path stateFolder, String address, TlsFiles proof) {
        Notation.address(address);
        this.folder = stateFolder;
        this.address = address;
        this.daemons = new OvnDaemons(
                new OvnDaemons.Settings(stateFolder, Optional.empty(), OvnDaemons.Part.CENTRAL, Optional.of(proof)));
    }

    /**
     * Makes it run and listen. May be called again at any time, to bring back what died.
     *
     * @throws io.kilonova.errors.ServiceException {@link OvnError#PROGRAM_MISSING} or {@link OvnError#DAEMON_FAILED}
     */
    public void start() {
        if (!daemons.isRunning()) {
            daemons.start();
        }
        try (OvsdbClient client = new OvsdbClient(daemons.endpoints().southbound())) {
            String target = "pssl:%d:%s".formatted(port(), bracketed());
            boolean listens = client
                    .transact(SOUTHBOUND, new OvsdbOperation.Select("Connection", List.of(), List.of("target")))
                    .rows(0)
                    .stream()
                    .anyMatch(row ->
                            row.getOrDefault("target", Datum.nothing()).text().equals(Optional.of(target)));
            if (!listens) {
                client.transact(
                        SOUTHBOUND,
                        new OvsdbOperation.Insert(
                                "Connection",
                                Optional.empty(),
                                Optional.of("listener"),
                                Map.of(
                                        "target",
                                        Datum.text(target),
                                        "role",
                                        Datum.text("ovn-controller"),
                                        "inactivity_probe",
                                        Datum.whole(PROBE_MILLIS))),
                        new OvsdbOperation.Update(
                                "SB_Global", List.of(), Map.of("connections", Datum.namedRow("listener"))));
            }
        }
    }

    /** Where the northbound database is. */
    public OvsdbEndpoint northbound() {
        return daemons.endpoints().northbound();
    }

    /** Where hosts reach the southbound database, in the daemons' notation. */
    public String southbound() {
        return "ssl:%s:%d".formatted(bracketed(), port());
    }

    /** Waits until all that was written before is translated; says whether it was in time. */
    public boolean awaitTranslated(Duration timeout) {
        try (OvsdbClient client = new OvsdbClient(northbound())) {
            long sequence = client
                    .transact(
                            OvnNames.NORTHBOUND,
                            new OvsdbOperation.Mutate(
                                    "NB_Global", List.of(), List.of(new Mutation("nb_cfg", "+=", Datum.whole(1)))),
                            new OvsdbOperation.Select("NB_Global", List.of(), List.of("nb_cfg")))
                    .rows(1)
                    .stream()
                    .findFirst()
                    .flatMap(row -> row.getOrDefault("nb_cfg", Datum.nothing()).whole())
                    .orElse(0L);
            return client.await(
                    OvnNames.NORTHBOUND,
                    MonitoredTable.everything("NB_Global", "sb_cfg"),
                    row -> row.column("sb_cfg").whole().orElse(-1L) >= sequence,
                    timeout);
        }
    }

    /** Process ids of its daemons, by name. */
    public Map<String, Long> processes() {
        return daemons.processes();
    }

    /** Ends its daemons, whichever process started them. */
    public void stop() {
        daemons.stop();
    }

    private String bracketed() {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    /** Chosen once: the hosts' daemons come back to it by themselves. */
    private int port() {
        Path file = folder.resolve(PORT_FILE);
        try {
            if (Files.exists(file)) {
                return Integer.parseInt(Files.readString(file).strip());
            }
            int port = free(PORT).or(() -> free(0)).orElse(PORT);
            Path whole = Files.writeString(folder.resolve(PORT_FILE + "." + UUID.randomUUID()), port + "\n");
            Files.move(whole, file);
            return port;
        } catch (IOException failure) {
            throw new UncheckedIOException("the port of the southbound database cannot be kept", failure);
        }
    }

    private Optional<Integer> free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            return Optional.of(socket.getLocalPort());
        } catch (IOException taken) {
            return Optional.empty();
        }
    }
}
