package io.kilonova.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kilonova.spi.LiveMigrationTarget;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A domain. Its methods throw {@link LibvirtException}. It holds its connection, and is to be closed by the one who
 * asked for it, on whatever way is left; it is not for sharing.
 */
public final class LibvirtDomain implements AutoCloseable {
    private static final int UUID_STRING_BYTES = 37;
    private static final int START_FORCE_BOOT = 1 << 3;
    private static final int SHUTDOWN_BY_POWER_BUTTON = 1;
    private static final int UNDEFINE_MANAGED_SAVE = 1;
    private static final int UNDEFINE_SNAPSHOTS = 1 << 1;
    private static final int UNDEFINE_NVRAM = 1 << 2;
    private static final int UNDEFINE_CHECKPOINTS = 1 << 4;
    private static final int XML_INACTIVE = 1 << 1;
    private static final int AFFECT_LIVE = 1;
    private static final int AFFECT_CONFIG = 1 << 1;
    private static final int METADATA_ELEMENT = 2;
    private static final Set<Integer> PAUSED_TO_RECEIVE = Set.of(2, 11); // VIR_DOMAIN_PAUSED_MIGRATION, STARTING_UP
    private static final int NO_JOB = 0;
    private static final int MIGRATE_LIVE = 1;
    private static final int MIGRATE_PEER_TO_PEER = 1 << 1;
    private static final int MIGRATE_PERSISTENTLY = 1 << 3;
    private static final int MIGRATE_FROZEN = 1 << 5;
    private static final int MIGRATE_WITH_OVERLAYS = 1 << 7;
    private static final int MIGRATE_ABORT_ON_ERROR = 1 << 12;
    private static final int MIGRATE_CONVERGING = 1 << 13;

    private final LibvirtLibrary library;
    private final NativeThread thread;
    private final MemorySegment handle;
    private final AtomicBoolean closed = new AtomicBoolean();

    LibvirtDomain(LibvirtLibrary library, NativeThread thread, MemorySegment handle) {
        this.library = library;
        this.thread = thread;
        this.handle = handle;
    }

    /** Its name. */
    public String name() {
        return thread.call(() -> library.borrowed(library.domainName.pointer(open())));
    }

