package io.kilonova.ovn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A host of its own: a network namespace with real daemons of Open vSwitch and OVN, and guests that are namespaces with a
 * network card. Leaves nothing, also when the tests are ended from outside.
 */
final class Lab implements AutoCloseable {
    static final String CHASSIS = "chassis-lab";

    final String namespace = "kolab-" + UUID.randomUUID().toString().substring(0, 8);
    final HostCommand host;
    final OvnDaemons daemons;
    final OvsdbClient northboundClient;
    final OvsdbClient switchClient;
    final OvnNorthbound northbound;
    final PortEvents events;
    final LocalSwitch localSwitch;
    private final HostCommand root = new HostCommand(Optional.empty());
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    Lab() throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        root.run("ip", "netns", "add", namespace);
        undo.push(() -> root.run("ip", "netns", "delete", namespace));
        host = new HostCommand(Optional.of(namespace));
        host.run("ip", "link", "set", "lo", "up");
        Path folder = DatabaseServer.shortFolder();
        undo.push(() -> DatabaseServer.forget(folder));
        daemons = new OvnDaemons(
                new OvnDaemons.Settings(folder, Optional.of(namespace), OvnDaemons.Part.WHOLE, Optional.empty()));
        undo.push(daemons::stop);
        OvnDaemons.Endpoints endpoints = daemons.start();
        northboundClient = new OvsdbClient(endpoints.northbound());
        undo.push(northboundClient::close);
        switchClient = new OvsdbClient(endpoints.openVswitch());
        undo.push(switchClient::close);
        northbound = new OvnNorthbound(northboundClient, "lab");
        events = new PortEvents(northboundClient);
        localSwitch = new LocalSwitch(switchClient, Duration.ofSeconds(20));
        localSwitch.initialise(new LocalSwitch.Chassis(
                CHASSIS,
                CHASSIS,
                Optional.of(endpoints.southbound().notation()),
                Optional.empty(),
                "geneve",
                "127.0.0.1",
                Map.of("physnet1", "br-ex")));
    }

    /** A guest that is switched on: its card is there, and nothing is plugged. */
    Guest guest(String mac) {
        Guest guest = new Guest(mac);
        undo.push(guest::close);
        return guest;
    }

    void later(Runnable cleanup) {
        undo.push(cleanup);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (RuntimeException failure) {
                System.err.println("The lab's cleaning failed: " + failure.getMessage());
            }
        }
    }

    /** A namespace with one network card, whose other end is in the lab. */
    final class Guest implements AutoCloseable {
        final String name = "koguest-" + UUID.randomUUID().toString().substring(0, 8);
        final String device = "tap" + UUID.randomUUID().toString().substring(0, 8);
        final HostCommand inside;
        private final String mac;
        private final AtomicBoolean gone = new AtomicBoolean();

        private Guest(String mac) {
            this.mac = mac;
            root.run("ip", "netns", "add", name);
            inside = new HostCommand(Optional.of(name));
            inside.run("ip", "link", "set", "lo", "up");
            insertCard();
        }

        void insertCard() {
            host.run("ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", name);
            host.run("ip", "link", "set", device, "up");
            inside.run("ip", "link", "set", "eth0", "address", mac, "up");
            inside.run("ethtool", "-K", "eth0", "tx", "off");
        }

        void pullCard() {
            host.run("ip", "link", "delete", device);
        }

        void address(String addressAndPrefix) {
            inside.run("ip", "address", "replace", addressAndPrefix, "dev", "eth0");
        }

        /** Asks for an address as a guest does, and answers what the client was told. */
        String askDhcp() throws IOException {
            Path script = Files.createTempFile("kodhcp", ".sh");
            try {
                Files.writeString(script, """
                        #!/bin/sh
                        [ "$1" = bound ] || exit 0
                        ip address replace $ip/$mask dev $interface
                        ip link set $interface mtu $mtu
                        set -- $staticroutes
                        while [ $# -gt 1 ]; do ip route replace $1 via $2 dev $interface; shift 2; done
                        echo "told ip=$ip mask=$mask router=$router dns=$dns mtu=$mtu lease=$lease server=$serverid"
                        """);
                if (!script.toFile().setExecutable(true)) {
                    throw new IOException("the script cannot be made executable");
                }
                return inside.attempt(
                                "busybox",
                                "udhcpc",
                                "-i",
                                "eth0",
                                "-n",
                                "-q",
                                "-f",
                                "-t",
                                "5",
                                "-T",
                                "1",
                                "-O",
                                "mtu",
                                "-O",
                                "staticroutes",
                                "-s",
                                script.toString())
                        .output();
            } finally {
                Files.delete(script);
            }
        }

        boolean reaches(String address, String... options) {
            return Lab.ping(inside, address, options);
        }

        @Override
        public void close() {
            if (gone.compareAndSet(false, true)) {
                root.run("ip", "netns", "delete", name);
                host.attempt("ip", "link", "delete", device);
            }
        }
    }

    static boolean ping(HostCommand from, String address, String... options) {
        java.util.List<String> line =
                new java.util.ArrayList<>(java.util.List.of("ping", "-c", "2", "-i", "0.2", "-W", "1", "-n"));
        line.addAll(java.util.List.of(options));
        line.add(address);
        return from.attempt(line.toArray(String[]::new)).code() == 0;
    }
}
