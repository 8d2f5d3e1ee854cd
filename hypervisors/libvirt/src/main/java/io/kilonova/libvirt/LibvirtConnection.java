package io.kilonova.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A connection to a libvirt daemon, used by one command at a time. Its methods throw {@link LibvirtException}. {@link #close}
 * waits for nothing: the handle is freed after the call that is under way.
 */
public final class LibvirtConnection implements AutoCloseable {
    private static final int LIST_WITH_SAVED_MEMORY = 1 << 8;
    private static final int BASELINE_EXPAND_FEATURES = 1;
    private static final int LIFECYCLE_EVENT = 0;
    private static final int KEEP_ALIVE_MISSES = 4;

    private final LibvirtLibrary library;
    private final NativeThread thread;
    private final MemorySegment handle;
    private final List<Long> listeners = new ArrayList<>();
    private final List<Integer> registrations = new ArrayList<>();

    private LibvirtConnection(LibvirtLibrary library, MemorySegment handle) {
        this.library = library;
        this.thread = new NativeThread(() -> !alive());
        this.handle = handle;
    }

    /**
     * Connects, on the caller's thread, which must be a native one. A daemon that takes the connection and then says nothing
     * keeps it waiting for ever; calls over the connection end by {@link #silenceMaximum}.
     *
     * @param uri for example {@code qemu:///system}
     * @param keepAlive how often a silent daemon is asked for a sign; without four of them the connection is lost
     */
    static LibvirtConnection open(LibvirtLibrary library, String uri, Duration keepAlive) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = library.checked(library.open.pointer(arena.allocateFrom(uri)));
            int seconds = (int) Math.max(1, keepAlive.toSeconds());
            int _ = library.setKeepAlive.number(handle, seconds, KEEP_ALIVE_MISSES);
            return new LibvirtConnection(library, handle);
        }
    }

    /** How long a daemon may be silent until its connection is lost, and with it every call that waits. */
    static Duration silenceMaximum(Duration keepAlive) {
        return keepAlive.multipliedBy(KEEP_ALIVE_MISSES + 1L);
    }

    /** Whether the daemon is still there, as far as this side knows; asks nothing over the socket, and waits for no call. */
    public boolean alive() {
        return library.isAlive.number(handle) == 1;
    }

    /** The hypervisor's version as one number, for example 7002022 for 7.2.22. */
    public long version() {
        return thread.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment number = arena.allocate(JAVA_LONG);
                library.checked(library.version.number(handle, number));
                return number.get(JAVA_LONG, 0);
            }
        });
    }

    /** The host's name, as libvirt knows it. */
    public String hostname() {
        return thread.call(() -> library.owned(library.hostname.pointer(handle)));
    }

    /** The host's capabilities, XML. */
    public String capabilities() {
        return thread.call(() -> library.owned(library.capabilities.pointer(handle)));
    }

    /** What a domain may have, XML. */
    public String domainCapabilities(String architecture, String virtualisation) {
        return thread.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                return library.owned(library.domainCapabilities.pointer(
                        handle,
                        MemorySegment.NULL,
                        arena.allocateFrom(architecture),
                        MemorySegment.NULL,
                        arena.allocateFrom(virtualisation),
                        0));
            }
        });
    }

    /** A CPU model written out with all of its features, XML. */
    public String expandedCpu(String architecture, String virtualisation, String cpuXml) {
        return thread.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment models = arena.allocate(ADDRESS);
                models.set(ADDRESS, 0, arena.allocateFrom(cpuXml));
                return library.owned(library.baselineCpu.pointer(
                        handle,
                        MemorySegment.NULL,
                        arena.allocateFrom(architecture),
                        MemorySegment.NULL,
                        arena.allocateFrom(virtualisation),
                        models,
                        1,
                        BASELINE_EXPAND_FEATURES));
            }
        });
    }

    /** Processors and memory of the machine. */
    public NodeInformation node() {
        return thread.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                // struct virNodeInfo { char model[32]; unsigned long memory; unsigned int cpus, mhz, nodes, sockets,
                // ...
                MemorySegment node = arena.allocate(64, 8);
                library.checked(library.nodeInformation.number(handle, node));
                return new NodeInformation(
                        node.getString(0),
                        node.get(JAVA_LONG, 32),
                        node.get(JAVA_INT, 40),
                        node.get(JAVA_INT, 48),
                        node.get(JAVA_INT, 52),
                        node.get(JAVA_INT, 56),
                        node.get(JAVA_INT, 60));
            }
        });
    }

    /** Every domain, running or not. The caller closes each. */
    public List<LibvirtDomain> domains() {
        return list(0);
    }

    /** The domains whose memory was saved by {@link LibvirtDomain#save}. The caller closes each. */
    public List<LibvirtDomain> domainsWithSavedMemory() {
        return list(LIST_WITH_SAVED_MEMORY);
    }

    /** The domain with this UUID, when there is one. The caller closes it. */
    public Optional<LibvirtDomain> lookup(String uuid) {
        try {
            return Optional.of(thread.call(() -> {
                try (Arena arena = Arena.ofConfined()) {
                    return domain(library.checked(library.lookupByUuid.pointer(handle, arena.allocateFrom(uuid))));
                }
            }));
        } catch (LibvirtException refusal) {
            if (refusal.fault().code() == LibvirtFault.NO_DOMAIN) {
                return Optional.empty();
            }
            throw refusal;
        }
    }

    /** Does work with the domain that has this UUID, when there is one, and frees it. */
    public <T> Optional<T> on(String uuid, Function<LibvirtDomain, T> work) {
        Optional<LibvirtDomain> found = lookup(uuid);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (LibvirtDomain domain = found.get()) {
            return Optional.of(work.apply(domain));
        }
    }

    /** Defines a domain, or replaces the definition that its next start uses. The caller closes it. */
    public LibvirtDomain define(String xml) {
        return thread.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                return domain(library.checked(library.define.pointer(handle, arena.allocateFrom(xml), 0)));
            }
        });
    }

    /** Tells {@code listener} of each event until the connection is closed, on libvirt's event thread: it must not block. */
    public void listen(Consumer<LibvirtEvent> listener) {
        thread.call(() -> {
            long number = library.callbacks.keepLifecycleListener(listener);
            listeners.add(number);
            registrations.add(library.checked(library.registerEvent.number(
                    handle,
                    MemorySegment.NULL,
                    LIFECYCLE_EVENT,
                    library.callbacks.lifecycle(),
                    MemorySegment.ofAddress(number),
                    MemorySegment.NULL)));
            return number;
        });
    }

    /** Runs {@code listener} when the daemon is lost, on libvirt's event thread: it must not block. */
    public void whenLost(Runnable listener) {
        thread.call(() -> {
            long number = library.callbacks.keepCloseListener(listener);
            listeners.add(number);
            return library.checked(library.registerClose.number(
                    handle, library.callbacks.closed(), MemorySegment.ofAddress(number), MemorySegment.NULL));
        });
    }

    /** Lets go of the daemon, once what is under way has ended. Nothing else may be called any more. */
    @Override
    public void close() {
        thread.last(() -> {
            listeners.forEach(library.callbacks::forget);
            for (int registration : registrations) {
                int _ = library.deregisterEvent.number(handle, registration);
            }
            int _ = library.unregisterClose.number(handle, library.callbacks.closed());
            int _ = library.close.number(handle);
        });
    }

    private List<LibvirtDomain> list(int flags) {
        return thread.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment array = arena.allocate(ADDRESS);
                int count = library.checked(library.listDomains.number(handle, array, flags));
                MemorySegment pointers = array.get(ADDRESS, 0).reinterpret(ADDRESS.byteSize() * (count + 1L));
                List<LibvirtDomain> domains = new ArrayList<>(count);
                for (int index = 0; index < count; index++) {
                    domains.add(domain(pointers.getAtIndex(ADDRESS, index)));
                }
                library.release(pointers);
                return domains;
            }
        });
    }

    private LibvirtDomain domain(MemorySegment pointer) {
        return new LibvirtDomain(library, thread, pointer);
    }
}
