package io.kilonova.libvirt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks into an image whose format is known, with this program's own few lines, before QEMU's parsers may. A file that
 * names other files is not admitted: those would be files of the host (CVE-2024-32498, CVE-2022-47951, CVE-2015-7548).
 */
final class ImageInspection {
    private static final int QCOW2_HEADER_BYTES = 104;
    private static final int QCOW2_MAGIC = 0x514649fb;
    private static final long QCOW2_FEATURES_ALLOWED = 0b1_1001; // dirty, compression type, extended L2
    private static final int QCOW2_EXTENSION_DATA_FILE = 0x44415441;
    private static final int QCOW2_L1_ENTRIES_MAXIMUM = 32 * 1024 * 1024 / 8;
    private static final int QCOW2_SNAPSHOTS_MAXIMUM = 256;
    private static final long DISK_BYTES_MAXIMUM = 64L << 40;
    private static final int VMDK_MAGIC = 0x564d444b;
    private static final int SECTOR_BYTES = 512;
    private static final int VMDK_DESCRIPTOR_BYTES_MAXIMUM = 64 * 1024;
    private static final Set<String> VMDK_KINDS = Set.of("monolithicsparse", "streamoptimized");
    private static final Pattern VMDK_KIND = Pattern.compile("(?im)^createType\\s*=\\s*\"([^\"\\n]{0,40})\"");

    private ImageInspection() {}

    /** Why an image is not admitted, in words that its owner may read. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String reason) {
            super(reason);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * The size of the disk inside, in bytes.
     *
     * @throws Refused when the file is not of the format, or names other files, or has tables without bound
     */
    static long virtualSizeBytes(Path file, DiskFormat format) throws IOException, Refused {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return switch (format) {
                case RAW -> channel.size();
                case QCOW2 -> qcow2(channel, false);
                case VMDK -> vmdk(channel);
            };
        }
    }

    /**
     * The size of the disk of a guest, in bytes: an overlay, whose backing file is for us to name.
     *
     * @throws Refused when the file is not an overlay as this program makes them
     */
    static long virtualSizeBytesOfOverlay(Path file) throws IOException, Refused {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return qcow2(channel, true);
        }
    }

    private static long qcow2(FileChannel channel, boolean overlay) throws IOException, Refused {
        ByteBuffer header = read(channel, 0, QCOW2_HEADER_BYTES);
        if (header.limit() < 72 || header.getInt(0) != QCOW2_MAGIC) {
            throw new Refused("it is recorded as qcow2 and is not one");
        }
        int version = header.getInt(4);
        if (version != 2 && version != 3) {
            throw new Refused("its qcow2 version is %d".formatted(version));
        }
        if (header.getLong(8) != 0 || header.getInt(16) != 0) {
            if (!overlay) {
                throw new Refused("it has a backing file");
            }
        }
        int clusterBits = header.getInt(20);
        long size = header.getLong(24);
        if (clusterBits < 9 || clusterBits > 21 || size <= 0 || size > DISK_BYTES_MAXIMUM) {
            throw new Refused("its header is out of bounds");
        }
        if (header.getInt(32) != 0) {
            throw new Refused("it is encrypted");
        }
        if (header.getInt(36) < 0
                || header.getInt(36) > QCOW2_L1_ENTRIES_MAXIMUM
                || header.getInt(60) < 0
                || header.getInt(60) > QCOW2_SNAPSHOTS_MAXIMUM) {
            throw new Refused("its tables are out of bounds");
        }
        if (version == 3) {
            if (header.limit() < QCOW2_HEADER_BYTES) {
                throw new Refused("it ends within its header");
            }
            if ((header.getLong(72) & ~QCOW2_FEATURES_ALLOWED) != 0) {
                throw new Refused("it uses a feature that is not admitted, such as a data file");
            }
            extensions(channel, header.getInt(100), 1 << clusterBits);
        }
        return size;
    }

    private static void extensions(FileChannel channel, int from, int clusterBytes) throws IOException, Refused {
        if (from < QCOW2_HEADER_BYTES || from > clusterBytes) {
            throw new Refused("its header is out of bounds");
        }
        ByteBuffer cluster = read(channel, 0, clusterBytes);
        int at = from;
        while (at + 8 <= cluster.limit()) {
            int kind = cluster.getInt(at);
            int length = cluster.getInt(at + 4);
            if (kind == 0) {
                return;
            }
            if (kind == QCOW2_EXTENSION_DATA_FILE) {
                throw new Refused("it names a data file");
            }
            if (length < 0 || length > clusterBytes - at) {
                throw new Refused("its header is out of bounds");
            }
            at += 8 + (length + 7) / 8 * 8;
        }
    }

    private static long vmdk(FileChannel channel) throws IOException, Refused {
        ByteBuffer header = read(channel, 0, SECTOR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (header.limit() < SECTOR_BYTES || header.getInt(0) != VMDK_MAGIC) {
            throw new Refused("it is not a VMDK that holds its own data");
        }
        long sectors = header.getLong(12);
        long descriptorAt = header.getLong(28);
        long descriptorSectors = header.getLong(36);
        if (sectors <= 0
                || sectors > DISK_BYTES_MAXIMUM / SECTOR_BYTES
                || descriptorAt <= 0
                || descriptorAt > channel.size() / SECTOR_BYTES
                || descriptorSectors <= 0
                || descriptorSectors > VMDK_DESCRIPTOR_BYTES_MAXIMUM / SECTOR_BYTES) {
            throw new Refused("its header is out of bounds");
        }
        ByteBuffer bytes = read(channel, descriptorAt * SECTOR_BYTES, (int) descriptorSectors * SECTOR_BYTES);
        String descriptor = StandardCharsets.ISO_8859_1.decode(bytes).toString().replace('\r', '\n');
        Matcher kind = VMDK_KIND.matcher(descriptor);
        if (!kind.find() || !VMDK_KINDS.contains(kind.group(1).toLowerCase(Locale.ROOT)) || kind.find()) {
            throw new Refused("its kind of VMDK is not admitted");
        }
        if (descriptor.toLowerCase(Locale.ROOT).contains("parentfilenamehint")) {
            throw new Refused("it has a parent file");
        }
        return sectors * SECTOR_BYTES;
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) > 0) {
            // Reads until the buffer is full or the file ends.
        }
        return buffer.flip();
    }
}
