package io.kilonova.spi;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a running guest is sent; made by the destination, understood by the source's hypervisor of the same kind.
 *
 * @param host the destination's name
 * @param connection how the source's hypervisor reaches the destination's, in their own language, for example a libvirt URI; a
 *     parameter {@code socket} names the socket of its daemon
 * @param address where on the destination memory and disks are sent to: an IP address, or a folder of sockets
 */
public record LiveMigrationTarget(String host, String connection, String address) {
    /** The socket in the folder that takes the guest's memory. */
    public static final String MEMORY = "memory";

    /** The socket in the folder that takes the guest's disks. */
    public static final String DISKS = "disks";

    /** The socket of the destination's daemon, by the name that it has in a folder on another machine. */
    public static final String DAEMON = "daemon";

    private static final Pattern SOCKET = Pattern.compile("([?&]socket=)([^&]+)");

    /** The sockets of the destination that the source connects to, by name; none where the address is no folder. */
    public Map<String, Path> sockets() {
        Map<String, Path> sockets = new TreeMap<>();
        if (address.startsWith("/")) {
            sockets.put(MEMORY, Path.of(address, MEMORY));
            sockets.put(DISKS, Path.of(address, DISKS));
            Matcher daemon = SOCKET.matcher(connection);
            if (daemon.find()) {
                sockets.put(DAEMON, Path.of(daemon.group(2)));
            }
        }
        return sockets;
    }

    /** The same target, whose daemon is reached at another socket. */
    public LiveMigrationTarget through(Path daemon) {
        return new LiveMigrationTarget(
                host,
                SOCKET.matcher(connection).replaceAll("$1" + Matcher.quoteReplacement(daemon.toString())),
                address);
    }
}
