package io.kilonova.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parsers against what users send, what attackers send, and what chance makes of either. */
class FormatInspectionTest {
    private static final String EXTENT = "RW 20480 SPARSE \"disk.vmdk\"";

    @TempDir
    private Path folder;

    private static FormatVerdict inspect(DiskFormat format, byte[] bytes) {
        try {
            return FormatInspection.inspect(format, DiskBytes.of(bytes));
        } catch (IOException exception) {
            throw new java.io.UncheckedIOException(exception);
        }
    }

    private static void assertAdmitted(DiskFormat format, byte[] bytes, long virtualSizeBytes) {
        assertThat(inspect(format, bytes)).isEqualTo(new FormatVerdict.Admitted(virtualSizeBytes));
    }

    private static void assertRefused(DiskFormat format, byte[] bytes, String reason) {
        assertThat(inspect(format, bytes))
                .isInstanceOfSatisfying(
                        FormatVerdict.Refused.class,
                        refused -> assertThat(refused.reason()).contains(reason));
    }

    private static byte[] spoilt(Consumer<ByteBuffer> change) {
        ByteBuffer bytes = Disks.qcow2();
        change.accept(bytes);
        return bytes.array();
    }

    @Test
    void what_qemu_img_makes_alone_is_admitted_with_its_virtual_size() {
        byte[] raw = new byte[3 << 20];
        new Random(1).nextBytes(raw);
        assertAdmitted(DiskFormat.QCOW2, Disks.created(folder, "-f", "qcow2", "10M"), 10 << 20);
        assertAdmitted(DiskFormat.QCOW2, Disks.created(folder, "-f", "qcow2", "-o", "compat=0.10", "1G"), 1 << 30);
        assertAdmitted(
                DiskFormat.QCOW2, Disks.created(folder, "-f", "qcow2", "-o", "extended_l2=on", "60T"), 60L << 40);
        assertAdmitted(DiskFormat.QCOW2, Disks.converted(folder, raw, "-O", "qcow2", "-c"), raw.length);
        assertAdmitted(
                DiskFormat.QCOW2,
                Disks.converted(folder, raw, "-O", "qcow2", "-c", "-o", "compression_type=zstd"),
                raw.length);
        assertAdmitted(DiskFormat.VMDK, Disks.created(folder, "-f", "vmdk", "10M"), 10 << 20);
        assertAdmitted(
                DiskFormat.VMDK,
                Disks.converted(folder, raw, "-O", "vmdk", "-o", "subformat=streamOptimized"),
                raw.length);
        byte[] iso = Disks.iso(folder);
        assertAdmitted(DiskFormat.ISO, iso, iso.length);
        assertAdmitted(DiskFormat.RAW, raw, raw.length);
        assertAdmitted(DiskFormat.RAW, new byte[0], 0);
    }

