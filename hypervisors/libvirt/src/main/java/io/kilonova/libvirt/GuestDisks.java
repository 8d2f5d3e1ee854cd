package io.kilonova.libvirt;

import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** The files of guests: made once, all or none, and found again from the specification alone. */
final class GuestDisks {
    private static final long GIBIBYTE = 1L << 30;
    private static final long MEBIBYTE = 1L << 20;
    private static final String ROOT = "disk";
    private static final String EPHEMERAL = "disk.eph0";
    private static final String SWAP = "disk.swap";
    private static final String CONFIG_DRIVE = "disk.config";
    private static final String IMAGES_USED = "images";
    private static final String CONSOLE = "console.log";
    private static final int SERIAL_CHARACTERS = 20;

    private final String host;
    private final InstanceFolders folders;
    private final ImageCache images;
    private final DiskImageTool tool;
    private final ReentrantReadWriteLock cleaning = new ReentrantReadWriteLock();

    GuestDisks(String host, InstanceFolders folders, ImageCache images, DiskImageTool tool) {
        this.host = host;
        this.folders = folders;
        this.images = images;
        this.tool = tool;
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

    /** What the guest's serial console writes to. */
    Path consoleLog(String guestId) {
        return folders.of(guestId).resolve(CONSOLE);
    }

    /** Refuses, before anything is downloaded, a flavor that the image is known not to fit in. */
    static void checkSize(GuestSpecification guest, long imageBytes) {
        long flavorBytes = guest.rootDiskGibibytes() * GIBIBYTE;
        if (flavorBytes > 0 && imageBytes > flavorBytes) {
            throw HypervisorError.FLAVOR_DISK_TOO_SMALL.with(flavorBytes, imageBytes);
        }
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
        checkSize(guest, guest.image().virtualSizeBytes());
        for (ImageReference image : imagesOf(guest)) {
            BaseImage _ = images.fetch(image, progress);
        }
        checkSize(guest, images.virtualSizeBytes(guest.image()));
    }

    /** Makes the guest's files from images that were fetched, unless they are there. */
    void build(GuestSpecification guest) {
        if (exist(guest.id())) {
            return;
        }
        Path building = null;
        try {
            building = folders.building(guest.id());
            // First of all, so that cleaning the cache meanwhile spares the images.
            Files.write(
                    building.resolve(IMAGES_USED),
                    imagesOf(guest).stream()
                            .map(image ->
                                    images.locate(image).file().getFileName().toString())
                            .toList());
            fill(guest, building);
            Files.move(building, folders.of(guest.id()), StandardCopyOption.ATOMIC_MOVE);
            building = null;
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "making a guest's disks");
        } finally {
            discard(building);
        }
    }

    private void fill(GuestSpecification guest, Path building) throws IOException {
        long flavorBytes = guest.rootDiskGibibytes() * GIBIBYTE;
        if (guest.image().format() == ImageFormat.ISO) {
            if (flavorBytes > 0) {
                tool.createEmpty(building.resolve(ROOT), DiskFormat.QCOW2, flavorBytes);
            }
        } else {
            BaseImage base = images.locate(guest.image());
            long size = Math.max(flavorBytes, images.virtualSizeBytes(guest.image()));
            tool.createOverlay(building.resolve(ROOT), base.file(), base.format(), size);
        }
        if (guest.ephemeralDiskGibibytes() > 0) {
            tool.createEmpty(building.resolve(EPHEMERAL), DiskFormat.QCOW2, guest.ephemeralDiskGibibytes() * GIBIBYTE);
        }
        if (guest.swapMebibytes() > 0) {
            Path swap = building.resolve(SWAP);
            tool.createEmpty(swap, DiskFormat.RAW, guest.swapMebibytes() * MEBIBYTE);
            HostCommand.Ended made = HostCommand.run(
                    "util-linux", Duration.ofSeconds(30), List.of("mkswap", "-L", "swap0", swap.toString()));
            if (!made.succeeded()) {
                throw made.outOfSpace()
                        ? HypervisorError.HOST_DISK_FULL.with(host, "there was no room for a swap disk")
                        : HypervisorError.HYPERVISOR_REFUSED.with(host, "mkswap ended with " + made.status());
            }
        }
        if (guest.configDrive().isPresent()) {
            ConfigDriveImage.write(
                    host,
                    guest.id(),
                    building.resolve(CONFIG_DRIVE),
                    guest.configDrive().get());
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
                    folder.resolve(ROOT),
                    DiskFormat.QCOW2,
                    iso ? Optional.empty() : Optional.of(images.locate(guest.image())),
                    GuestDisk.Kind.DISK,
                    shape.diskBus(),
                    serial(guest.id(), ""),
                    direct ? Optional.empty() : Optional.of(1)));
        }
        if (guest.ephemeralDiskGibibytes() > 0) {
            disks.add(data(folder.resolve(EPHEMERAL), DiskFormat.QCOW2, shape.diskBus(), serial(guest.id(), "e")));
        }
        if (guest.swapMebibytes() > 0) {
            disks.add(data(folder.resolve(SWAP), DiskFormat.RAW, shape.diskBus(), serial(guest.id(), "s")));
        }
        if (iso) {
            // After the disk: an empty one is passed over, and one that was installed to is not installed to again.
            disks.add(cdrom(images.locate(guest.image()).file(), shape, direct ? Optional.empty() : Optional.of(2)));
        }
        if (guest.configDrive().isPresent()) {
            disks.add(cdrom(folder.resolve(CONFIG_DRIVE), shape, Optional.empty()));
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
                Path list = folder.resolve(IMAGES_USED);
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

    private static List<ImageReference> imagesOf(GuestSpecification guest) {
        List<ImageReference> needed = new ArrayList<>();
        needed.add(guest.image());
        guest.kernel().ifPresent(direct -> {
            needed.add(direct.kernel());
            direct.ramdisk().ifPresent(needed::add);
        });
        return needed;
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
