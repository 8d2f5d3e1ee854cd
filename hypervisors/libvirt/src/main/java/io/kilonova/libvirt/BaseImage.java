package io.kilonova.libvirt;

import java.nio.file.Path;

/**
 * An image as a host keeps it, shared by the guests that run from it and never written again.
 *
 * @param file in the cache
 * @param format of the file
 */
record BaseImage(Path file, DiskFormat format) {}
