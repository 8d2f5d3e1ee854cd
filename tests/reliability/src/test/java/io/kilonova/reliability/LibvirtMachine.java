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
import java.util.stream.Stream;

/**
 * A machine of the {@link NetworkLab} that has libvirt, Open vSwitch and OVN to itself: mounts of its own over the folders
 * that these keep to. What runs on it is known by its UTS namespace, which QEMU too has of it, and ends with it.
 */
final class LibvirtMachine implements AutoCloseable {
    private static final Path SCRIPT = Path.of("libvirt-machine").toAbsolutePath();

    private final Path folder;
    private final Process holder;
    private final Place place;

    /** A machine in the network namespace of {@code space}, on which nothing runs yet. */
    LibvirtMachine(Place space, String name) throws IOException {
        this.folder = Files.createTempDirectory(
                "kilonova-machine", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        List<String> command = new ArrayList<>(space.entry());
        command.addAll(List.of("unshare", "--mount", "--uts", "--propagation", "private"));
        command.addAll(List.of(SCRIPT.toString(), folder.toString(), name, space.address()));
        this.holder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said = holder.inputReader();
        assertThat(said.readLine()).as("the machine %s", name).isEqualTo("ready");
        this.place = new Place(
                space.address(), space.port(), List.of("nsenter", "-t", Long.toString(holder.pid()), "-m", "-n", "-u"));
    }

    /** Where its processes run. */
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
        run(("ovs-vsctl --db=unix:%s add-br br-phy -- set bridge br-phy datapath_type=netdev other-config:hwaddr=%s"
                        + " -- add-port br-phy eth0")
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

    /** Ends all that runs there, as when the power is cut. */
    @Override
    public void close() throws IOException {
        Path own = space(holder.toHandle());
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            if (!process.equals(holder.toHandle()) && own.equals(space(process))) {
                process.destroyForcibly();
                process.onExit().join();
            }
        }
        holder.destroyForcibly();
        holder.onExit().join();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** The UTS namespace of a process; of one that just ended, its path. */
    private static Path space(ProcessHandle process) {
        Path link = Path.of("/proc", Long.toString(process.pid()), "ns", "uts");
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException ended) {
            return link;
        }
    }
}
