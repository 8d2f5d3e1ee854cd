package io.kilonova.images;

import static io.kilonova.images.FormatVerdict.require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the header of a qcow2 image, versions 2 and 3, as QEMU's docs/interop/qcow2.txt lays it out, and admits those that
 * stand alone: no backing file, no data file, no encryption, no snapshots inside, and tables that lie within the file.
 */
final class Qcow2Inspection {
    private static final int MAGIC = 0x514649fb;
    private static final int VERSION_2_HEADER_BYTES = 72;
    private static final int LEAST_VERSION_3_HEADER_BYTES = 104;
    private static final long CORRUPT_OR_DIRTY = 0b11;
    private static final long EXTERNAL_DATA_FILE = 1L << 2;
    private static final long COMPRESSION_TYPE = 1L << 3;
    private static final long EXTENDED_L2 = 1L << 4;
    private static final long MAXIMUM_L1_BYTES = 32L << 20;
    private static final long MAXIMUM_REFCOUNT_TABLE_BYTES = 8L << 20;
    private static final int PIECE_BYTES = 64 * 1024;
    private static final long L1_OFFSET_BITS = 0x00fffffffffffe00L;
    private static final long L1_RESERVED_BITS = 0x7f000000000001ffL;

    private Qcow2Inspection() {}

    /** What the rest of the checks need of a header. */
    private record Header(
            int version,
            long clusterBytes,
            long sizeBytes,
            long l1Entries,
            long l1Offset,
            long refcountOffset,
            long refcountClusters,
            long headerBytes,
            boolean extendedL2) {}

    /** The size of the disk inside. */
    static long virtualSizeBytes(DiskBytes bytes) throws IOException, FormatVerdict.Refusal {
        Header header = header(bytes);
        extensions(bytes, header);
        tables(bytes.length(), header);
        l1(bytes, header);
        return header.sizeBytes();
    }

    private static Header header(DiskBytes bytes) throws IOException, FormatVerdict.Refusal {
        ByteBuffer start = bytes.take(0, 112, ByteOrder.BIG_ENDIAN);
        require(
                start.remaining() >= VERSION_2_HEADER_BYTES && start.getInt(0) == MAGIC,
                "its disk_format is qcow2, but it does not begin as a qcow2 image.");
        int version = start.getInt(4);
        require(version == 2 || version == 3, "it is a qcow2 image of a version other than 2 and 3.");
        require(
                start.getLong(8) == 0 && start.getInt(16) == 0,
                "it has a backing file. Make it stand alone with: qemu-img convert -O qcow2.");
        int clusterBits = start.getInt(20);
        require(clusterBits >= 9 && clusterBits <= 21, "its qcow2 clusters have an impossible size.");
        long size = start.getLong(24);
        require(size >= 0 && size <= FormatInspection.MAXIMUM_VIRTUAL_BYTES, "its qcow2 disk is impossibly large.");
        require(start.getInt(32) == 0, "it is encrypted.");
        require(
                start.getInt(60) == 0,
                "it has snapshots inside. Make one without them with: qemu-img convert -O qcow2.");
        long headerBytes = VERSION_2_HEADER_BYTES;
        boolean extendedL2 = false;
        if (version == 3) {
            extendedL2 = (features(start) & EXTENDED_L2) != 0;
            headerBytes = Integer.toUnsignedLong(start.getInt(100));
            require(
                    headerBytes >= LEAST_VERSION_3_HEADER_BYTES
                            && headerBytes % 8 == 0
                            && headerBytes <= 1L << clusterBits
                            && headerBytes <= bytes.length(),
                    "its qcow2 header has an impossible length.");
            boolean typed = headerBytes > LEAST_VERSION_3_HEADER_BYTES && start.remaining() > 104;
            int compression = typed ? start.get(104) : 0;
            boolean said = (start.getLong(72) & COMPRESSION_TYPE) != 0;
            require(
                    said ? compression == 1 : compression == 0,
                    "it is compressed by a method other than zlib and zstd.");
        }
        require(!extendedL2 || clusterBits >= 14, "its qcow2 clusters are too small for its extended L2 tables.");
        return new Header(
                version,
                1L << clusterBits,
                size,
                Integer.toUnsignedLong(start.getInt(36)),
                start.getLong(40),
                start.getLong(48),
                Integer.toUnsignedLong(start.getInt(56)),
                headerBytes,
                extendedL2);
    }

