package io.kilonova.libvirt;

import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of guests: made once, all or none, and found again from the specification alone. */
final class GuestDisks {
    private static final int SERIAL_CHARACTERS = 20;

    private final String host;
    private final InstanceFolders folders;
    private final ImageCache images;
    private final DiskAssembly assembly;
    private final ReentrantReadWriteLock cleaning = new ReentrantReadWriteLock();

    GuestDisks(String host, InstanceFolders folders, ImageCache images, DiskImageTool tool) {
        this.host = host;
        this.folders = folders;
        this.images = images;
        this.assembly = new DiskAssembly(host, images, tool);
    }

    /** Whether the guest's files are there, which is: all of them. */
    boolean exist(String guestId) {
        return Files.isDirectory(folders.of(guestId));
    }

    /** Refuses a guest whose files are not there. */
    void require(String guestId) {
        if (!exist(guestId)) {
            throw HypervisorError.GUEST_NOT_FOUND.with(guestId, host);
        }
    }

    /** The guests that have files here which this program made, but for those that are awaited from another host. */
    Set<String> guests() {
        try {
            return folders.all().stream()
                    .filter(folder -> Files.exists(folder.resolve(DiskAssembly.IMAGES_USED)))
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> InstanceFolders.UUID.matcher(name).matches() && !folders.expected(name))
                    .collect(Collectors.toCollection(HashSet::new));
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "listing guests");
        }
    }

    /** What the guest's serial console writes to. */
    Path consoleLog(String guestId) {
        return folders.of(guestId).resolve(DiskAssembly.CONSOLE);
    }

    /** Keeps images from being cleaned away between being fetched and being used; closed by the thread that asked. */
    Hold holdImages() {
        cleaning.readLock().lock();
        return () -> cleaning.readLock().unlock();
    }

    /** A time in which no image is removed. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /** Fetches every image that the guest needs. */
    void fetchImages(GuestSpecification guest, Progress progress) {
        DiskAssembly.checkSize(guest, guest.image().virtualSizeBytes());
        for (ImageReference image : DiskAssembly.imagesOf(guest)) {
            BaseImage _ = images.fetch(image, progress);
        }
        DiskAssembly.checkSize(guest, images.virtualSizeBytes(guest.image()));
    }

    /** Makes the guest's files from images that were fetched, unless they are there. */
    void build(GuestSpecification guest) {
        if (!exist(guest.id())) {
            fill(guest, building -> assembly.fromImages(guest, building));
        }
    }

    /** Makes the guest's files of those that another host sent; what is there is replaced once they are whole. */
    void rebuild(GuestSpecification guest, DiskSource source, Progress progress) {
        fill(guest, building -> {
            assembly.fromAnotherHost(guest, building, source, progress);
            InstanceFolders.delete(folders.of(guest.id()));
        });
    }

    /**
     * Makes files to fill and the place where a guest arrives that runs on another host. What an earlier attempt filled is
     * thrown away, for it would show through where the guest's own disks are empty.
     *
     * @param emulator who alone comes into that place, beside root
     */
    void expect(GuestSpecification guest, Optional<DiskOwner> emulator) {
        if (exist(guest.id()) && !expected(guest.id())) {
            throw HypervisorError.HYPERVISOR_REFUSED.with(host, "the guest has disks here already");
        }
        remove(guest.id());
        fill(guest, building -> {
            assembly.fromImages(guest, building);
            folders.makeArrival(guest.id(), building, emulator);
        });
    }

    /** Something that is done to a folder that is being filled. */
    private interface Filling {
        void into(Path building) throws IOException;
    }

    private void fill(GuestSpecification guest, Filling disks) {
        Path building = null;
        try {
            building = folders.building(guest.id());
            disks.into(building);
            Files.move(building, folders.of(guest.id()), StandardCopyOption.ATOMIC_MOVE);
            building = null;
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "making a guest's disks");
        } finally {
            discard(building);
        }
    }

    /** The files of a guest that go with it to another host; the rest is made there from what the guest is. */
    InputStream read(String guestId) {
        try {
            return new DiskStream(Stream.of(DiskAssembly.ROOT, DiskAssembly.EPHEMERAL, DiskAssembly.CONSOLE)
                    .map(folders.of(guestId)::resolve)
                    .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList());
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "reading a guest's disks");
        }
    }

    /** Where a guest arrives. */
    Path arrival(String guestId) {
        return folders.arrival(guestId);
    }

    /** Whether the guest is on its way here, as far as was noticed. */
    boolean expected(String guestId) {
        return InstanceFolders.UUID.matcher(guestId).matches() && folders.expected(guestId);
    }

    /** Ends the wait for a guest, which is here. */
    void arrived(String guestId) {
        try {
            folders.arrived(guestId);
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "welcoming a guest");
        }
    }

    /** The guest's disks in its order: root, ephemeral, swap, config drive; and an ISO image that it starts from. */
    List<GuestDisk> layout(GuestSpecification guest, GuestShape shape) {
        Path folder = folders.of(guest.id());
        boolean direct = guest.kernel().isPresent();
        boolean iso = guest.image().format() == ImageFormat.ISO;
        List<GuestDisk> disks = new ArrayList<>();
        if (!iso || guest.rootDiskGibibytes() > 0) {
            disks.add(new GuestDisk(
                    folder.resolve(DiskAssembly.ROOT),
                    DiskFormat.QCOW2,
                    iso ? Optional.empty() : Optional.of(images.locate(guest.image())),
                    GuestDisk.Kind.DISK,
                    shape.diskBus(),
                    serial(guest.id(), ""),
                    direct ? Optional.empty() : Optional.of(1)));
        }
        if (guest.ephemeralDiskGibibytes() > 0) {
            disks.add(data(
                    folder.resolve(DiskAssembly.EPHEMERAL),
                    DiskFormat.QCOW2,
                    shape.diskBus(),
                    serial(guest.id(), "e")));
        }
        if (guest.swapMebibytes() > 0) {
            disks.add(
                    data(folder.resolve(DiskAssembly.SWAP), DiskFormat.RAW, shape.diskBus(), serial(guest.id(), "s")));
        }
        if (iso) {
            // After the disk: an empty one is passed over, and one that was installed to is not installed to again.
            disks.add(cdrom(images.locate(guest.image()).file(), shape, direct ? Optional.empty() : Optional.of(2)));
        }
        if (guest.configDrive().isPresent()) {
            disks.add(cdrom(folder.resolve(DiskAssembly.CONFIG_DRIVE), shape, Optional.empty()));
        }
        return disks;
    }

    /** The kernel that the hypervisor starts, when there is one. */
    Optional<DomainPlan.Kernel> kernel(GuestSpecification guest) {
        return guest.kernel()
                .map(direct -> new DomainPlan.Kernel(
                        images.locate(direct.kernel()).file(),
                        direct.ramdisk().map(ramdisk -> images.locate(ramdisk).file()),
                        direct.commandLine()));
    }

    /** Removes images that no guest here has used for a while; returns how many. Does nothing while a guest is made. */
    int cleanImages(Duration unusedFor) {
        if (!cleaning.writeLock().tryLock()) {
            return 0;
        }
        try {
            Set<String> used = new HashSet<>();
            for (Path folder : folders.all()) {
                Path list = folder.resolve(DiskAssembly.IMAGES_USED);
                if (Files.exists(list)) {
                    used.addAll(Files.readAllLines(list));
                }
            }
            return images.clean(unusedFor, used);
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "cleaning the image cache");
        } finally {
            cleaning.writeLock().unlock();
        }
    }

    /** Removes all of the guest's files. */
    void remove(String guestId) {
        folders.remove(guestId);
    }

    private static GuestDisk data(Path file, DiskFormat format, DiskBus bus, String serial) {
        return new GuestDisk(file, format, Optional.empty(), GuestDisk.Kind.DISK, bus, serial, Optional.empty());
    }

    private static GuestDisk cdrom(Path file, GuestShape shape, Optional<Integer> bootOrder) {
        return new GuestDisk(
                file, DiskFormat.RAW, Optional.empty(), GuestDisk.Kind.CDROM, shape.cdromBus(), "", bootOrder);
    }

    /** What the guest reads as the disk's serial number; virtio has room for 20 characters. */
    private static String serial(String guestId, String suffix) {
        return guestId.replace("-", "").substring(0, SERIAL_CHARACTERS - 1) + suffix;
    }

    private void discard(@org.jspecify.annotations.Nullable Path building) {
        if (building != null) {
            try {
                InstanceFolders.delete(building);
            } catch (IOException failure) {
                throw HostDisk.failure(host, failure, "removing half-made disks");
            }
        }
    }
}
