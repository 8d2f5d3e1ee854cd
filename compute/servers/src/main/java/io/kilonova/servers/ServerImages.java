package io.kilonova.servers;

import io.kilonova.access.Caller;
import io.kilonova.images.Image;
import io.kilonova.images.ImageData;
import io.kilonova.images.ImageStatus;
import io.kilonova.images.Images;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Finds the image that a server is to be made from, and checks that it can be. */
final class ServerImages {
    private static final long BYTES_PER_GIBIBYTE = 1L << 30;
    private static final String DEFAULT_COMMAND_LINE = "console=tty0 console=ttyS0";

    private final Images images;

    ServerImages(Images images) {
        this.images = images;
    }

    /**
     * What a server's root disk is made from.
     *
     * @throws io.kilonova.errors.ServiceException {@link ServerError#IMAGE_NOT_FOUND}, {@link ServerError#IMAGE_NOT_ACTIVE},
     *     {@link ServerError#FLAVOR_MEMORY_TOO_SMALL} or {@link ServerError#FLAVOR_DISK_TOO_SMALL}
     */
    ServerImage resolve(Caller caller, String imageId, Flavor flavor) {
        if (imageId.isEmpty()) {
            throw ServerError.NOT_BUILT.with("servers that boot from a volume");
        }
        Image image =
                images.find(caller.visibility(), imageId).orElseThrow(() -> ServerError.IMAGE_NOT_FOUND.with(imageId));
        ImageReference disk = reference(image);
        requireRoom(image, disk.virtualSizeBytes(), flavor);
        Map<String, String> properties = new HashMap<>(image.properties());
        Optional<ImageReference> kernel = part(caller, properties, "kernel_id");
        Optional<ImageReference> ramdisk = part(caller, properties, "ramdisk_id");
        String commandLine = properties.getOrDefault("os_command_line", DEFAULT_COMMAND_LINE);
        return new ServerImage(disk, kernel, ramdisk, commandLine, Map.copyOf(properties));
    }

    /** Checks that a server's image fits into another flavor; one that is gone from the image service says nothing more. */
    void requireRoom(Caller caller, ServerImage image, Flavor flavor) {
        images.find(caller.visibility(), image.id())
                .ifPresent(found -> requireRoom(found, image.disk().virtualSizeBytes(), flavor));
    }

    private static void requireRoom(Image image, long virtualSizeBytes, Flavor flavor) {
        if (image.minimumMemoryMebibytes() > flavor.memoryMebibytes()) {
            throw ServerError.FLAVOR_MEMORY_TOO_SMALL.with();
        }
        long rootBytes = flavor.rootDiskGibibytes() * BYTES_PER_GIBIBYTE;
        long neededBytes = Math.max(virtualSizeBytes, image.minimumDiskGibibytes() * BYTES_PER_GIBIBYTE);
        if (rootBytes != 0 && neededBytes > rootBytes) {
            throw ServerError.FLAVOR_DISK_TOO_SMALL.with(rootBytes, neededBytes);
        }
    }

    private Optional<ImageReference> part(Caller caller, Map<String, String> properties, String key) {
        return Optional.ofNullable(properties.get(key))
                .filter(id -> !id.isBlank())
                .map(id -> reference(
                        images.find(caller.visibility(), id).orElseThrow(() -> ServerError.IMAGE_NOT_FOUND.with(id))));
    }

    private static ImageReference reference(Image image) {
        ImageData data = image.data()
                .filter(present -> image.status() == ImageStatus.ACTIVE)
                .orElseThrow(() -> ServerError.IMAGE_NOT_ACTIVE.with(image.id()));
        ImageFormat format = image.diskFormat()
                .map(known -> ImageFormat.valueOf(known.name()))
                .orElseThrow(() -> ServerError.IMAGE_NOT_ACTIVE.with(image.id()));
        return new ImageReference(image.id(), format, data.sizeBytes(), data.virtualSizeBytes(), data.sha512());
    }
}
