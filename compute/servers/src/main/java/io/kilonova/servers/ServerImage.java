package io.kilonova.servers;

import io.kilonova.spi.ImageReference;
import java.util.Map;
import java.util.Optional;

/**
 * What a server's root disk is made from, as it was when the server was made or rebuilt.
 *
 * @param disk the image
 * @param kernel image of the kernel, when it is started directly
 * @param ramdisk image of the initial RAM disk
 * @param commandLine of the kernel
 * @param properties image properties that shape the guest ({@code hw_...}, {@code os_...})
 */
public record ServerImage(
        ImageReference disk,
        Optional<ImageReference> kernel,
        Optional<ImageReference> ramdisk,
        String commandLine,
        Map<String, String> properties) {
    /** The image's id. */
    public String id() {
        return disk.id();
    }
}
