package io.kilonova.ovn;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Opens sockets inside network namespaces. A socket belongs to the namespace of the thread that opens it, for good: so a
 * platform thread of its own enters the namespace (Linux {@code setns(2)}), opens the socket and ends, and the socket is
 * used from any thread afterwards. No thread of this program that goes on ever changes its namespace. Needs root.
 */
public final class NamespaceSockets {
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int BACKLOG = 128;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_OF =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPEN = function(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            ERRNO,
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SETNS = function(
            "setns", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), ERRNO);
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private NamespaceSockets() {}

    /**
     * Listens inside a namespace.
     *
     * @param namespace as {@code ip netns} lists it
     * @param address of an interface in that namespace
     * @param port 0 for a free one
     * @throws io.kilonova.errors.ServiceException {@link OvnError#NAMESPACE_UNUSABLE}
     */
    public static ServerSocketChannel listen(String namespace, InetAddress address, int port) {
        Notation.identifier("The network namespace", namespace);
        CompletableFuture<ServerSocketChannel> opened = new CompletableFuture<>();
        Thread.ofPlatform().name("netns " + namespace).daemon().start(() -> {
            try {
                enter(namespace);
                opened.complete(bind(address, port));
            } catch (Throwable failure) {
                opened.completeExceptionally(failure);
            }
        });
        try {
            return opened.join();
        } catch (CompletionException failure) {
            Throwable cause = failure.getCause();
            throw OvnError.NAMESPACE_UNUSABLE.because(
                    failure, namespace, cause == null ? "unknown" : String.valueOf(cause.getMessage()));
        }
    }

    /** The file that stands for a namespace. */
    static Path path(String namespace) {
        return Path.of("/run/netns", namespace);
    }

    private static ServerSocketChannel bind(InetAddress address, int port) throws IOException {
        ProtocolFamily family =
                address instanceof Inet6Address ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        ServerSocketChannel channel = ServerSocketChannel.open(family);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            return channel.bind(new InetSocketAddress(address, port), BACKLOG);
        } catch (IOException failure) {
            channel.close();
            throw new IOException("listening on " + address.getHostAddress() + ": " + failure.getMessage(), failure);
        }
    }

    private static void enter(String namespace) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int descriptor = (int)
                    OPEN.invokeExact(state, arena.allocateFrom(path(namespace).toString()), O_RDONLY_CLOEXEC);
            if (descriptor < 0) {
                throw new IOException("it cannot be opened, errno " + (int) ERRNO_OF.get(state, 0L));
            }
            int entered = (int) SETNS.invokeExact(state, descriptor, CLONE_NEWNET);
            int errno = (int) ERRNO_OF.get(state, 0L);
            int closed = (int) CLOSE.invokeExact(descriptor);
            if (entered != 0 || closed != 0) {
                throw new IOException("it cannot be entered, errno " + errno);
            }
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        SymbolLookup libc = LINKER.defaultLookup();
        return LINKER.downcallHandle(
                libc.find(name).orElseThrow(() -> new IllegalStateException("libc has no " + name)),
                descriptor,
                options);
    }
}
