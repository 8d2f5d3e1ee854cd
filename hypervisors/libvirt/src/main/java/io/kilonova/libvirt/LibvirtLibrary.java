package io.kilonova.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The functions of {@code libvirt.so.0} that this program uses. Loaded when first asked for, once a process; libvirt's
 * event loop runs on one daemon thread from then on. Each function must be called on a {@link NativeThread}: a native
 * call pins its carrier, and libvirt keeps its last error per thread.
 */
final class LibvirtLibrary {
    private static final ReentrantLock LOADING = new ReentrantLock();
    private static Optional<LibvirtLibrary> loaded = Optional.empty();

    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup symbols;

    final NativeFunction open;
    final NativeFunction close;
    final NativeFunction isAlive;
    final NativeFunction setKeepAlive;
    final NativeFunction version;
    final NativeFunction hostname;
    final NativeFunction capabilities;
    final NativeFunction domainCapabilities;
    final NativeFunction baselineCpu;
    final NativeFunction nodeInformation;
    final NativeFunction listDomains;
    final NativeFunction lookupByUuid;
    final NativeFunction define;
    final NativeFunction registerEvent;
    final NativeFunction deregisterEvent;
    final NativeFunction registerClose;
    final NativeFunction unregisterClose;
    final NativeFunction domainName;
    final NativeFunction domainUuid;
    final NativeFunction domainState;
    final NativeFunction domainCreate;
    final NativeFunction domainShutdown;
    final NativeFunction domainDestroy;
    final NativeFunction domainSuspend;
    final NativeFunction domainResume;
    final NativeFunction domainSave;
    final NativeFunction domainHasSave;
    final NativeFunction domainUndefine;
    final NativeFunction domainXml;
    final NativeFunction domainMetadata;
    final NativeFunction domainAttach;
    final NativeFunction domainDetach;
    final NativeFunction domainIsPersistent;
    final NativeFunction domainFree;
    final NativeFunction domainMigrate;
    final NativeFunction domainJobStatistics;
    final NativeFunction domainAbortJob;
    final NativeFunction freeParameters;
    final LibvirtCallbacks callbacks;
    private final NativeFunction release;
    private final NativeFunction lastError;
    private final NativeFunction runEvents;

