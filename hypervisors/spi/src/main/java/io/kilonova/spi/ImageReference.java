package io.kilonova.spi;

/**
 * An image that a guest needs.
 *
 * @param id the image service's id
 * @param format the recorded format
 * @param sizeBytes the length of the stored file
 * @param virtualSizeBytes the size of the disk inside
 * @param sha512 the hexadecimal digest of the stored file
 */
public record ImageReference(String id, ImageFormat format, long sizeBytes, long virtualSizeBytes, String sha512) {}