    /** Its UUID, lower case. */
    public String uuid() {
        return thread.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment text = arena.allocate(UUID_STRING_BYTES);
                library.checked(library.domainUuid.number(open(), text));
                return text.getString(0);
            }
        });
    }

    /** What it does now. */
    public DomainState state() {
        return thread.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(JAVA_INT);
                library.checked(library.domainState.number(open(), state, MemorySegment.NULL, 0));
                return DomainState.of(state.get(JAVA_INT, 0));
            }
        });
    }

    /** Whether it waits for the rest of itself from another host. */
    public boolean arriving() {
        return thread.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(JAVA_INT);
                MemorySegment reason = arena.allocate(JAVA_INT);
                library.checked(library.domainState.number(open(), state, reason, 0));
                return DomainState.of(state.get(JAVA_INT, 0)) == DomainState.PAUSED
                        && PAUSED_TO_RECEIVE.contains(reason.get(JAVA_INT, 0));
            }
        });
    }

    /**
     * Sends it to another host while it runs, with all disks that it writes, and waits for the end. Without an exception it
     * is there, frozen, and has no process here; its definition stays here.
     *
     * @param destination the other libvirt's URI, as this libvirtd reaches it
     * @param sockets the folder on both machines where QEMU meets QEMU
     * @param definitionXml how it is defined there
     */
    public void migrate(String destination, Path sockets, String definitionXml) {
        Map<String, String> how = Map.of(
                "migrate_uri",
                "unix://" + sockets.resolve(LiveMigrationTarget.MEMORY),
                "disks_uri",
                "unix://" + sockets.resolve(LiveMigrationTarget.DISKS),
                "destination_xml",
                definitionXml,
                "persistent_xml",
                definitionXml);
        int flags = MIGRATE_LIVE
                | MIGRATE_PEER_TO_PEER
                | MIGRATE_PERSISTENTLY
                | MIGRATE_FROZEN
                | MIGRATE_WITH_OVERLAYS
                | MIGRATE_ABORT_ON_ERROR
                | MIGRATE_CONVERGING;
        check(() -> {
            try (Arena arena = Arena.ofConfined()) {
                return library.domainMigrate.number(
                        open(), arena.allocateFrom(destination), TypedParameters.of(arena, how), how.size(), flags);
            }
        });
    }

    /** What it is busy with. */
    public DomainJob job() {
        try {
            return thread.call(this::readJob);
        } catch (LibvirtException refusal) {
            if (refusal.fault().code() == LibvirtFault.OPERATION_INVALID) {
                return DomainJob.NONE; // it does not run
            }
            throw refusal;
        }
    }

    private DomainJob readJob() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment kind = arena.allocate(JAVA_INT);
            MemorySegment parameters = arena.allocate(ADDRESS);
            MemorySegment count = arena.allocate(JAVA_INT);
            library.checked(library.domainJobStatistics.number(open(), kind, parameters, count, 0));
            MemorySegment list = parameters.get(ADDRESS, 0);
            try {
                return new DomainJob(
                        kind.get(JAVA_INT, 0) != NO_JOB, TypedParameters.numbers(list, count.get(JAVA_INT, 0)));
            } finally {
                library.freeParameters.nothing(list, count.get(JAVA_INT, 0));
            }
        }
    }

    /** Has what it is busy with given up. */
    public void abortJob() {
        check(() -> library.domainAbortJob.number(open()));
    }

    /** Starts it; from its saved memory when it has one. */
    public void create() {
        check(() -> library.domainCreate.number(open(), 0));
    }

    /** Starts it from power off; saved memory is thrown away. */
    public void createAfresh() {
        check(() -> library.domainCreate.number(open(), START_FORCE_BOOT));
    }

    /** Presses its power button. */
    public void pressPowerButton() {
        check(() -> library.domainShutdown.number(open(), SHUTDOWN_BY_POWER_BUTTON));
    }

    /** Cuts its power. */
    public void cutPower() {
        check(() -> library.domainDestroy.number(open(), 0));
    }

    /** Freezes it in memory. */
    public void freeze() {
        check(() -> library.domainSuspend.number(open()));
    }

    /** Thaws it. */
    public void thaw() {
        check(() -> library.domainResume.number(open()));
    }

    /** Writes its memory to the host's disk and ends its process; the next {@link #create} goes on from there. */
    public void save() {
        check(() -> library.domainSave.number(open(), 0));
    }

    /** Whether there is saved memory. */
    public boolean saved() {
        return check(() -> library.domainHasSave.number(open(), 0)) == 1;
    }

    /** Whether it has a definition that outlives its process. */
    public boolean persistent() {
        return check(() -> library.domainIsPersistent.number(open())) == 1;
    }

    /** Removes its definition, with all that libvirt keeps for it. */
    public void undefine() {
        int everything = UNDEFINE_MANAGED_SAVE | UNDEFINE_SNAPSHOTS | UNDEFINE_NVRAM | UNDEFINE_CHECKPOINTS;
        check(() -> library.domainUndefine.number(open(), everything));
    }

    /** Its definition as it runs now. */
    public String liveXml() {
        return thread.call(() -> library.owned(library.domainXml.pointer(open(), 0)));
    }

    /** Its definition for the next start. */
    public String definitionXml() {
        return thread.call(() -> library.owned(library.domainXml.pointer(open(), XML_INACTIVE)));
    }

    /** Whether this program made it, which is: it carries our mark. */
    public boolean ours() {
        return metadata(DomainDefinition.NAMESPACE).isPresent();
    }

    /**
     * The metadata element of a namespace, when it has one: of its definition for the next start, or as it runs where it has
     * none, as while it arrives from another host.
     */
    public Optional<String> metadata(String namespace) {
        try {
            return Optional.of(metadata(namespace, AFFECT_CONFIG));
        } catch (LibvirtException refusal) {
            if (refusal.fault().code() == LibvirtFault.OPERATION_INVALID) {
                return liveMetadata(namespace);
            }
            return absent(refusal);
        }
    }

    private Optional<String> liveMetadata(String namespace) {
        try {
            return Optional.of(metadata(namespace, AFFECT_LIVE));
        } catch (LibvirtException refusal) {
            return absent(refusal);
        }
    }

    private static Optional<String> absent(LibvirtException refusal) {
        if (refusal.fault().code() == LibvirtFault.NO_DOMAIN_METADATA) {
            return Optional.empty();
        }
        throw refusal;
    }

    private String metadata(String namespace, int definition) {
        return thread.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                return library.owned(library.domainMetadata.pointer(
                        open(), METADATA_ELEMENT, arena.allocateFrom(namespace), definition));
            }
        });
    }

    /** Plugs a device into the running guest. */
    public void attach(String deviceXml) {
        check(() -> {
            try (Arena arena = Arena.ofConfined()) {
                return library.domainAttach.number(open(), arena.allocateFrom(deviceXml), AFFECT_LIVE);
            }
        });
    }

    /** Asks the running guest to let go of a device; it is gone when {@link #liveXml} no longer has it. */
    public void detach(String deviceXml) {
        check(() -> {
            try (Arena arena = Arena.ofConfined()) {
                return library.domainDetach.number(open(), arena.allocateFrom(deviceXml), AFFECT_LIVE);
            }
        });
    }

    /** Frees the handle; the domain stays. Repeating it changes nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            int _ = library.domainFree.number(handle); // asks nothing of the daemon
        }
    }

    private int check(Supplier<Integer> work) {
        return thread.call(() -> library.checked(work.get()));
    }

    private MemorySegment open() {
        if (closed.get()) {
            throw new IllegalStateException("the domain was closed");
        }
        return handle;
    }
}
