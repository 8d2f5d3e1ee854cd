package io.kilonova.ovn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * For each network a namespace of this host with the metadata address, plugged as the network's local port: so networks
 * with the same addresses stay apart, and who asks is known by where it asks.
 */
public final class MetadataNamespaces implements AutoCloseable {
    /** The address at which guests ask for metadata. */
    public static final String ADDRESS = "169.254.169.254";

    private static final String NAMESPACE = "kmeta-";
    private static final String OUTER = "kmo";
    private static final String INNER = "metadata0";
    private static final int SHORT_ID = 12;

    private final LocalSwitch localSwitch;
    private final HostCommand host;
    private final Map<String, MetadataSocket> sockets = new ConcurrentHashMap<>();
    private final ReentrantLock changing = new ReentrantLock();

    /**
     * The namespaces of this host.
     *
     * @param switchNamespace the network namespace that the switch runs in, or this process's own
     */
    public MetadataNamespaces(LocalSwitch localSwitch, Optional<String> switchNamespace) {
        this.localSwitch = localSwitch;
        this.host = new HostCommand(switchNamespace);
    }

    /** The namespace of a network. */
    public static String namespace(String networkId) {
        return NAMESPACE + shortId(networkId);
    }

    /**
     * Makes the namespace be so and listens in it. Repeating it answers the same socket.
     *
     * @param port to listen at: 80, or 0 for a free one
     * @throws io.kilonova.errors.ServiceException {@link OvnError#HOST_COMMAND_FAILED} or
     *     {@link OvnError#NAMESPACE_UNUSABLE}
     */
    public MetadataSocket open(MetadataPort metadata, int port) {
        changing.lock();
        try {
            boolean asBefore = ensure(metadata);
            MetadataSocket known = sockets.get(metadata.networkId());
            if (known != null && asBefore && known.channel().isOpen()) {
                return known;
            }
            close(Optional.ofNullable(known));
            MetadataSocket socket = new MetadataSocket(
                    metadata.networkId(), NamespaceSockets.listen(namespace(metadata.networkId()), address(), port));
            sockets.put(metadata.networkId(), socket);
            return socket;
        } finally {
            changing.unlock();
        }
    }

    /** Whether a network's namespace and socket are there; asks no other program. */
    boolean stands(String networkId) {
        MetadataSocket socket = sockets.get(networkId);
        return socket != null && socket.channel().isOpen() && Files.exists(NamespaceSockets.path(namespace(networkId)));
    }

    /** Which network's guests ask at this socket; nothing for one that is not (or no more) of ours. */
    public Optional<String> networkOf(ServerSocketChannel channel) {
        return sockets.values().stream()
                .filter(socket -> socket.channel().equals(channel))
                .map(MetadataSocket::networkId)
                .findFirst();
    }

    /** Removes a network's namespace and closes its socket. Repeating it changes nothing. */
    public void remove(String networkId) {
        Notation.identifier("The network's id", networkId);
        changing.lock();
        try {
            close(Optional.ofNullable(sockets.remove(networkId)));
            remove(OUTER + shortId(networkId), namespace(networkId));
        } finally {
            changing.unlock();
        }
    }

    /** Removes the namespaces that an earlier run made at this switch, for networks other than these. */
    public void retainOnly(Collection<String> networkIds) {
        Set<String> wanted =
                networkIds.stream().map(MetadataNamespaces::shortId).collect(Collectors.toSet());
        changing.lock();
        try {
            for (String device : localSwitch.plugged().keySet()) {
                String id = device.startsWith(OUTER) ? device.substring(OUTER.length()) : "";
                if (id.length() == SHORT_ID && !wanted.contains(id)) {
                    sockets.values().stream()
                            .filter(socket -> shortId(socket.networkId()).equals(id))
                            .toList()
                            .forEach(socket -> close(Optional.ofNullable(sockets.remove(socket.networkId()))));
                    remove(device, NAMESPACE + id);
                }
            }
        } finally {
            changing.unlock();
        }
    }

    /** Closes the sockets; the namespaces stay for the next run. */
    @Override
    public void close() {
        sockets.values().forEach(socket -> close(Optional.of(socket)));
        sockets.clear();
    }

    /** Answers whether the namespace was there already. */
    private boolean ensure(MetadataPort metadata) {
        String namespace = namespace(metadata.networkId());
        String outer = OUTER + shortId(metadata.networkId());
        HostCommand inside = new HostCommand(Optional.of(namespace));
        boolean whole = Files.exists(NamespaceSockets.path(namespace))
                && inside.attempt("ip", "link", "show", INNER).code() == 0
                && host.attempt("ip", "link", "show", outer).code() == 0;
        if (!whole) {
            // Half of one is of no use: a link's end goes with the other.
            remove(outer, namespace);
            new HostCommand(Optional.empty()).run("ip", "netns", "add", namespace);
            host.run("ip", "link", "add", outer, "type", "veth", "peer", "name", INNER, "netns", namespace);
            HostCommand.Outcome offload = inside.attempt("ethtool", "-K", INNER, "tx", "off");
            if (offload.code() != 0) {
                throw OvnError.HOST_COMMAND_FAILED.with(
                        "ethtool", offload.output().strip());
            }
        }
        inside.run("ip", "link", "set", "lo", "up");
        inside.run("ip", "link", "set", INNER, "address", metadata.mac(), "up");
        metadata.addresses().forEach(address -> inside.run("ip", "address", "replace", address, "dev", INNER));
        inside.run("ip", "address", "replace", ADDRESS + "/32", "dev", INNER);
        host.run("ip", "link", "set", outer, "up");
        localSwitch.plug(metadata.portId(), outer);
        return whole;
    }

    private void remove(String outer, String namespace) {
        localSwitch.unplug(outer);
        if (host.attempt("ip", "link", "show", outer).code() == 0) {
            host.run("ip", "link", "delete", outer);
        }
        if (Files.exists(NamespaceSockets.path(namespace))) {
            new HostCommand(Optional.empty()).run("ip", "netns", "delete", namespace);
        }
    }

    private static void close(Optional<MetadataSocket> socket) {
        try {
            if (socket.isPresent()) {
                socket.get().channel().close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String shortId(String networkId) {
        String plain = networkId.replace("-", "").toLowerCase(Locale.ROOT);
        // Of a UUID its own beginning, so that people recognise it; of anything else the beginning of a hash.
        return plain.matches("[0-9a-f]{32}")
                ? plain.substring(0, SHORT_ID)
                : OvnNames.row(OvnNames.SWITCH, networkId)
                        .toString()
                        .replace("-", "")
                        .substring(0, SHORT_ID);
    }

    private static InetAddress address() {
        try {
            return InetAddress.getByName(ADDRESS);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
