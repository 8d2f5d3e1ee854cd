package io.kilonova.images;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An image.
 *
 * @param id a UUID
 * @param attributes what its owner says of it
 * @param status where it is in its life
 * @param data what is known of its bytes; there when it is active or deactivated
 * @param createdAt when it was made
 * @param updatedAt when anything about it last changed
 */
public record Image(
        String id,
        ImageAttributes attributes,
        ImageStatus status,
        Optional<ImageData> data,
        Instant createdAt,
        Instant updatedAt) {
    /** The project that owns it. */
    public String owner() {
        return attributes.owner();
    }

    /** Its name, which need not be unique. */
    public Optional<String> name() {
        return attributes.name();
    }

    /** Who may see it. */
    public ImageVisibility visibility() {
        return attributes.visibility();
    }

    /** The recorded format; there once the image is active. */
    public Optional<DiskFormat> diskFormat() {
        return attributes.diskFormat();
    }

    /** The recorded container; there once the image is active. */
    public Optional<ContainerFormat> containerFormat() {
        return attributes.containerFormat();
    }

    /** The smallest root disk that it can boot from, in GiB. */
    public long minimumDiskGibibytes() {
        return attributes.minimumDiskGibibytes();
    }

    /** The least memory that it can boot with, in MiB. */
    public long minimumMemoryMebibytes() {
        return attributes.minimumMemoryMebibytes();
    }

    /** What else is said of it, for example {@code hw_disk_bus}. */
    public Map<String, String> properties() {
        return attributes.properties();
    }
}