    private static long features(ByteBuffer start) throws FormatVerdict.Refusal {
        require(start.remaining() >= LEAST_VERSION_3_HEADER_BYTES, "it is too short for a qcow2 image of version 3.");
        long incompatible = start.getLong(72);
        require(
                (incompatible & EXTERNAL_DATA_FILE) == 0,
                "it keeps its data in another file. Make it stand alone with: qemu-img convert -O qcow2.");
        require(
                (incompatible & CORRUPT_OR_DIRTY) == 0,
                "it was not closed cleanly or is corrupt. Repair it with: qemu-img check -r all.");
        require(
                (incompatible & ~(COMPRESSION_TYPE | EXTENDED_L2)) == 0,
                "it needs qcow2 features that are not known here.");
        require(
                Integer.compareUnsigned(start.getInt(96), 6) <= 0,
                "its qcow2 reference counts have an impossible width.");
        return incompatible;
    }

    /** Header extensions: a name of a backing file or data file, and keys, are refused even where no bit speaks of them. */
    private static void extensions(DiskBytes bytes, Header header) throws IOException, FormatVerdict.Refusal {
        long offset = header.headerBytes();
        // Each step goes on by 8 bytes at least, within one cluster: 262,144 steps at most.
        while (offset + 8 <= Math.min(header.clusterBytes(), bytes.length())) {
            ByteBuffer extension = bytes.take(offset, 8, ByteOrder.BIG_ENDIAN);
            require(extension.remaining() == 8, "its qcow2 header is cut off.");
            long length = Integer.toUnsignedLong(extension.getInt(4));
            switch (extension.getInt(0)) {
                case 0 -> {
                    return;
                }
                case 0xe2792aca -> throw new FormatVerdict.Refusal("it names the format of a backing file.");
                case 0x44415441 -> throw new FormatVerdict.Refusal("it names another file for its data.");
                case 0x0537be77 -> throw new FormatVerdict.Refusal("it is encrypted.");
                case 0x23852875 ->
                    throw new FormatVerdict.Refusal(
                            "it has dirty bitmaps. Make one without them with: qemu-img convert -O qcow2.");
                default -> {}
            }
            require(
                    length <= header.clusterBytes() - offset - 8,
                    "its qcow2 header has an extension of impossible length.");
            offset += 8 + (length + 7) / 8 * 8;
        }
    }

    private static void tables(long length, Header header) throws FormatVerdict.Refusal {
        long entryBytes = header.extendedL2() ? 16 : 8;
        long bytesOfL2 = header.clusterBytes() / entryBytes * header.clusterBytes();
        long needed = (header.sizeBytes() + bytesOfL2 - 1) / bytesOfL2;
        require(
                header.l1Entries() * 8 <= MAXIMUM_L1_BYTES && header.l1Entries() >= needed,
                "its qcow2 L1 table has an impossible length.");
        require(
                header.l1Entries() == 0 || within(header.l1Offset(), header.l1Entries() * 8, length, header),
                "its qcow2 L1 table lies outside of the file.");
        require(
                header.refcountClusters() >= 1
                        && header.refcountClusters() * header.clusterBytes() <= MAXIMUM_REFCOUNT_TABLE_BYTES,
                "its qcow2 reference counts have an impossible length.");
        require(
                within(header.refcountOffset(), 8, length, header),
                "its qcow2 reference counts lie outside of the file.");
    }

    /** Whether a table lies behind the header's cluster, on a cluster's edge and within the file. */
    private static boolean within(long offset, long count, long length, Header header) {
        return offset >= header.clusterBytes()
                && offset % header.clusterBytes() == 0
                && offset <= length
                && count <= length - offset;
    }

    private static void l1(DiskBytes bytes, Header header) throws IOException, FormatVerdict.Refusal {
        long end = header.l1Offset() + header.l1Entries() * 8;
        for (long offset = header.l1Offset(); offset < end; offset += PIECE_BYTES) {
            ByteBuffer piece = bytes.take(offset, (int) Math.min(PIECE_BYTES, end - offset), ByteOrder.BIG_ENDIAN);
            while (piece.remaining() >= 8) {
                long entry = piece.getLong();
                long table = entry & L1_OFFSET_BITS;
                require(
                        (entry & L1_RESERVED_BITS) == 0
                                && (table == 0 || within(table, header.clusterBytes(), bytes.length(), header)),
                        "its qcow2 L1 table points outside of the file.");
            }
        }
    }
}
