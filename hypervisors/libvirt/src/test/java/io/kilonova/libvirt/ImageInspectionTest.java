package io.kilonova.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageInspectionTest {
    @TempDir
    Path folder;

    @Test
    void a_plain_qcow2_tells_its_size() throws Exception {
        Path disk = folder.resolve("disk");
        new DiskImageTool("here").createEmpty(disk, DiskFormat.QCOW2, 5L << 20);
        assertThat(ImageInspection.virtualSizeBytes(disk, DiskFormat.QCOW2)).isEqualTo(5L << 20);
    }

    @Test
    void an_image_that_names_other_files_is_refused() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "the host's");
        Path overlay = folder.resolve("overlay");
        new DiskImageTool("here").createOverlay(overlay, secret, DiskFormat.RAW, 1 << 20);
        refused(overlay, DiskFormat.QCOW2, "backing file");

        refused(changed(header -> header.putLong(72, 0b100)), DiskFormat.QCOW2, "data file");
        refused(changed(header -> header.putInt(104, 0x44415441).putInt(108, 8)), DiskFormat.QCOW2, "data file");
        refused(
                vmdk("createType=\"monolithicFlat\"\nRW 100 FLAT \"/etc/shadow\" 0\n"),
                DiskFormat.VMDK,
                "kind of VMDK");
        refused(
                vmdk("createType=\"monolithicSparse\"\ncreateType=\"monolithicFlat\"\n"),
                DiskFormat.VMDK,
                "kind of VMDK");
        refused(
                vmdk("createType=\"streamOptimized\"\nparentFileNameHint=\"/etc/shadow\"\n"),
                DiskFormat.VMDK,
                "parent");
        Path descriptor = Files.writeString(
                folder.resolve("descriptor"), "# Disk DescriptorFile\ncreateType=\"monolithicFlat\"\n");
        refused(descriptor, DiskFormat.VMDK, "holds its own data");
    }

    @Test
    void a_header_out_of_bounds_is_refused() throws Exception {
        refused(changed(header -> header.putInt(4, 9)), DiskFormat.QCOW2, "version");
        refused(changed(header -> header.putInt(20, 40)), DiskFormat.QCOW2, "bounds");
        refused(changed(header -> header.putLong(24, Long.MAX_VALUE)), DiskFormat.QCOW2, "bounds");
        refused(changed(header -> header.putInt(32, 1)), DiskFormat.QCOW2, "encrypted");
        refused(changed(header -> header.putInt(36, Integer.MAX_VALUE)), DiskFormat.QCOW2, "tables");
        refused(changed(header -> header.putInt(100, 1 << 30)), DiskFormat.QCOW2, "bounds");
        refused(Files.writeString(folder.resolve("text"), "no image"), DiskFormat.QCOW2, "is not one");
    }

    @Test
    void whatever_the_bytes_are_an_answer_comes() throws Exception {
        long seed = 20_261;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            Path file = changed(header -> {
                for (int flips = 0; flips < 6; flips++) {
                    header.put(8 + random.nextInt(200), (byte) random.nextInt(256));
                }
            });
            try {
                assertThat(ImageInspection.virtualSizeBytes(file, DiskFormat.QCOW2))
                        .isPositive();
            } catch (ImageInspection.Refused refusal) {
                assertThat(refusal.reason()).as("seed %d", seed).isNotEmpty();
            }
        }
    }

    private void refused(Path file, DiskFormat format, String why) {
        assertThatThrownBy(() -> ImageInspection.virtualSizeBytes(file, format))
                .isInstanceOf(ImageInspection.Refused.class)
                .hasMessageContaining(why);
    }

    /** A sound version 3 header with something changed. */
    private Path changed(Consumer<ByteBuffer> change) throws Exception {
        ByteBuffer header = ByteBuffer.allocate(65_536);
        header.putInt(0, 0x514649fb)
                .putInt(4, 3)
                .putInt(20, 16)
                .putLong(24, 1 << 20)
                .putInt(36, 1)
                .putInt(100, 104);
        change.accept(header);
        return Files.write(folder.resolve("changed"), header.array());
    }

    private Path vmdk(String descriptor) throws Exception {
        ByteBuffer file = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0x564d444b).putLong(12, 2048).putLong(28, 1).putLong(36, 2);
        file.put(512, descriptor.getBytes(StandardCharsets.US_ASCII));
        return Files.write(folder.resolve("vmdk"), file.array());
    }
}
