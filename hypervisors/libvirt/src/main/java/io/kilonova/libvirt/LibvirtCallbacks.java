package io.kilonova.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The functions that libvirt calls, on its event loop's thread. There is one native stub of each for the whole process,
 * never freed, so that a late call cannot meet freed code; the listener is found by the number that was registered.
 */
final class LibvirtCallbacks {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtCallbacks.class);
    private static final int UUID_STRING_BYTES = 37;

    private final AtomicLong numbers = new AtomicLong(1);
    private final Map<Long, Consumer<LibvirtEvent>> lifecycleListeners = new ConcurrentHashMap<>();
    private final Map<Long, Runnable> closeListeners = new ConcurrentHashMap<>();
    private final NativeFunction domainUuid;
    private final MemorySegment lifecycle;
    private final MemorySegment closed;
    private final MemorySegment silence;

    LibvirtCallbacks(Linker linker, NativeFunction domainUuid) {
        this.domainUuid = domainUuid;
        this.lifecycle = stub(
                linker, "onLifecycle", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
        this.closed = stub(linker, "onClosed", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, ADDRESS));
        this.silence = stub(linker, "onError", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    }

    /** The address for {@code virConnectDomainEventRegisterAny}. */
    MemorySegment lifecycle() {
        return lifecycle;
    }

    /** The address for {@code virConnectRegisterCloseCallback}. */
    MemorySegment closed() {
        return closed;
    }

    /** The address for {@code virSetErrorFunc}: libvirt would otherwise print each error to the process's stderr. */
    MemorySegment silence() {
        return silence;
    }

    /** Keeps a listener; the number is what libvirt hands back as {@code opaque}. */
    long keepLifecycleListener(Consumer<LibvirtEvent> listener) {
        long number = numbers.getAndIncrement();
        lifecycleListeners.put(number, listener);
        return number;
    }

    /** Keeps a listener for the loss of a connection. */
    long keepCloseListener(Runnable listener) {
        long number = numbers.getAndIncrement();
        closeListeners.put(number, listener);
        return number;
    }

    /** Forgets a listener of either kind. */
    void forget(long number) {
        lifecycleListeners.remove(number);
        closeListeners.remove(number);
    }

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by libvirt
    private int onLifecycle(
            MemorySegment connection, MemorySegment domain, int event, int detail, MemorySegment opaque) {
        try (Arena arena = Arena.ofConfined()) {
            Consumer<LibvirtEvent> listener = lifecycleListeners.get(opaque.address());
            LibvirtEvent.Kind[] kinds = LibvirtEvent.Kind.values();
            if (listener != null && event >= 0 && event < kinds.length) {
                MemorySegment uuid = arena.allocate(UUID_STRING_BYTES);
                if (domainUuid.number(domain, uuid) == 0) {
                    listener.accept(new LibvirtEvent(uuid.getString(0), kinds[event], detail));
                }
            }
        } catch (Throwable failure) {
            // An exception that left an upcall would end the process.
            LOG.error("A listener of libvirt's events failed", failure);
        }
        return 0;
    }

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by libvirt
    private void onClosed(MemorySegment connection, int reason, MemorySegment opaque) {
        try {
            Runnable listener = closeListeners.get(opaque.address());
            if (listener != null) {
                listener.run();
            }
        } catch (Throwable failure) {
            // An exception that left an upcall would end the process.
            LOG.error("A listener of libvirt's connection failed", failure);
        }
    }

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by libvirt
    private void onError(MemorySegment data, MemorySegment error) {
        // The error stays on the thread, where the caller reads it.
    }

    private MemorySegment stub(Linker linker, String method, FunctionDescriptor descriptor) {
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findVirtual(LibvirtCallbacks.class, method, descriptor.toMethodType())
                    .bindTo(this);
            return linker.upcallStub(target, descriptor, Arena.global());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(method, impossible);
        }
    }
}