    @Test
    void qcow2_that_leans_on_another_file_is_refused() {
        byte[] base = Disks.created(folder, "-f", "qcow2", "10M");
        assertThat(base).isNotEmpty();
        byte[] overlay = Disks.created(folder, "-f", "qcow2", "-u", "-F", "raw", "-b", "/etc/shadow", "10M");
        assertRefused(DiskFormat.QCOW2, overlay, "backing file");
        byte[] apart = Disks.created(folder, "-f", "qcow2", "-o", "data_file=" + folder.resolve("data"), "10M");
        assertRefused(DiskFormat.QCOW2, apart, "another file");
        assertRefused(
                DiskFormat.QCOW2, spoilt(bytes -> bytes.putInt(104, 0x44415441).putInt(108, 8)), "names another file");
        assertRefused(
                DiskFormat.QCOW2, spoilt(bytes -> bytes.putInt(104, 0xe2792aca).putInt(108, 3)), "backing file");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putInt(16, 12)), "backing file");
    }

    @Test
    void qcow2_whose_tables_would_exhaust_a_host_is_refused() {
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putInt(36, -1)), "L1 table");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putLong(40, 1L << 60)), "L1 table");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putLong(40, -65_536)), "L1 table");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putInt(56, -1)), "reference counts");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putLong(24, Long.MAX_VALUE)), "impossibly large");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putLong(24, -1)), "impossibly large");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putInt(20, 63)), "clusters");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putInt(60, 1_000_000)), "snapshots");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putInt(100, -8)), "impossible length");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putLong(3 * 65_536, 1L << 50)), "points outside");
        assertRefused(
                DiskFormat.QCOW2, spoilt(bytes -> bytes.putInt(104, 77).putInt(108, -1)), "extension of impossible");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putInt(32, 2)), "encrypted");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putLong(72, 1L << 40)), "features");
        assertRefused(DiskFormat.QCOW2, spoilt(bytes -> bytes.putLong(72, 2)), "corrupt");
    }

    @Test
    void vmdk_that_names_another_file_is_refused() {
        assertAdmitted(
                DiskFormat.VMDK,
                Disks.vmdk(Disks.descriptor("monolithicSparse", EXTENT)).array(),
                20_480 * 512);
        assertRefused(
                DiskFormat.VMDK,
                Disks.descriptor("monolithicFlat", "RW 4 FLAT \"/etc/shadow\" 0")
                        .getBytes(StandardCharsets.US_ASCII),
                "no VMDK image");
        assertRefused(
                DiskFormat.VMDK,
                Disks.vmdk(Disks.descriptor("monolithicFlat", EXTENT)).array(),
                "type is not admitted");
        assertRefused(
                DiskFormat.VMDK,
                Disks.vmdk(Disks.descriptor("monolithicSparse", "RW 4 FLAT \"/etc/shadow\" 0"))
                        .array(),
                "not admitted");
        assertRefused(
                DiskFormat.VMDK,
                Disks.vmdk(Disks.descriptor("monolithicSparse", "RW 4 SPARSE \"/etc/shadow\""))
                        .array(),
                "not admitted");
        assertRefused(
                DiskFormat.VMDK,
                Disks.vmdk(Disks.descriptor("monolithicSparse", EXTENT + "\n" + EXTENT))
                        .array(),
                "more than one");
        assertRefused(
                DiskFormat.VMDK,
                Disks.vmdk(Disks.descriptor("monolithicSparse", EXTENT + "\nparentFileNameHint=\"/etc/shadow\""))
                        .array(),
                "not admitted");
        assertRefused(
                DiskFormat.VMDK,
                Disks.vmdk(Disks.descriptor("monolithicSparse", EXTENT) + "\0RW 4 FLAT \"/etc/shadow\" 0")
                        .array(),
                "behind its end");
        ByteBuffer empty =
                Disks.vmdk(Disks.descriptor("monolithicSparse", EXTENT)).putLong(12, 0);
        assertRefused(DiskFormat.VMDK, empty.array(), "empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RAW", "ISO", "AMI", "AKI", "ARI"})
    void bytes_of_a_format_that_names_files_are_refused_under_a_plain_name(String name) {
        DiskFormat format = DiskFormat.valueOf(name);
        assertRefused(format, Disks.qcow2().array(), "qcow2");
        assertRefused(format, Disks.vmdk("").array(), "VMDK");
        assertRefused(format, "# Disk DescriptorFile\n".getBytes(StandardCharsets.US_ASCII), "VMDK");
        assertRefused(format, " # disk descriptorfile\n".getBytes(StandardCharsets.US_ASCII), "VMDK");
        assertRefused(format, Disks.created(folder, "-f", "vdi", "1M"), "VDI");
        assertRefused(format, Disks.created(folder, "-f", "vhdx", "8M"), "VHDX");
        assertRefused(format, Disks.created(folder, "-f", "vpc", "1M"), "VHD");
        assertRefused(format, Disks.created(folder, "-f", "qed", "1M"), "QED");
    }

    @Test
    void a_partition_table_is_a_plain_disk() {
        byte[] disk = new byte[1 << 20];
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        System.arraycopy("EFI PART".getBytes(StandardCharsets.US_ASCII), 0, disk, 512, 8);
        assertAdmitted(DiskFormat.RAW, disk, disk.length);
    }

    @Test
    void bytes_are_never_taken_for_another_format_than_the_recorded_one() {
        byte[] qcow2 = Disks.qcow2().array();
        assertRefused(DiskFormat.VMDK, qcow2, "no VMDK");
        assertRefused(DiskFormat.QCOW2, new byte[1 << 20], "does not begin as a qcow2");
        assertRefused(DiskFormat.QCOW2, new byte[0], "does not begin as a qcow2");
        assertRefused(DiskFormat.ISO, new byte[1 << 20], "no ISO 9660");
        assertRefused(DiskFormat.ISO, new byte[10], "too short");
    }

    /** Whatever chance makes of a good image, the answer is a verdict: no exception, no loop, no huge allocation. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void chance_changes_to_a_header_always_end_in_a_verdict(long seed) {
        Random random = new Random(seed);
        byte[] stream = Disks.converted(folder, new byte[300_000], "-O", "vmdk", "-o", "subformat=streamOptimized");
        byte[][] good = {
            Disks.qcow2().array(),
            Disks.vmdk(Disks.descriptor("monolithicSparse", EXTENT)).array(),
            stream,
            Disks.iso(folder)
        };
        DiskFormat[] formats = {DiskFormat.QCOW2, DiskFormat.VMDK, DiskFormat.VMDK, DiskFormat.ISO};
        for (int round = 0; round < 4000; round++) {
            int which = round % good.length;
            byte[] bytes = good[which].clone();
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (int change = random.nextInt(1, 5); change > 0; change--) {
                int reach = Math.min(bytes.length, which == 3 ? 34_816 : 1024) - 8;
                int place =
                        random.nextInt(8) == 0 ? bytes.length - 1 - random.nextInt(reach) - 8 : random.nextInt(reach);
                switch (random.nextInt(4)) {
                    case 0 -> bytes[place] = (byte) random.nextInt();
                    case 1 -> buffer.putInt(place & ~3, random.nextBoolean() ? -1 : random.nextInt());
                    case 2 -> buffer.putLong(place & ~3, random.nextLong() >> random.nextInt(64));
                    default -> bytes[place] ^= (byte) (1 << random.nextInt(8));
                }
            }
            byte[] cut = random.nextInt(10) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
            for (DiskFormat format : new DiskFormat[] {formats[which], DiskFormat.RAW}) {
                assertThat(inspect(format, cut))
                        .as("seed %d round %d", seed, round)
                        .isNotNull();
            }
        }
    }
}
