package io.kilonova.images;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads the primary volume descriptor of ISO 9660 (ECMA-119, 8.4). */
final class IsoInspection {
    private static final long DESCRIPTOR_OFFSET = 32_768;
    private static final int SECTOR_BYTES = 2048;
    private static final int LOGICAL_BLOCK_SIZE_OFFSET = 128;

    private IsoInspection() {}

    /** The size of the CD: that of its file. */
    static long virtualSizeBytes(DiskBytes bytes) throws IOException, FormatVerdict.Refusal {
        ForeignSignatures.refuse(DiskFormat.ISO, bytes);
        FormatVerdict.require(
                bytes.length() >= DESCRIPTOR_OFFSET + SECTOR_BYTES, "it is too short for an ISO 9660 image.");
        FormatVerdict.require(
                bytes.length() <= FormatInspection.MAXIMUM_VIRTUAL_BYTES, "it is too long for an ISO 9660 image.");
        ByteBuffer descriptor = bytes.take(DESCRIPTOR_OFFSET, SECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[5];
        descriptor.get(1, magic);
        FormatVerdict.require(
                descriptor.get(0) == 1
                        && new String(magic, StandardCharsets.ISO_8859_1).equals("CD001")
                        && descriptor.get(6) == 1,
                "it has no ISO 9660 volume descriptor.");
        int block = Short.toUnsignedInt(descriptor.getShort(LOGICAL_BLOCK_SIZE_OFFSET));
        FormatVerdict.require(
                block == 512 || block == 1024 || block == 2048, "its ISO 9660 blocks have an impossible size.");
        return bytes.length();
    }
}