    private LibvirtLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
        open = pointer("virConnectOpen", ADDRESS);
        close = number("virConnectClose", ADDRESS);
        isAlive = number("virConnectIsAlive", ADDRESS);
        setKeepAlive = number("virConnectSetKeepAlive", ADDRESS, JAVA_INT, JAVA_INT);
        version = number("virConnectGetVersion", ADDRESS, ADDRESS);
        hostname = pointer("virConnectGetHostname", ADDRESS);
        capabilities = pointer("virConnectGetCapabilities", ADDRESS);
        domainCapabilities =
                pointer("virConnectGetDomainCapabilities", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
        baselineCpu = pointer(
                "virConnectBaselineHypervisorCPU",
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                JAVA_INT,
                JAVA_INT);
        nodeInformation = number("virNodeGetInfo", ADDRESS, ADDRESS);
        listDomains = number("virConnectListAllDomains", ADDRESS, ADDRESS, JAVA_INT);
        lookupByUuid = pointer("virDomainLookupByUUIDString", ADDRESS, ADDRESS);
        define = pointer("virDomainDefineXMLFlags", ADDRESS, ADDRESS, JAVA_INT);
        registerEvent =
                number("virConnectDomainEventRegisterAny", ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
        deregisterEvent = number("virConnectDomainEventDeregisterAny", ADDRESS, JAVA_INT);
        registerClose = number("virConnectRegisterCloseCallback", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        unregisterClose = number("virConnectUnregisterCloseCallback", ADDRESS, ADDRESS);
        domainName = pointer("virDomainGetName", ADDRESS);
        domainUuid = number("virDomainGetUUIDString", ADDRESS, ADDRESS);
        domainState = number("virDomainGetState", ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
        domainCreate = number("virDomainCreateWithFlags", ADDRESS, JAVA_INT);
        domainShutdown = number("virDomainShutdownFlags", ADDRESS, JAVA_INT);
        domainDestroy = number("virDomainDestroyFlags", ADDRESS, JAVA_INT);
        domainSuspend = number("virDomainSuspend", ADDRESS);
        domainResume = number("virDomainResume", ADDRESS);
        domainSave = number("virDomainManagedSave", ADDRESS, JAVA_INT);
        domainHasSave = number("virDomainHasManagedSaveImage", ADDRESS, JAVA_INT);
        domainUndefine = number("virDomainUndefineFlags", ADDRESS, JAVA_INT);
        domainXml = pointer("virDomainGetXMLDesc", ADDRESS, JAVA_INT);
        domainMetadata = pointer("virDomainGetMetadata", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
        domainAttach = number("virDomainAttachDeviceFlags", ADDRESS, ADDRESS, JAVA_INT);
        domainDetach = number("virDomainDetachDeviceFlags", ADDRESS, ADDRESS, JAVA_INT);
        domainIsPersistent = number("virDomainIsPersistent", ADDRESS);
        domainFree = number("virDomainFree", ADDRESS);
        domainMigrate = number("virDomainMigrateToURI3", ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT);
        domainJobStatistics = number("virDomainGetJobStats", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
        domainAbortJob = number("virDomainAbortJob", ADDRESS);
        freeParameters = bind("virTypedParamsFree", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
        callbacks = new LibvirtCallbacks(linker, domainUuid);
        lastError = pointer("virGetLastError");
        runEvents = number("virEventRunDefaultImpl");
        release = new NativeFunction(
                "free",
                linker.downcallHandle(linker.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ADDRESS)));
    }

    /**
     * The library, loaded and with its event loop running.
     *
     * @throws io.kilonova.errors.ServiceException {@link LibvirtError#LIBVIRT_ABSENT}
     */
    static LibvirtLibrary load() {
        LOADING.lock();
        try {
            if (loaded.isEmpty()) {
                loaded = Optional.of(initialise());
            }
            return loaded.get();
        } finally {
            LOADING.unlock();
        }
    }

    private static LibvirtLibrary initialise() {
        LibvirtLibrary library;
        try {
            library = new LibvirtLibrary(SymbolLookup.libraryLookup("libvirt.so.0", Arena.global()));
        } catch (IllegalArgumentException absent) {
            throw LibvirtError.LIBVIRT_ABSENT.because(absent);
        } catch (java.util.NoSuchElementException old) {
            throw LibvirtError.LIBVIRT_TOO_OLD.because(old, String.valueOf(old.getMessage()));
        }
        library.number("virInitialize").number();
        library.bind("virSetErrorFunc", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS))
                .nothing(MemorySegment.NULL, library.callbacks.silence());
        library.number("virEventRegisterDefaultImpl").number();
        Thread.ofPlatform().daemon().name("libvirt-events").start(library::runEventLoop);
        return library;
    }

    private void runEventLoop() {
        // Ends with the process. A failed round is repeated after 0.1 s; libvirt blocks in it otherwise.
        while (true) {
            if (runEvents.number() < 0) {
                LockSupport.parkNanos(100_000_000);
            }
        }
    }

    private NativeFunction number(String name, MemoryLayout... parameters) {
        return bind(name, FunctionDescriptor.of(JAVA_INT, parameters));
    }

    private NativeFunction pointer(String name, MemoryLayout... parameters) {
        return bind(name, FunctionDescriptor.of(ADDRESS, parameters));
    }

    private NativeFunction bind(String name, FunctionDescriptor descriptor) {
        return new NativeFunction(name, linker.downcallHandle(symbols.findOrThrow(name), descriptor));
    }

    /** The result, when it says success. */
    int checked(int result) {
        if (result < 0) {
            throw new LibvirtException(lastFault());
        }
        return result;
    }

    /** The pointer, when there is one. */
    MemorySegment checked(MemorySegment pointer) {
        if (pointer.address() == 0) {
            throw new LibvirtException(lastFault());
        }
        return pointer;
    }

    /** A string that libvirt made for us, and which is freed here. */
    String owned(MemorySegment pointer) {
        MemorySegment text = checked(pointer);
        try {
            return borrowed(text);
        } finally {
            release.nothing(text);
        }
    }

    /** A string that stays libvirt's. */
    String borrowed(MemorySegment pointer) {
        return checked(pointer).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** Gives memory back that libvirt allocated for us. */
    void release(MemorySegment pointer) {
        release.nothing(pointer);
    }

    /** Why the last call on this thread failed. */
    private LibvirtFault lastFault() {
        MemorySegment error = lastError.pointer();
        if (error.address() == 0) {
            return new LibvirtFault(0, 0, "libvirt gives no reason");
        }
        // struct virError { int code; int domain; char *message; ... }
        MemorySegment fault = error.reinterpret(16);
        MemorySegment message = fault.get(ADDRESS, 8);
        return new LibvirtFault(
                fault.get(JAVA_INT, 0),
                fault.get(JAVA_INT, 4),
                message.address() == 0
                        ? ""
                        : message.reinterpret(Long.MAX_VALUE).getString(0));
    }
}
