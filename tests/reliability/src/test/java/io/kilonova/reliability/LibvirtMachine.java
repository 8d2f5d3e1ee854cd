package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A machine of the {@link NetworkLab} that has libvirt, Open vSwitch and OVN to itself: mounts of its own over the folders
 * that these keep to. What runs on it is known by its UTS namespace, which QEMU too has of it, and ends with it.
 */
final class LibvirtMachine implements AutoCloseable {
    private static final Path SCRIPT = Path.of("libvirt-machine").toAbsolutePath();

    private final Path folder;
    private final Place space;
    private final String name;
    private Path self = Path.of("/");
    private Place place = Place.LOOPBACK;

    /** A machine in the network namespace of {@code space}, on which nothing runs yet. */
    LibvirtMachine(Place space, String name) throws IOException {
        this.folder = Files.createTempDirectory(
                "kilonova-machine", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        this.space = space;
        this.name = name;
        start();
    }

    private void start() throws IOException {
        List<String> command = new ArrayList<>(space.entry());
        command.addAll(List.of("unshare", "--mount", "--uts", "--propagation", "private"));
        command.addAll(List.of(SCRIPT.toString(), folder.toString(), name, space.address()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said = process.inputReader();
        assertThat(said.readLine()).as("the machine %s", name).isEqualTo("ready");
        String holder = Long.toString(process.pid());
        self = Files.readSymbolicLink(Path.of("/proc", holder, "ns", "uts"));
        // Whatever has this one ends with the machine.
        assertThat(self).isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/uts")));
        place = new Place(space.address(), space.port(), List.of("nsenter", "-t", holder, "-m", "-n", "-u"));
    }

    /** Where its processes run, until it loses its power. */
    Place place() {
        return place;
    }

    /** The guests that libvirt knows there, running or not, by the names that libvirt has for them. */
    List<String> domains() {
        return run("virsh", "-c", "qemu:///system", "list", "--all", "--name")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** The process that a guest runs in there. */
    long process(String guestId) {
        String domain = run("virsh", "-c", "qemu:///system", "domname", guestId).strip();
        return Long.parseLong(
                run("cat", "/run/libvirt/qemu/%s.pid".formatted(domain)).strip());
    }

    /** The folders of guests' files there, whole or not, by the names of the guests. */
    List<String> guestFolders() {
        return entries()
                .map(path -> path.getFileName().toString())
                .filter(name -> !name.startsWith("_"))
                .toList();
    }

    /** How much of a guest's disk has come from elsewhere while it is copied; 0 while nothing has. */
    long arrivedBytes(String guestId) {
        return entries()
                .filter(path -> path.endsWith(guestId + ".building"))
                .mapToLong(path -> path.resolve("disk").toFile().length())
                .sum();
    }

    private Stream<Path> entries() {
        try (Stream<Path> entries = Files.list(folder.resolve("instances"))) {
            return entries.filter(Files::isDirectory).toList().stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Lets libvirt move a guest by no more than 6 MiB a second, which takes ten seconds. */
    void slowDown(String guestId) {
        run("virsh", "-c", "qemu:///system", "migrate-setspeed", guestId, "6");
    }

    /** Lets no more than a megabyte a second leave the machine. */
    void narrow() {
        run("tc qdisc add dev eth0 root tbf rate 8mbit burst 64k latency 400ms".split(" "));
    }

    /** Takes that back. */
    void widen() {
        run("tc qdisc delete dev eth0 root".split(" "));
    }

    /**
     * Moves the machine's address to a bridge of its Open vSwitch: one that runs in userspace sends tunnels only so.
     *
     * @param database the socket of the switch's database
     */
    void sendTunnelsThrough(Path database) {
        String mac = run("cat", "/sys/class/net/eth0/address").strip();
        run(("ovs-vsctl --db=unix:%s --may-exist add-br br-phy -- set bridge br-phy datapath_type=netdev"
                        + " other-config:hwaddr=%s -- --may-exist add-port br-phy eth0")
                .formatted(database, mac)
                .split(" "));
        run("ip", "address", "flush", "dev", "eth0");
        run("ip", "address", "add", place.address() + "/24", "dev", "br-phy");
        run("ip", "link", "set", "br-phy", "up");
        run("ethtool", "-K", "br-phy", "tx", "off");
    }

    private String run(String... command) {
        return Shell.run(
                Stream.concat(place.entry().stream(), Stream.of(command)).toList());
    }

    /** Ends all that runs there at once; what is on its disks stays. */
    void losePower() {
        for (List<ProcessHandle> left = processes(); !left.isEmpty(); left = processes()) {
            left.forEach(ProcessHandle::destroyForcibly);
            left.stream().map(ProcessHandle::onExit).toList().forEach(CompletableFuture::join);
        }
    }

    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> isHere(Path.of("/proc", Long.toString(process.pid()), "ns", "uts")))
                .toList();
    }

    /** Whether a process is here whose UTS namespace is there; one that just ended is nowhere. */
    private boolean isHere(Path link) {
        try {
            return Files.readSymbolicLink(link).equals(self);
        } catch (IOException ended) {
            return false;
        }
    }

    /** Starts it again: with its disks, and without all that was in its memory. */
    void powerOn() throws IOException {
        for (List<String> left = devices(); !left.isEmpty(); left = devices()) {
            Shell.run(entered("ip", "link", "delete", left.getFirst()));
        }
        Shell.run(entered("ip", "address", "replace", space.address() + "/24", "dev", "eth0"));
        start();
    }

    /** The network devices that would not be there after a start. */
    private List<String> devices() {
        return Stream.of(Shell.run(entered("ls", "/sys/class/net")).split("\\s+"))
                .filter(device -> !List.of("lo", "eth0").contains(device))
                .toList();
    }

    private List<String> entered(String... command) {
        return Stream.concat(space.entry().stream(), Stream.of(command)).toList();
    }

    /** Ends all that runs there, and removes its disks. */
    @Override
    public void close() throws IOException {
        losePower();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
