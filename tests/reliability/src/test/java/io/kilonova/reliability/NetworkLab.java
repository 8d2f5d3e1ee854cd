package io.kilonova.reliability;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Machines as far as their networks are concerned: a network namespace for each, all on one bridge, whose end on this side
 * stands in the namespace of the test. Needs root.
 */
final class NetworkLab implements AutoCloseable {
    /** What no card of the network is called. */
    private static final String NOBODY = "02:00:00:00:00:01";

    private final String mark;
    private final String subnet;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    /** An empty network. Its addresses and names come from the test's own process id, so that tests do not meet. */
    NetworkLab() {
        long pid = ProcessHandle.current().pid();
        this.mark = "kn" + Long.toString(pid, Character.MAX_RADIX);
        this.subnet = "10.%d.%d.".formatted(200 + (pid >> 8) % 50, pid & 255);
        Shell.run("ip link add %s type bridge".formatted(mark));
        Shell.run("ip address add %s1/24 dev %s".formatted(subnet, mark));
        Shell.run("ip link set %s up".formatted(mark));
    }

    /** A new machine, on which processes serve at {@code port}. */
    Place machine(String name, int port) {
        int number = numbers.size() + 2;
        numbers.put(name, number);
        String space = namespace(name);
        Shell.run("ip netns add " + space);
        Shell.run("ip link add %s type veth peer name eth0 netns %s".formatted(cable(name), space));
        Shell.run("ip -n %s address add %s%d/24 dev eth0".formatted(space, subnet, number));
        Shell.run("ip -n %s link set eth0 up".formatted(space));
        Shell.run("ip -n %s link set lo up".formatted(space));
        Shell.run("ip link set %s up master %s".formatted(cable(name), mark));
        return new Place(subnet + number, port, List.of("ip", "netns", "exec", space));
    }

    /** Cuts a machine off: what is sent to or by it is lost, and nobody is told. */
    void drop(String name) {
        Shell.run("ip link set %s nomaster".formatted(cable(name)));
    }

    /** Loses all that two machines send to each other; both reach all others. */
    void separate(String one, String other) {
        Shell.run("ip -n %s neigh replace %s lladdr %s dev eth0 nud permanent"
                .formatted(namespace(one), address(other), NOBODY));
        Shell.run("ip -n %s neigh replace %s lladdr %s dev eth0 nud permanent"
                .formatted(namespace(other), address(one), NOBODY));
    }

    /** Ends that. */
    void reunite(String one, String other) {
        Shell.run("ip -n %s neigh delete %s dev eth0".formatted(namespace(one), address(other)));
        Shell.run("ip -n %s neigh delete %s dev eth0".formatted(namespace(other), address(one)));
    }

    /** Takes a machine's network down: it knows. */
    void unplug(String name) {
        Shell.run("ip -n %s link set eth0 down".formatted(namespace(name)));
    }

    /** Connects a machine again. */
    void connect(String name) {
        Shell.run("ip -n %s link set eth0 up".formatted(namespace(name)));
        Shell.run("ip link set %s master %s".formatted(cable(name), mark));
    }

    private String address(String name) {
        return subnet + numbers.get(name);
    }

    private String namespace(String name) {
        return mark + "-" + name;
    }

    private String cable(String name) {
        return mark + "v" + numbers.get(name);
    }

    /** Removes all machines; their processes have to be gone. */
    @Override
    public void close() {
        for (String name : numbers.keySet()) {
            // With its namespace it would go some time later, and the next network has one of its name.
            Shell.run("ip link delete " + cable(name));
            Shell.run("ip netns delete " + namespace(name));
        }
        Shell.run("ip link delete " + mark);
    }
}
