package io.kilonova.images;

import static io.kilonova.images.FormatVerdict.require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the header of a VMDK image of one sparse file ("Virtual Disk Format 5.0", hosted sparse extents), and admits those
 * whose embedded descriptor names no other file. Descriptors of their own, flat extents and several extents are refused: they
 * name files of whoever opens them (CVE-2022-47951).
 */
final class VmdkInspection {
    private static final int MAGIC = 0x564d444b;
    private static final int SECTOR_BYTES = 512;
    private static final long AT_END = -1L;
    private static final int FOOTER_FROM_END_BYTES = 1024;
    private static final long MAXIMUM_DESCRIPTOR_SECTORS = 2048;
    private static final long MAXIMUM_DIRECTORY_BYTES = 32L << 20;

    private VmdkInspection() {}

    /** The fields of a sparse extent's header. */
    private record Header(
            long capacitySectors,
            long grainSectors,
            long descriptorSector,
            long descriptorSectors,
            long entriesPerTable,
            long directorySector) {}

    /** The size of the disk inside. */
    static long virtualSizeBytes(DiskBytes bytes) throws IOException, FormatVerdict.Refusal {
        Header header = header(bytes, 0);
        Header last = header;
        if (header.directorySector() == AT_END) {
            require(
                    bytes.length() >= 3L * SECTOR_BYTES && bytes.length() % SECTOR_BYTES == 0,
                    "it is cut off: a stream-optimized VMDK image ends with a footer.");
            last = header(bytes, bytes.length() - FOOTER_FROM_END_BYTES);
            require(
                    last.capacitySectors() == header.capacitySectors()
                            && last.grainSectors() == header.grainSectors()
                            && last.entriesPerTable() == header.entriesPerTable(),
                    "the VMDK header at its end is not that at its start.");
            require(
                    last.descriptorSector() == 0 && last.descriptorSectors() == 0
                            || last.descriptorSector() == header.descriptorSector()
                                    && last.descriptorSectors() == header.descriptorSectors(),
                    "the VMDK header at its end names another descriptor.");
        }
        directory(bytes.length(), last);
        descriptor(bytes, header);
        return header.capacitySectors() * SECTOR_BYTES;
    }

    private static Header header(DiskBytes bytes, long offset) throws IOException, FormatVerdict.Refusal {
        ByteBuffer buffer = bytes.take(offset, SECTOR_BYTES, ByteOrder.LITTLE_ENDIAN);
        require(
                buffer.remaining() == SECTOR_BYTES && buffer.getInt(0) == MAGIC,
                "its disk_format is vmdk, but it is no VMDK image of one sparse file. Convert it with: qemu-img convert -O vmdk -o subformat=streamOptimized.");
        int version = buffer.getInt(4);
        require(version >= 1 && version <= 3, "it is a VMDK image of a version other than 1, 2 and 3.");
        Header header = new Header(
                buffer.getLong(12),
                buffer.getLong(20),
                buffer.getLong(28),
                buffer.getLong(36),
                Integer.toUnsignedLong(buffer.getInt(44)),
                buffer.getLong(56));
        require(
                header.capacitySectors() > 0
                        && header.capacitySectors() <= FormatInspection.MAXIMUM_VIRTUAL_BYTES / SECTOR_BYTES,
                "its VMDK disk is empty or impossibly large.");
        require(
                header.grainSectors() >= 1
                        && header.grainSectors() <= 4096
                        && Long.bitCount(header.grainSectors()) == 1,
                "its VMDK grains have an impossible size.");
        require(
                header.entriesPerTable() >= 1 && header.entriesPerTable() <= 512,
                "its VMDK grain tables have an impossible length.");
        return header;
    }

    private static void directory(long length, Header header) throws FormatVerdict.Refusal {
        long sectorsPerTable = header.grainSectors() * header.entriesPerTable();
        long entries = (header.capacitySectors() + sectorsPerTable - 1) / sectorsPerTable;
        require(entries * 4 <= MAXIMUM_DIRECTORY_BYTES, "its VMDK grain directory is impossibly long.");
        long sectors = (entries * 4 + SECTOR_BYTES - 1) / SECTOR_BYTES;
        long fileSectors = length / SECTOR_BYTES;
        require(
                header.directorySector() >= 1
                        && header.directorySector() <= fileSectors
                        && sectors <= fileSectors - header.directorySector(),
                "its VMDK grain directory lies outside of the file.");
    }

    private static void descriptor(DiskBytes bytes, Header header) throws IOException, FormatVerdict.Refusal {
        long fileSectors = bytes.length() / SECTOR_BYTES;
        require(
                header.descriptorSectors() >= 1
                        && header.descriptorSectors() <= MAXIMUM_DESCRIPTOR_SECTORS
                        && header.descriptorSector() >= 1
                        && header.descriptorSector() <= fileSectors
                        && header.descriptorSectors() <= fileSectors - header.descriptorSector(),
                "it has no VMDK descriptor inside, or one outside of the file.");
        ByteBuffer buffer = bytes.take(
                header.descriptorSector() * SECTOR_BYTES,
                (int) header.descriptorSectors() * SECTOR_BYTES,
                ByteOrder.LITTLE_ENDIAN);
        byte[] text = new byte[buffer.remaining()];
        buffer.get(text);
        VmdkDescriptor.require(text);
    }
}
