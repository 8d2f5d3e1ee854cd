package io.kilonova.ovn;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** Where an OVSDB server listens, in Open vSwitch's own notation: {@code unix:/path} or {@code tcp:host:port}. */
public sealed interface OvsdbEndpoint {
    /** A socket in the file system. */
    record Unix(Path path) implements OvsdbEndpoint {}

    /** A TCP port; the host is a name or an address, one of IPv6 in brackets. */
    record Tcp(String host, int port) implements OvsdbEndpoint {}

    /**
     * Reads the notation.
     *
     * @throws io.kilonova.errors.ServiceException {@link OvnError#VALUE_INVALID}
     */
    static OvsdbEndpoint parse(String notation) {
        if (notation.startsWith("unix:/")) {
            return new Unix(Path.of(notation.substring("unix:".length())));
        }
        int colon = notation.lastIndexOf(':');
        if (notation.startsWith("tcp:") && colon > "tcp:".length()) {
            String port = notation.substring(colon + 1);
            if (port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= 65_535) {
                return new Tcp(notation.substring("tcp:".length(), colon), Integer.parseInt(port));
            }
        }
        throw OvnError.VALUE_INVALID.with("The address of a network database", notation);
    }

    /** The notation that {@link #parse} reads and that the daemons take. */
    default String notation() {
        return switch (this) {
            case Unix unix -> "unix:" + unix.path();
            case Tcp tcp -> "tcp:" + tcp.host() + ":" + tcp.port();
        };
    }

    /** The address to connect to; a host's name is resolved now. */
    default SocketAddress address() {
        return switch (this) {
            case Unix unix -> UnixDomainSocketAddress.of(unix.path());
            case Tcp tcp -> new InetSocketAddress(tcp.host().replace("[", "").replace("]", ""), tcp.port());
        };
    }
}
