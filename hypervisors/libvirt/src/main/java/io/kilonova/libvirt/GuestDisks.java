package io.kilonova.libvirt;

import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

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
    private static final long DISK_BYTES_MAXIMUM = 64L << 40;
    private static final long REPORT_EVERY_BYTES = 64L << 20;

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
        if (!exist(guest.id())) {
            fill(guest, building -> createDisks(guest, building));
        }
    }

    /** Makes the guest's files of those that another host sent; what is there is replaced once they are whole. */
    void rebuild(GuestSpecification guest, InputStream sent, Progress progress) {
        fill(guest, building -> {
            DiskStream.write(sent, building, Set.of(ROOT, EPHEMERAL, CONSOLE), DISK_BYTES_MAXIMUM, bytes -> {
                if (bytes / REPORT_EVERY_BYTES != (bytes - DiskStream.BLOCK_BYTES) / REPORT_EVERY_BYTES) {
                    progress.report("Copying disks: %d MiB".formatted(bytes / MEBIBYTE), 50);
                }
            });
            adopt(guest, building);
            InstanceFolders.delete(folders.of(guest.id()));
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
            // First of all, so that cleaning the cache meanwhile spares the images.
            Files.write(
                    building.resolve(IMAGES_USED),
                    imagesOf(guest).stream()
                            .map(image ->
                                    images.locate(image).file().getFileName().toString())
                            .toList());
            disks.into(building);
            createSwap(guest, building);
            if (guest.configDrive().isPresent()) {
                ConfigDriveImage.write(
                        host,
                        guest.id(),
                        building.resolve(CONFIG_DRIVE),
                        guest.configDrive().get());
            }
            Files.move(building, folders.of(guest.id()), StandardCopyOption.ATOMIC_MOVE);
            building = null;
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "making a guest's disks");
        } finally {
            discard(building);
        }
    }

    private void createDisks(GuestSpecification guest, Path building) {
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
        createEphemeral(guest, building);
    }

    /** Looks into disks that another host sent, puts the root disk over this host's copy of its image, and lets them grow. */
    private void adopt(GuestSpecification guest, Path building) throws IOException {
        Path root = building.resolve(ROOT);
        boolean overlay = guest.image().format() != ImageFormat.ISO;
        if (overlay || Files.exists(root)) {
            long size = inspected(guest, root, overlay);
            if (overlay) {
                BaseImage base = images.locate(guest.image());
                tool.rebase(root, base.file(), base.format());
            }
            grow(root, size, guest.rootDiskGibibytes() == 0 ? size : guest.rootDiskGibibytes() * GIBIBYTE);
        }
        Path ephemeral = building.resolve(EPHEMERAL);
        if (Files.exists(ephemeral)) {
            grow(ephemeral, inspected(guest, ephemeral, false), guest.ephemeralDiskGibibytes() * GIBIBYTE);
        } else {
            createEphemeral(guest, building);
        }
    }

    private long inspected(GuestSpecification guest, Path disk, boolean overlay) throws IOException {
        try {
            return overlay
                    ? ImageInspection.virtualSizeBytesOfOverlay(disk)
                    : ImageInspection.virtualSizeBytes(disk, DiskFormat.QCOW2);
        } catch (ImageInspection.Refused | NoSuchFileException wrong) {
            throw HypervisorError.HYPERVISOR_REFUSED.because(
                    wrong, host, "the disks that came for guest %s are not a guest's".formatted(guest.id()));
        }
    }

    private void grow(Path disk, long bytes, long wantedBytes) {
        if (wantedBytes < bytes) {
            throw HypervisorError.FLAVOR_DISK_TOO_SMALL.with(wantedBytes, bytes);
        }
        if (wantedBytes > bytes) {
            tool.grow(disk, DiskFormat.QCOW2, wantedBytes);
        }
    }

    private void createEphemeral(GuestSpecification guest, Path building) {
        if (guest.ephemeralDiskGibibytes() > 0) {
            tool.createEmpty(building.resolve(EPHEMERAL), DiskFormat.QCOW2, guest.ephemeralDiskGibibytes() * GIBIBYTE);
        }
    }

    private void createSwap(GuestSpecification guest, Path building) {
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
    }

    /** The files of a guest that go with it to another host; the rest is made there from what the guest is. */
    InputStream read(String guestId) {
        try {
            return new DiskStream(Stream.of(ROOT, EPHEMERAL, CONSOLE)
                    .map(folders.of(guestId)::resolve)
                    .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList());
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "reading a guest's disks");
        }
    }

    /** Makes the place where a guest arrives that runs on another host. */
    void expect(String guestId, Optional<DiskOwner> emulator) {
        try {
            folders.expect(guestId, emulator);
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "expecting a guest");
        }
    }

    /** That place. */
    Path arrival(String guestId) {
        return folders.arrival(guestId);
    }

    /** Whether the guest is on its way here, as far as was noticed. */
    boolean expected(String guestId) {
        return InstanceFolders.UUID.matcher(guestId).matches() && Files.isDirectory(folders.arrival(guestId));
    }

    /** Ends the wait for a guest, which is here. */
    void arrived(String guestId) {
        try {
            InstanceFolders.delete(folders.arrival(guestId));
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
