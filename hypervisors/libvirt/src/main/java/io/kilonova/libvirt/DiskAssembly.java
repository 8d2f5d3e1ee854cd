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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Fills a folder with a guest's files: from its images, or from what another host sent. */
final class DiskAssembly {
    static final String ROOT = "disk";
    static final String EPHEMERAL = "disk.eph0";
    static final String SWAP = "disk.swap";
    static final String CONFIG_DRIVE = "disk.config";
    static final String IMAGES_USED = "images";
    static final String CONSOLE = "console.log";
    private static final long GIBIBYTE = 1L << 30;
    private static final long MEBIBYTE = 1L << 20;
    private static final long DISK_BYTES_MAXIMUM = 64L << 40;
    private static final long REPORT_EVERY_BYTES = 64L << 20;

    private final String host;
    private final ImageCache images;
    private final DiskImageTool tool;

    DiskAssembly(String host, ImageCache images, DiskImageTool tool) {
        this.host = host;
        this.images = images;
        this.tool = tool;
    }

    /** Refuses, before anything is downloaded, a flavor that the image is known not to fit in. */
    static void checkSize(GuestSpecification guest, long imageBytes) {
        long flavorBytes = guest.rootDiskGibibytes() * GIBIBYTE;
        if (flavorBytes > 0 && imageBytes > flavorBytes) {
            throw HypervisorError.FLAVOR_DISK_TOO_SMALL.with(flavorBytes, imageBytes);
        }
    }

    /** Every image that a guest needs. */
    static List<ImageReference> imagesOf(GuestSpecification guest) {
        List<ImageReference> needed = new ArrayList<>();
        needed.add(guest.image());
        guest.kernel().ifPresent(direct -> {
            needed.add(direct.kernel());
            direct.ramdisk().ifPresent(needed::add);
        });
        return needed;
    }

    /** Makes all of a guest's files from images that were fetched. */
    void fromImages(GuestSpecification guest, Path building) throws IOException {
        begin(guest, building);
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
        finish(guest, building);
    }

    /** Makes all of a guest's files, those that travel of what another host sends. */
    void fromAnotherHost(GuestSpecification guest, Path building, DiskSource source, Progress progress)
            throws IOException {
        begin(guest, building);
        try (InputStream sent = source.open()) {
            DiskStream.write(sent, building, Set.of(ROOT, EPHEMERAL, CONSOLE), DISK_BYTES_MAXIMUM, bytes -> {
                if (bytes / REPORT_EVERY_BYTES != (bytes - DiskStream.BLOCK_BYTES) / REPORT_EVERY_BYTES) {
                    progress.report("Copying disks: %d MiB".formatted(bytes / MEBIBYTE), 50);
                }
            });
        } catch (DiskStream.Broken broken) {
            throw HypervisorError.HYPERVISOR_REFUSED.because(
                    broken, source.host(), "the disks that it sent cannot be used: " + broken.getMessage());
        } catch (DiskStream.Lost lost) {
            throw HypervisorError.HYPERVISOR_UNREACHABLE.because(
                    lost, source.host(), "its disks could not be read to their end");
        }
        adopt(guest, building);
        finish(guest, building);
    }

    /** The images are named first of all, so that cleaning the cache meanwhile spares them. */
    private void begin(GuestSpecification guest, Path building) throws IOException {
        Files.write(
                building.resolve(IMAGES_USED),
                imagesOf(guest).stream()
                        .map(image -> images.locate(image).file().getFileName().toString())
                        .toList());
    }

    private void finish(GuestSpecification guest, Path building) throws IOException {
        createSwap(guest, building);
        if (guest.configDrive().isPresent()) {
            ConfigDriveImage.write(
                    host,
                    guest.id(),
                    building.resolve(CONFIG_DRIVE),
                    guest.configDrive().get());
        }
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
}
