package io.kilonova.images;

/**
 * What is known of an image's bytes, computed from the bytes themselves.
 *
 * @param sizeBytes the length of the stored file
 * @param virtualSizeBytes the size of the disk inside, as the format's own header says
 * @param md5 hexadecimal; a checksum for old clients, not for trust
 * @param sha512 hexadecimal
 */
public record ImageData(long sizeBytes, long virtualSizeBytes, String md5, String sha512) {}
